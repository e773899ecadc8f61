"""Made-up survey whose respondents answer as their gender and age group do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from culture_ray.survey.microdata.read_mapping import mapping_of
from culture_ray.survey.names import Names
from culture_ray.survey.topics import Topic, read_topics
from culture_ray.tools.populations.job import PopulationsJob, PopulationsResult
from culture_ray.tools.populations.make import make_populations
from culture_ray.tools.populations.profile_settings import ProfileSettings, profile_rule
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.survey.microdata.layouts import catalogue, content_of

ONLY = ("c001_01", "d054", "d059", "e035", "e069_02", "f118", "f120", "f121")

TOPICS: tuple[Topic, ...] = read_topics({**catalogue(), "only": list(ONLY)})

EFFECTS = np.random.default_rng(4).normal(0, 0.35, (2 + 4, len(TOPICS)))

AGES = ("18-29", "30-44", "45-64", "65+")


def position(gender: int, age: int) -> np.ndarray:
    """Mean of a gender and age group on the normal scale behind each topic; (topics,)."""
    return np.asarray(EFFECTS[gender] + EFFECTS[2 + age])


EVERYBODY = np.mean([position(gender, age) for gender in (0, 1) for age in range(4)], axis=0)


def cuts(topic: Topic) -> np.ndarray:
    """Bounds between the answers of a topic on the normal scale behind it; (answers - 1,)."""
    return np.linspace(-1.3, 1.3, len(topic.scale.answers) - 1)


def people(count: int = 2400) -> pd.DataFrame:
    """Respondents of two countries in the layout of the joint file."""
    random = np.random.default_rng(7)
    gender, age = random.integers(0, 2, count), random.integers(0, 4, count)
    lowest = np.array([18, 30, 45, 65])[age]
    stand = np.stack([position(g, a) for g, a in zip(gender, age, strict=True)])
    latent = stand + random.normal(size=stand.shape)
    answers = {
        topic.code: np.array(topic.scale.answers)[np.searchsorted(cuts(topic), latent[:, at])]
        for at, topic in enumerate(TOPICS)
    }
    return pd.DataFrame(
        {
            "cntry_AN": ["DK"] * (count // 2) + ["US"] * (count // 2),
            "lnge_iso": ["da"] * (count // 2) + ["en"] * (count // 2),
            "gwght": random.gamma(8, 1 / 8, count) + 0.05,
            "pwght": 1.0,
            "study": 1,
            "X001": gender + 1,
            "X003": lowest + random.integers(0, 12, count),
            **answers,
        }
    )


def made(
    folder: Path, frame: pd.DataFrame, *by: str, smallest: int = 10, small: Any = "merge"
) -> PopulationsResult:
    """Write a survey's file and its populations to `folder`, as culture-ray populations does."""
    folder.mkdir(exist_ok=True)
    frame.to_csv(folder / "joint.csv", index=False)
    survey = mapping_of(content_of("evs_wvs_joint"), {**catalogue(), "only": list(ONLY)})
    return make_populations(
        PopulationsJob(
            files=(folder / "joint.csv",),
            survey=survey,
            name="made_up",
            folder=folder,
            recode="symmetric",
            by=("country", "language"),
            names=Names(),
            command="culture-ray populations",
            profiles=profile_rule(ProfileSettings(by, smallest, small), survey),
        )
    )
