"""The capability of a run's models in its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from culture_ray.engines.model import Model
from culture_ray.measures.capability import capability
from culture_ray.measures.result import FloatArray
from culture_ray.survey.language_tags import nearest_code


def capability_of(
    models: Mapping[str, Model], scores: pa.Table, names: Sequence[tuple[str, str]]
) -> FloatArray:
    """Return the capability of each (model, language) of `names`, NaN where it is not known.

    `scores` are benchmark scores with the columns of CAPABILITY; a model may stand there under any
    of its aliases, and the scores of pt-BR are those of pt where the table has no others.
    """
    aliases = {alias: name for name, model in models.items() for alias in (*model.aliases, name)}
    columns = [scores.column(name).to_pylist() for name in ("model", "language", "score")]
    rows = [
        (aliases.get(name, name), code, score) for name, code, score in zip(*columns, strict=True)
    ]
    position = {name: index for index, name in enumerate(dict.fromkeys(names))}
    scored = {
        language: nearest_code(language, dict.fromkeys(code for _, code, _ in rows))
        for language in dict.fromkeys(language for _, language in names)
    }
    known = [
        (position[key], score)
        for model, code, score in rows
        for language, used in scored.items()
        if used == code and (key := (model, language)) in position
    ]
    owner = np.array([index for index, _ in known], np.int64)
    result = capability(owner, np.array([score for _, score in known]), len(position))
    return result.value[[position[name] for name in names]]
