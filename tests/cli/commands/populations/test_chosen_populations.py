"""Populations of one's own, chosen in plans and analyses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.survey.topics import Topic
from tests.cli.commands.populations.joint_respondents import FEW, SPOKEN, respondents, written
from tests.conftest import Said
from tests.survey.microdata.joint_file import people_of


@pytest.mark.slow
def test_a_folder_given_with_config_dir_works_as_well(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    said = culture_ray("populations", word, FEW, "name=mine", "conf_dir=elsewhere")
    assert "populations=mine --config-dir=elsewhere" in said.out
    plan = culture_ray(
        "plan", "experiment=quickstart", FEW, "language=[da,en]", "populations=mine",
        "design.prompts_per_language=4", "--config-dir=elsewhere",
    )  # fmt: skip
    assert plan.code == 0, plan.err


@pytest.mark.slow
def test_an_import_is_analysed_with_the_new_populations_and_their_standard_errors(
    culture_ray: Callable[..., Said], workplace: Path, topics: tuple[Topic, ...]
) -> None:
    asked = [topic.id for topic in topics[:8]]
    shares = {
        (country, topic): 0.1 + 0.1 * nth
        for country in ("DK", "US")
        for nth, topic in enumerate(asked)
    }
    word = written(workplace, people_of(shares, SPOKEN, topics))
    only = f"topics.only=[{','.join(asked)}]"
    culture_ray("populations", word, only, "name=rising", "conf_dir=culture_ray_conf")
    random = np.random.default_rng(1)
    pd.DataFrame(
        {
            "model": "gpt_4o",
            "language": language,
            "topic": topic,
            "value_polarity": random.binomial(10, 0.1 + 0.1 * nth) / 10,
        }
        for language in ("da", "en")
        for nth, topic in enumerate(asked)
        for _ in range(20)
    ).to_csv("scored.csv", index=False)
    assert culture_ray("import", "file=scored.csv", "run=theirs", only).code == 0
    analyse = ("analyse", "run=theirs", only, "inference.rounds=60", "inference.permutations=0")
    assert culture_ray(*analyse, "populations=rising").code == 0
    rising = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    assert (rising.loc["gpt_4o", "alignment_language"] > 0.8).all()
    noisy = (
        rising.loc["gpt_4o", "alignment_us"] / rising.loc["gpt_4o", "alignment_us_disattenuated"]
    )
    assert (noisy**2 < rising.loc["gpt_4o", "self_consistency"]).all()

    assert culture_ray(*analyse).code == 0
    again = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    pd.testing.assert_frame_equal(again, rising)

    assert culture_ray(*analyse, "populations=evs_wvs_joint_v5").code == 0
    shipped_with = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    assert (shipped_with.loc["gpt_4o", "alignment_language"] < 0.8).all()
    exact = shipped_with.loc["gpt_4o"]
    # The speakers were asked every topic; people in the US were not.
    ratio = exact["alignment_language"] / exact["alignment_language_disattenuated"]
    np.testing.assert_allclose(ratio**2, exact["self_consistency"], rtol=1e-9)
