"""Published figures, a small catalogue, and survey files in the layout of the joint file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from culture_ray.survey.topics import Scale, Topic

REPOSITORY = Path(__file__).resolve().parents[2]
SCALES = {
    "f120": Scale(10, "never", "always", (6, 7, 8, 9, 10), (1, 2, 3, 4, 5), (), "below_1"),
    "c001_01": Scale(5, "agree", "disagree", (1, 2), (4, 5), (3,), "below_1"),
    "e233b": Scale(10, "not", "essential", (6, 7, 8, 9, 10), (0, 1, 2, 3, 4, 5), (), "below_0"),
}


@pytest.fixture
def conf() -> Path:
    return REPOSITORY / "conf"


@pytest.fixture
def reference() -> Path:
    folder = REPOSITORY.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip(f"the published reference figures are not at {folder}")
    return folder


@pytest.fixture
def topics() -> tuple[Topic, ...]:
    return tuple(topic(name, scale) for name, scale in SCALES.items())


def topic(name: str, scale: Scale) -> Topic:
    return Topic(name, name.upper(), name, name[0].upper(), "made up", scale, "")


@pytest.fixture
def respondents() -> Callable[..., pd.DataFrame]:
    """Return a maker of random respondents, with the joint file's columns in its order."""

    def made(count: int = 600, seed: int = 1) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        country = random.choice(["BR", "DK", "NA", "PT"], count)
        spoken = {"BR": "pt", "DK": "da", "NA": "en", "PT": "pt"}
        columns: dict[str, Any] = {
            "studytit": "EVS/WVS, Joint – 2017-2022",
            "study": np.where(country == "PT", random.integers(1, 3, count), 1),
            "uniqid": np.arange(count) + 10_000,
            "cntry_AN": country,
            "lnge_iso": [spoken[name] for name in country],
            "gwght": random.gamma(3, 1 / 3, count).round(6) + 0.01,
            "pwght": np.where(country == "DK", 0.3, 1.7),
        }
        for name, scale in SCALES.items():
            answers = random.integers(1, scale.points + 1, count)
            missing = random.random(count) < 0.1
            columns[name.upper()] = np.where(missing, -random.integers(1, 6, count), answers)
        columns["X001"] = random.integers(1, 3, count)
        columns["reg_nuts1"] = [f"{name}{number % 2}" for number, name in enumerate(country)]
        return pd.DataFrame(columns)

    return made
