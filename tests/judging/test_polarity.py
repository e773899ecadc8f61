"""Value polarity of one response, against that of arrays of counts."""

from __future__ import annotations

import numpy as np

from culture_ray.judging.polarity import value_polarity
from tests.measures import polarity


def test_the_value_polarity_of_one_response_is_that_of_arrays() -> None:
    pro, con = np.random.default_rng(0).integers(0, 4, (2, 200))
    found = [value_polarity(a, b) for a, b in zip(pro.tolist(), con.tolist(), strict=True)]
    expected = polarity.value_polarity(pro, con).value
    assert [None if np.isnan(value) else value for value in expected] == found
    assert None in found
