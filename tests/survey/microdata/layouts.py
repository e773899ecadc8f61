"""Made-up survey files in exactly the public layout of each survey: columns, codes, separators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from culture_ray.config.files import conf_folder
from culture_ray.survey.microdata.mapping import SurveyMapping
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.read_mapping import mapping_of

COUNTRIES = {
    "DK": ("DNK", 208, "da", "Denmark"),
    "NA": ("NAM", 516, "en", "Namibia"),
    "NO": ("NOR", 578, "nb", "Norway"),
    "PT": ("PRT", 620, "pt", "Portugal"),
    "US": ("USA", 840, "en", "United States"),
}
"""Alpha-3 and numeric code, language and name, by code."""


def catalogue() -> dict[str, Any]:
    """Return the content of the shipped file of topics."""
    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def content_of(name: str) -> dict[str, Any]:
    """Return the content of a shipped mapping."""
    text = (conf_folder() / "survey" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def shipped_mapping(name: str) -> SurveyMapping:
    """Return a shipped mapping of respondents, with all topics."""
    mapping = mapping_of(content_of(name), catalogue())
    assert not isinstance(mapping, OptionShares)
    return mapping


def wvs7(count: int = 500, seed: int = 1) -> pd.DataFrame:
    """Return a file of the World Values Survey, wave 7: separated by semicolons."""
    random, country = _drawn(count, seed)
    weight = random.gamma(3, 1 / 3, count).round(6) + 0.01
    return pd.DataFrame(
        {
            "version": "6-0-0 (2024-04-30)",
            "doi": "doi.org/10.14281/18241.24",
            "A_WAVE": 7,
            "A_YEAR": 2018,
            "A_STUDY": 2,
            "B_COUNTRY": [COUNTRIES[c][1] for c in country],
            "B_COUNTRY_ALPHA": [COUNTRIES[c][0] for c in country],
            "D_INTERVIEW": np.arange(count),
            "S_INTLANGUAGE": 1240,
            "LNGE_ISO": [COUNTRIES[c][2] for c in country],
            "W_WEIGHT": weight,
            "S018": 1.0,
            "PWGHT": [0.2 if c == "DK" else 3.1 for c in country],
            **_codes(random, _questions("wvs7"), count),
            "Q260": random.integers(1, 3, count),
        }
    )


def wvs_trend(count: int = 500, seed: int = 2) -> pd.DataFrame:
    """Return a trend file of the World Values Survey with two waves: separated by commas."""
    random, country = _drawn(count, seed)
    return pd.DataFrame(
        {
            "version": "5-0",
            "S002VS": random.choice([6, 7], count, p=[0.3, 0.7]),
            "S003": [COUNTRIES[c][1] for c in country],
            "COUNTRY_ALPHA": [COUNTRIES[c][0] for c in country],
            "S016": 1240,
            "S017": random.gamma(3, 1 / 3, count).round(6) + 0.01,
            "S018": 1.0,
            "S020": 2018,
            **_codes(random, _questions("wvs_trend"), count),
            "X001": random.integers(1, 3, count),
        }
    )


def ess11(count: int = 600, seed: int = 3) -> pd.DataFrame:
    """Return a file of the European Social Survey, round 11, with strata and clusters."""
    random, country = _drawn(count, seed)
    psu = random.integers(0, 40, count)
    post, people = random.gamma(3, 1 / 3, count).round(6) + 0.01, np.where(country == "DK", 0.4, 2)
    return pd.DataFrame(
        {
            "name": "ESS11e04_0",
            "essround": 11,
            "edition": 4.0,
            "idno": np.arange(count),
            "cntry": country,
            "dweight": 1.0,
            "pspwght": post,
            "pweight": people,
            "anweight": post * people,
            "stratum": psu % 4,
            "psu": psu,
            **_codes(random, _questions("ess11"), count),
            "lnghom1": [
                {"da": "DAN", "en": "ENG", "nb": "NOR", "pt": "POR"}[COUNTRIES[c][2]]
                for c in country
            ],
        }
    )


def evs2017(count: int = 400, seed: int = 4) -> pd.DataFrame:
    """Return an integrated file of the European Values Study 2017: separated by semicolons."""
    random, country = _drawn(count, seed)
    return pd.DataFrame(
        {
            "studyno": 7500,
            "version": "5-0-0",
            "id_cocas": np.arange(count),
            "year": 2017,
            "country": [COUNTRIES[c][1] for c in country],
            "c_abrv": country,
            **_codes(random, _questions("evs2017"), count),
            "gweight": random.gamma(3, 1 / 3, count).round(6) + 0.01,
            "pweight": np.where(country == "DK", 0.3, 1.7),
            "dweight": 1.0,
        }
    )


def issp2018(count: int = 400, seed: int = 5) -> pd.DataFrame:
    """Return a file of the ISSP 2018."""
    random, country = _drawn(count, seed)
    named = np.where(country == "PT", "GB-GBN", country)
    return pd.DataFrame(
        {
            "studyno": 7570,
            "c_sample": 1,
            "country": [COUNTRIES[c][1] for c in country],
            "c_alphan": named,
            "CASEID": np.arange(count),
            **_codes(random, _questions("issp2018"), count),
            "WEIGHT": random.gamma(3, 1 / 3, count).round(6) + 0.01,
        }
    )


AFRICANS = {2: "Angola", 9: "Côte d'Ivoire", 17: "Lesotho", 26: "Namibia"}


def afrobarometer9(count: int = 300, seed: int = 6) -> pd.DataFrame:
    """Return a merged file of Afrobarometer, round 9, whose countries are numbers."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "RESPNO": [f"X{nth}" for nth in range(count)],
            "COUNTRY": random.choice(list(AFRICANS), count).astype(float),
            "withinwt_hh": random.gamma(3, 1 / 3, count) + 0.01,
            "Combinwt_new_hh": random.gamma(3, 1 / 3, count) + 0.01,
            "Q2": 1.0,
            **_codes(random, _questions("afrobarometer9"), count),
        }
    )


