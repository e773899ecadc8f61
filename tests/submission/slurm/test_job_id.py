"""A job's id is found in whatever a site's wrapper of sbatch prints, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.submission.slurm.job_id import JobId, parsed_id, printed_ids

BANNER = "******\n* Maintenance on 5 December, 12 nodes *\n******\n"


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("123\n", JobId("123")),
        ("123;alpha\n", JobId("123", "alpha")),
        ("  123;alpha-2.x \r\n", JobId("123", "alpha-2.x")),
        (f"{BANNER}123\n", None),
        ("Submitted batch job 123\n", None),
        ("", None),
        ("sbatch: 123", None),
        ("123 456", None),
    ],
)
def test_only_an_id_alone_is_taken_at_its_word(text: str, job: JobId | None) -> None:
    assert parsed_id(text) == job


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        (f"{BANNER}123\n", [JobId("123")]),
        (f"123;alpha\n{BANNER}", [JobId("123", "alpha")]),
        ("\x1b[32mSubmitted batch job 77\x1b[0m\n", [JobId("77")]),
        ("\x1b]0;title\x07\x1b[1;31m88\x1b[m\n", [JobId("88")]),
        ("Submitted batch job 9 on cluster beta\n", [JobId("9", "beta")]),
        ("OK. Submitted batch job 9 (project p12)\n9\n", [JobId("9")]),
        ("hours left:\n5000\nSubmitted batch job 9\n", [JobId("5000"), JobId("9")]),
        ("job accepted\n", []),
        ("2026-12-05 maintenance\n3 jobs\n", []),
    ],
)
def test_ids_are_found_among_banners_and_colours(text: str, jobs: list[JobId]) -> None:
    assert printed_ids(text) == jobs


@given(st.integers(1, 10**9), st.none() | st.from_regex(r"[a-z][a-z0-9_.-]{0,9}", fullmatch=True))
def test_what_an_id_prints_is_parsed(number: int, cluster: str | None) -> None:
    job = JobId(str(number), cluster)
    assert parsed_id(f"{job}\n") == job
    assert printed_ids(f"{BANNER}{job}\n{BANNER}") == [job]
