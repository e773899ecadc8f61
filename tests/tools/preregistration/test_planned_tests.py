"""A preregistration names every test that the analysis will make."""

from __future__ import annotations

from dataclasses import replace

from culture_ray.settings.run import Settings
from culture_ray.tools.preregistration.planned_tests import planned_tests


def test_a_bayesian_check_is_named_as_one_where_it_is_planned(small: Settings) -> None:
    checked = replace(small, inference=replace(small.inference, bayesian=True))
    [added] = set(planned_tests(checked)) - set(planned_tests(small))
    assert added.startswith("Bayesian check: design within on the same rows")
    assert "beside the regression, which decides" in added
