"""The capability of a run's models in its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from culture_ray.engines.model import Model
from culture_ray.measures.capability import capability
from culture_ray.measures.result import FloatArray
from culture_ray.survey.language_tags import nearest_code


def capability_of(
    models: Mapping[str, Model], scores: pd.DataFrame, names: Sequence[tuple[str, str]]
) -> FloatArray:
    """Return the capability of each (model, language) of `names`, NaN where it is not known.

    `scores` are benchmark scores with the columns of CAPABILITY; a model may stand there under any
    of its aliases, and the scores of pt-BR are those of pt where the table has no others.
    """
    aliases = {alias: name for name, model in models.items() for alias in (*model.aliases, name)}
    scores = scores.assign(model=[aliases.get(name, name) for name in scores["model"]])
    position = {name: index for index, name in enumerate(dict.fromkeys(names))}
    scored = {
        language: nearest_code(language, dict.fromkeys(scores["language"]))
        for language in dict.fromkeys(language for _, language in names)
    }
    known = [
        (position[key], row.score)
        for row in scores.itertuples()
        for language, code in scored.items()
        if code == row.language and (key := (row.model, language)) in position
    ]
    owner = np.array([index for index, _ in known], np.int64)
    result = capability(owner, np.array([score for _, score in known]), len(position))
    return result.value[[position[name] for name in names]]
