"""A made-up study of the published size: 6 models, 4 languages, about 250 responses a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LANGUAGES = ("da", "en", "nl", "pt")
TOPICS = 37


@dataclass(frozen=True, eq=False)
class Study:
    """Responses (model, language, topic, value_polarity) and ground truth (populations, topics)."""

    responses: pd.DataFrame
    truth: np.ndarray
    """13 countries, then the speakers of 4 languages, then the world; NaN where not asked."""
    kinds: tuple[slice, ...] = (slice(0, 13), slice(13, 17), slice(17, 18))


def make_study(models: int = 6, per_cell: int = 250, seed: int = 1) -> Study:
    """Return a study whose models follow the people more or less closely."""
    generator = np.random.default_rng(seed)
    world = generator.beta(1.2, 1.2, TOPICS)
    truth = np.clip(world + generator.normal(0, 0.15, (18, TOPICS)), 0.01, 0.99)
    truth[:, generator.choice(TOPICS, 5, replace=False)] = np.nan
    rows = []
    for model in range(models):
        for index, language in enumerate(LANGUAGES):
            topic = generator.integers(0, TOPICS, per_cell)
            people = np.nan_to_num(truth[13 + index], nan=0.5)[topic]
            share = np.clip(people + generator.normal(0, 0.1 + 0.05 * model, per_cell), 0, 1)
            rows.append(
                pd.DataFrame(
                    {
                        "model": f"model_{model}",
                        "language": language,
                        "topic": topic,
                        "value_polarity": generator.binomial(10, share) / 10,
                    }
                )
            )
    return Study(pd.concat(rows, ignore_index=True), truth)
