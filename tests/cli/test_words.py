"""A word that would do nothing for its verb is refused, with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.descriptions import described_keys
from culture_ray.cli.words import check_words
from culture_ray.errors import BadOverride, NoEffect, UnknownName
from tests.conftest import Said

REFUSED = [
    ("status", "model=[gemma_2_9b]", "model=[gemma_2_9b] has no effect on culture-ray status"),
    ("status", "language=da", "language=da has no effect"),
    ("cancel", "cluster=slurm", "cluster=slurm has no effect"),
    ("report", "inference=paper", "analyse"),
    ("report", "inference.rounds=10", "inference.rounds=10 has no effect"),
    ("report", "spending.confirm=true", "spending.confirm=true has no effect"),
    ("analyse", "stages=[measure]", "sweep"),
    ("analyse", "spending.cap_dollars=5", "has no effect"),
    ("label-sheet", "cluster=slurm", "has no effect"),
    ("import", "protocol=[persona]", "has no effect"),
    ("import", "+judge=[gemma_2_9b]", "has no effect"),
    ("compare", "language=[da]", "has no effect"),
    ("translate", "count=2", "has no effect"),
    ("vary", "source=da", "has no effect"),
    ("judge-check", "repeats=3", "repeats=3 has no effect with run=theirs"),
    ("judge-check", "language=[da]", "whose labels are there already"),
]


@pytest.mark.parametrize(("verb", "word", "said"), REFUSED)
def test_a_key_that_does_nothing_is_refused(
    culture_ray: Callable[..., Said], verb: str, word: str, said: str
) -> None:
    complaint = culture_ray(verb, "run=theirs", word).complaint
    assert said in complaint
    assert "leave it out" in complaint


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("status", ["run=x", "results=y", "experiment=quickstart", "language=[]", "watch=true"]),
        ("status", ["--watch", "hydra.verbose=true", "--config-dir=x"]),
        ("report", ["run=x", "populations.compare=[DK]", "spending.account=x"]),
        ("report", ["spending={account: x}"]),
        ("analyse", ["run=x", "inference.rounds=10", "language=[da]"]),
        ("label-sheet", ["run=x", "n=2", "language=[da]"]),
        ("plan", ["seed=2", "--json", "model.gemma_2_9b.chat=false"]),
        ("fetch", ["--wheels", "x", "seed=2"]),
        ("status", ["reslts=x"]),  # Hydra names the nearest
    ],
)
def test_what_a_verb_reads_is_let_through(verb: str, words: list[str]) -> None:
    check_words(VERBS[verb], words)


@pytest.mark.parametrize(
    ("verb", "flag", "said"),
    [
        ("sweep", "--dry-run", "has no flag --dry-run, which submit has; culture-ray plan shows"),
        ("plan", "--dry-run", "culture-ray plan shows what a sweep would do, and writes nothing"),
        ("sweep", "--watch", "culture-ray status run=NAME --watch follows a sweep"),
        ("status", "--json", "has no flag --json, which plan, list and models have"),
    ],
)
def test_a_flag_of_another_verb_is_named_with_what_to_do(
    culture_ray: Callable[..., Said], verb: str, flag: str, said: str
) -> None:
    assert said in culture_ray(verb, "run=x", flag).complaint


def test_a_mistyped_flag_gets_the_nearest_of_the_verb() -> None:
    with pytest.raises(UnknownName, match="did you mean '--dry-run'"):
        check_words(VERBS["submit"], ["--dryrun"])


@pytest.mark.parametrize(
    ("verb", "words", "said"),
    [
        ("plan", ["--experiment", "quickstart"], "'--experiment': write experiment=quickstart"),
        ("plan", ["--experiment=paper"], "write experiment=paper"),
        ("sweep", ["--model", "--language"], "write model=VALUE"),
        ("report", ["--run", "x"], "write run=x"),
        ("report", ["--run=x"], "write run=x"),
        ("sweep", ["--run", "seed=2"], None),  # Hydra's own
        ("status", [], None),
        ("list", ["topics", "abortion"], "'abortion' is not a filter: write name=abortion"),
        ("list", ["models", "name=gemma", "9b"], "write name=9b"),
    ],
)
def test_a_key_written_as_a_flag_or_left_out_is_told(
    verb: str, words: list[str], said: str | None
) -> None:
    if said is None:
        check_words(VERBS[verb], words)
        return
    with pytest.raises(BadOverride, match=re.escape(said)):
        check_words(VERBS[verb], words)


@pytest.mark.parametrize("flag", ["-n", "--experimental", "--shell"])
def test_flags_of_hydra_alone_are_not_suggested(flag: str) -> None:
    with pytest.raises(UnknownName) as refused:
        check_words(VERBS["sweep"], [flag])
    assert "-cn" not in str(refused.value) and "rerun" not in str(refused.value)
    assert "--help" in str(refused.value) or "--multirun" in str(refused.value)


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_says_it_reads_is_in_its_file(verb: str) -> None:
    named = {key.name for key in described_keys(VERBS[verb].root)} | {"watch", "language"}
    if verb == "import":  # which takes constants.topic as topic, and the like
        named |= {"topic", "family", "persona", "wording"}
    for key in VERBS[verb].keys:
        assert any(name == key or name.startswith(f"{key}.") for name in named), key


def test_the_verb_that_a_key_is_for_is_named() -> None:
    with pytest.raises(NoEffect, match=r"leave it out; it is for translate$"):
        check_words(VERBS["vary"], ["native_name=dansk"])
