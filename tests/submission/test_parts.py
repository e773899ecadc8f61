"""Models on GPUs and the others have jobs of their own, in the order of the stages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.submission.parts import JobPart, job_parts, of_hardware
from culture_ray.submission.sizing import JobLoad


def load(name: str, stage: str, gpus: int) -> JobLoad:
    pool = None if gpus else name
    return JobLoad(name, gpus, 1, 0.0, 1.0, stage=stage, pool=pool)


GPU, API = load("gemma", "elicit", 1), load("gpt", "elicit", 0)
GPU_JUDGE, API_JUDGE = load("gemma", "judge", 1), load("gpt", "judge", 0)
RATED = load("gpt", "benchmark", 0)


def shown(parts: list[JobPart]) -> list[tuple[str, str]]:
    return [(part.hardware, ",".join(part.stages)) for part in parts]


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        ([GPU, GPU_JUDGE], [("all", "")]),
        ([API, API_JUDGE], [("all", "")]),
        ([GPU, API_JUDGE], [("gpus", "elicit"), ("no_gpus", "")]),
        ([API, GPU_JUDGE], [("no_gpus", "elicit"), ("gpus", "")]),
        ([GPU, API], [("gpus", "elicit"), ("no_gpus", "")]),
        ([GPU, API, GPU_JUDGE], [("no_gpus", "elicit"), ("gpus", "")]),
        ([GPU, API, API_JUDGE], [("gpus", "elicit"), ("no_gpus", "")]),
        ([GPU, RATED, GPU_JUDGE], [("no_gpus", "benchmark"), ("gpus", "")]),
        (
            [GPU, API, GPU_JUDGE, API_JUDGE],
            [("no_gpus", "elicit"), ("gpus", "elicit,judge"), ("no_gpus", "")],
        ),
    ],
)
def test_judges_come_after_what_they_judge_and_gpus_never_wait_for_an_api(
    loads: list[JobLoad], expected: list[tuple[str, str]]
) -> None:
    assert shown(job_parts(loads)) == expected


def test_a_cluster_may_keep_everything_in_one_job() -> None:
    assert shown(job_parts([GPU, API_JUDGE], separate=False)) == [("all", "")]
    assert shown(job_parts([])) == [("all", "")]


def test_a_session_of_one_hardware_has_the_loads_of_its_models() -> None:
    assert of_hardware([GPU, API_JUDGE], "gpus") == [GPU]
    assert of_hardware([GPU, API_JUDGE], "no_gpus") == [API_JUDGE]
    assert of_hardware([GPU, API_JUDGE], "all") == [GPU, API_JUDGE]


loads = st.lists(
    st.builds(
        load,
        st.sampled_from("abc"),
        st.sampled_from(["elicit", "benchmark", "judge"]),
        st.sampled_from([0, 2]),
    ),
    max_size=8,
)


@given(loads)
def test_every_load_is_in_one_part_and_no_part_mixes_hardware(these: list[JobLoad]) -> None:
    parts = job_parts(these)
    assert sorted(map(repr, (one for part in parts for one in part.loads))) == sorted(
        map(repr, these)
    )
    answered = 0
    total = sum(one.stage != "judge" for one in these)
    for place, part in enumerate(parts):
        if part.hardware != "all":
            assert {bool(one.gpus_per_replica) for one in part.loads} == {part.hardware == "gpus"}
        answered += sum(one.stage != "judge" for one in part.loads)
        assert answered == total or all(one.stage != "judge" for one in part.loads)
        assert bool(part.stages) == (place < len(parts) - 1)
    assert len(parts) <= 3
