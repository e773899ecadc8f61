"""JSON values of a line, one or several, and refusals that name the line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import BadTable
from culture_ray.survey.json_values import values_of_line

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.lists(st.dictionaries(st.text(max_size=3), JSON), max_size=4), st.sampled_from(["", " "]))
def test_records_on_one_line_are_all_read(records: list[Any], between: str) -> None:
    assert values_of_line("line 1", between.join(map(json.dumps, records))) == records


@pytest.mark.parametrize("line", ["{", '{"a": 1} x', "words"])
def test_what_is_no_json_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(BadTable, match="x, line 3: not valid JSON"):
        values_of_line("x, line 3", line)
