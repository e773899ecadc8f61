"""Short way to read a file, for the tests of the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.codes.languages import language_tag
from culture_ray.survey.topics import Scale
from culture_ray.tools.scored.choices import (
    Constants,
    KnownNames,
    ScoredChoices,
    ScoredColumns,
)
from culture_ray.tools.scored.read import ScoredResponses, read_scored

SCALES = {
    "f120": Scale(10, "never", "always", (6, 7, 8, 9, 10), (1, 2, 3, 4, 5), (), "below_1"),
    "d059": Scale(4, "agree", "disagree", (1, 2), (3, 4), (), "below_1"),
    "c001_01": Scale(5, "agree", "disagree", (1, 2), (4, 5), (3,), "below_1"),
}
KNOWN = KnownNames(
    SCALES, {"own_1": "OWN_1"}, lambda text: language_tag(text, {}), ("da", "Danish"), country_code
)


def read(path: Path, *, known: KnownNames = KNOWN, **choices: Any) -> ScoredResponses:
    """Return the responses of a file; `columns` and `constants` are given as mappings."""
    columns = ScoredColumns(**choices.pop("columns", {}))
    constants = Constants(**choices.pop("constants", {}))
    return read_scored([path], ScoredChoices(columns, constants, **choices), known)


Read = Callable[..., pd.DataFrame]


def rows_of(path: Path, text: str, **choices: Any) -> pd.DataFrame:
    """Write a text to a path and return the rows read from it."""
    path.write_text(text, encoding="utf-8")
    return read(path, **choices).rows
