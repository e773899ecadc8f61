"""Models of imported responses: their families, and their entries in conf/model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from culture_ray.config.known_names import model_files
from culture_ray.errors import WrongValue
from culture_ray.labels.read import IMPORTED


def imported_models(rows: pd.DataFrame, source: str) -> dict[str, dict[str, Any]]:
    """Return a description per model of the responses, its family from these or from conf/model.

    `rows` have a column model and may have a column family. Raises WrongValue for a model without
    a family, or with several.
    """
    known = model_files()
    found: dict[str, dict[str, Any]] = {}
    for name, own in rows.groupby("model", sort=True):
        entry = _matching(str(name), known)
        families = sorted(set(own["family"].dropna())) if "family" in own else []
        if len(families) > 1:
            raise WrongValue("columns.family", families, f"one family for model {name}")
        family = families[0] if families else (known[entry]["family"] if entry else "")
        if not family:
            raise WrongValue(
                "columns.family",
                None,
                f"a column with the family of model '{name}', which conf/model does not know, or "
                f"family=NAME for all models",
            )
        found[str(name)] = {
            "engine": IMPORTED,
            "family": str(family),
            "source": source,
            "aliases": [entry] if entry else [],
        }
    return found


def _matching(name: str, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    for entry, content in known.items():
        spellings = {entry, content.get("source"), *content.get("aliases", [])}
        if name.lower() in {str(s).lower() for s in spellings if s}:
            return entry
    return None