MAKERS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "wvs7": wvs7,
    "wvs_trend": wvs_trend,
    "ess11": ess11,
    "evs2017": evs2017,
    "issp2018": issp2018,
    "afrobarometer9": afrobarometer9,
}
SEPARATORS = {"wvs7": ";", "evs2017": ";"}


def written(name: str, frame: pd.DataFrame, folder: Path) -> Path:
    """Write a survey's frame as the survey publishes it, and return the path."""
    path = folder / f"{name}.csv"
    frame.to_csv(path, index=False, sep=SEPARATORS.get(name, ","))
    return path


def _drawn(count: int, seed: int) -> tuple[np.random.Generator, Any]:
    random = np.random.default_rng(seed)
    return random, random.choice(list(COUNTRIES), count)


Coded = tuple[Sequence[int], Sequence[int]]


def _questions(name: str) -> dict[str, Coded]:
    """Return the codes of answers and those of missing ones in the survey's file, by column."""
    found = {}
    for question in shipped_mapping(name).questions:
        scale = {answer for answer in question.topic.scale.answers if answer >= 0}
        # A code of the file that is recoded stands for its target; the others for themselves.
        codes = [code for code in range(12) if question.recode.get(code, code) in scale]
        found[question.column] = (codes, sorted(question.missing) or [-5, -4, -2, -1])
    return found


def _codes(
    random: np.random.Generator, questions: Mapping[str, Coded], count: int
) -> dict[str, Any]:
    """Return random answers, a tenth of them missing by the survey's own codes."""
    return {
        column: np.where(
            random.random(count) < 0.1, random.choice(missing, count), random.choice(codes, count)
        )
        for column, (codes, missing) in questions.items()
    }
