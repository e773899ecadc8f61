from __future__ import annotations

from culture_ray.regression.designs import WITHIN
from culture_ray.regression.valid import Options, regress
from tests.regression.made_up import study

QUICK = Options(without_models=0)


def test_three_models_cannot_go_below_one_sixth_and_the_notes_say_so() -> None:
    result = regress(study(5), WITHIN, None, QUICK)
    within = [t for t in result.terms if t.term.startswith("capability_within")]
    assert all(t.p_permutation is not None and t.p_permutation >= 1 / 6 for t in within)
    assert all(t.p_permutation is None for t in result.terms if t not in within)
    assert sum("cannot be below 0.17" in n for n in result.notes) == 3
