from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import WrongValue
from culture_ray.prompts.design import Prompt, PromptDesign, balanced, full_factorial, independent

SMALL = (("t1", "t2", "t3"), ("f120", "e035"), {"f120": ("w1", "w2"), "e035": ("w1", "w2", "w3")})


@dataclass(frozen=True)
class Case:
    templates: tuple[str, ...]
    topics: tuple[str, ...]
    wordings: dict[str, tuple[str, ...]]
    prompts: int
    samples: int
    seed: int

    def balanced(self, prompts: int | None = None) -> PromptDesign:
        return balanced(
            self.templates,
            self.topics,
            self.wordings,
            prompts=prompts or self.prompts,
            samples=self.samples,
            seed=self.seed,
        )

    def independent(self, language: str) -> PromptDesign:
        return independent(
            self.templates,
            self.topics,
            self.wordings,
            prompts=self.prompts,
            samples=self.samples,
            seed=self.seed,
            language=language,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    topics = tuple(f"q{i}" for i in range(draw(st.integers(1, 12))))
    return Case(
        templates=tuple(f"t{i}" for i in range(draw(st.integers(1, 12)))),
        topics=topics,
        wordings={
            topic: tuple(f"w{i}" for i in range(draw(st.integers(1, 6)))) for topic in topics
        },
        prompts=draw(st.integers(1, 400)),
        samples=draw(st.integers(1, 3)),
        seed=draw(st.integers(0, 2**63)),
    )


def rows(design: PromptDesign) -> list[Prompt]:
    return [design.prompt(row) for row in range(len(design))]


def within_one(counts: Counter[str], names: tuple[str, ...]) -> bool:
    every = [counts[name] for name in names]
    return max(every) - min(every) <= 1


@given(cases())
def test_topics_and_templates_are_equally_frequent_within_one(case: Case) -> None:
    once = [prompt for prompt in rows(case.balanced()) if prompt.sample % case.samples == 0]
    assert len(once) == case.prompts
    assert within_one(Counter(prompt.topic for prompt in once), case.topics)
    assert within_one(Counter(prompt.template for prompt in once), case.templates)


@given(cases())
def test_within_a_topic_templates_wordings_and_their_pairs_are_equally_frequent_within_one(
    case: Case,
) -> None:
    once = [prompt for prompt in rows(case.balanced()) if prompt.sample % case.samples == 0]
    for topic in case.topics:
        asked = [prompt for prompt in once if prompt.topic == topic]
        wordings = case.wordings[topic]
        pairs = tuple(f"{t} {w}" for t in case.templates for w in wordings)
        assert within_one(Counter(prompt.template for prompt in asked), case.templates)
        assert within_one(Counter(prompt.wording for prompt in asked), wordings)
        assert within_one(Counter(f"{p.template} {p.wording}" for p in asked), pairs)


@given(cases())
def test_no_request_comes_twice_and_sample_indices_count_up_from_zero(case: Case) -> None:
    for design in (case.balanced(), case.independent("da")):
        asked: dict[tuple[str, str, str], list[int]] = {}
        for prompt in rows(design):
            key = (prompt.template, prompt.topic, prompt.wording)
            asked.setdefault(key, []).append(prompt.sample)
        assert len(design) == case.prompts * case.samples
        assert all(samples == list(range(len(samples))) for samples in asked.values())


@given(cases())
def test_the_order_of_the_arguments_does_not_matter(case: Case) -> None:
    turned = Case(
        case.templates[::-1],
        case.topics[::-1],
        {topic: names[::-1] for topic, names in reversed(case.wordings.items())},
        case.prompts,
        case.samples,
        case.seed,
    )
    assert rows(turned.balanced()) == rows(case.balanced())
    assert rows(turned.independent("da")) == rows(case.independent("da"))


@given(cases(), st.integers(1, 100))
def test_more_prompts_only_add_rows(case: Case, more: int) -> None:
    longer = rows(case.balanced(case.prompts + more))
    assert longer[: case.prompts * case.samples] == rows(case.balanced())


def test_every_pair_is_as_likely_as_any_other_over_seeds() -> None:
    drawn: Counter[tuple[str, str]] = Counter()
    for seed in range(2000):
        design = balanced(*SMALL, prompts=2, samples=1, seed=seed)
        drawn.update((p.template, p.wording) for p in rows(design) if p.topic == "f120")
    assert len(drawn) == 6
    # 2000 draws over 6 pairs: 333 each with a standard deviation of 17.
    assert all(abs(count - 2000 / 6) < 5 * 17 for count in drawn.values())


def test_another_seed_gives_another_design() -> None:
    first, second = (balanced(*SMALL, prompts=8, samples=1, seed=seed) for seed in (1, 2))
    assert rows(first) != rows(second)


def test_the_full_factorial_has_everything_once_per_sample() -> None:
    templates, topics, wordings = SMALL
    design = full_factorial(*SMALL, samples=2)
    expected = {
        Prompt(template, topic, wording, sample)
        for template in templates
        for topic in topics
        for wording in wordings[topic]
        for sample in (0, 1)
    }
    assert len(design) == len(expected) == 30
    assert set(rows(design)) == expected
    assert design.rows_per_topic() == {"f120": 12, "e035": 18}


def test_independent_draws_differ_between_languages_and_balanced_ones_know_none() -> None:
    danish, dutch = (
        independent(*SMALL, prompts=6, samples=1, seed=1, language=code) for code in ("da", "nl")
    )
    assert rows(danish) != rows(dutch)


def test_an_independent_draw_takes_everything_before_anything_twice() -> None:
    design = independent(*SMALL, prompts=16, samples=1, seed=1, language="da")
    assert sorted(Counter(prompt.sample for prompt in rows(design)).items()) == [(0, 15), (1, 1)]
    assert set(rows(design)) >= set(rows(full_factorial(*SMALL, samples=1)))


@pytest.mark.slow
def test_designs_are_the_same_in_every_process_and_version() -> None:
    code = (
        "import hashlib\n"
        "from culture_ray.prompts.design import balanced, independent\n"
        f"ids = {SMALL!r}\n"
        "a = balanced(*ids, prompts=9, samples=2, seed=20)\n"
        "b = independent(*ids, prompts=9, samples=2, seed=20, language='da')\n"
        "text = repr([d.prompt(i) for d in (a, b) for i in range(18)])\n"
        "print(hashlib.sha256(text.encode()).hexdigest()[:16])\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("0", "1")
    }
    assert found == {"799b04ddfc651837"}


def test_a_million_rows_are_arrays_not_objects() -> None:
    design = balanced(*SMALL, prompts=100_000, samples=10, seed=1)
    assert len(design) == 1_000_000
    assert design.sample.dtype == np.int32
    assert design.rows_per_topic() == {"f120": 500_000, "e035": 500_000}


@pytest.mark.parametrize(
    ("templates", "topics", "wordings", "prompts", "samples", "message"),
    [
        ([], ["f120"], {"f120": ["w1"]}, 1, 1, r"templates=\[\] .*at least one id"),
        (["t1", "t1"], ["f120"], {"f120": ["w1"]}, 1, 1, "templates=.*without duplicates"),
        (["t1"], ["f120"], {}, 1, 1, r"wordings of f120=\[\]"),
        (["t1"], ["f120"], {"f120": ["w1"]}, 0, 1, "prompts_per_language=0"),
        (["t1"], ["f120"], {"f120": ["w1"]}, 1, 0, "samples=0"),
    ],
)
def test_a_design_of_nothing_is_an_error(
    templates: list[str],
    topics: list[str],
    wordings: dict[str, list[str]],
    prompts: int,
    samples: int,
    message: str,
) -> None:
    with pytest.raises(WrongValue, match=message):
        balanced(templates, topics, wordings, prompts=prompts, samples=samples, seed=1)
