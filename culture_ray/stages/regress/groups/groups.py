"""Table of the groups of respondents: fidelity, differences kept, and item correlations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.labels.measured import measured_labels
from culture_ray.measures.respondents.between import between_groups
from culture_ray.measures.respondents.correlations import item_correlation
from culture_ray.measures.respondents.fidelity import GAIN, fidelity, flagged, floors, topics_of
from culture_ray.measures.respondents.figures import RespondentFigure
from culture_ray.measures.respondents.resampling import degrees_of_freedom, resampled
from culture_ray.measures.respondents.samples import ModelAnswers, People
from culture_ray.measures.result import IntArray
from culture_ray.settings.run import Settings
from culture_ray.stages.measure.answers import offered_responses
from culture_ray.stages.regress.groups.samples import (
    fewest_prompts,
    people_of,
    response_frame,
    responses_of,
)
from culture_ray.store import catalogue
from culture_ray.survey.profiles import Profile
from culture_ray.survey.respondents import Respondents
from culture_ray.tables import GROUPS

MOST_ROUNDS = 400
"""Rounds of the bootstrap are inference.rounds, but no more than this."""
_SINGLE = "no interval: a topic was asked by one prompt alone, so that the model's noise is unknown"
FEWEST_FOR_GAIN = 4
"""Fewest prompts of a topic for an interval of `gain`; with two, intervals that should cover 95 %
cover 72 to 84 % (docs/statistics.md, Groups of respondents)."""
_FEW_FOR_GAIN = (
    f"no interval: fewer than {FEWEST_FOR_GAIN} prompts of a topic, which makes it too short"
)
_OF_NOISE = ("model_variance", "variance_kept")
"""Figures that the noise of single prompts would make too large."""


def write_groups(
    settings: Settings, people: Respondents, profiles: Mapping[str, Sequence[Profile]]
) -> pa.Table:
    """Write groups.csv of a run and return it; `profiles` are those asked as, by language.

    Raises DiskProblem.
    """
    rows = offered_responses(settings, measured_labels(settings))
    asked_with_options = [] if rows is None else rows.to_pylist()
    frame = response_frame(asked_with_options, settings.languages, settings.topics)
    rounds = min(settings.inference.rounds, MOST_ROUNDS)
    found: list[dict[str, Any]] = []
    for protocol in settings.protocol_order:
        for model in settings.models:
            for language, asked in profiles.items():
                cell = {"model": model, "language": language, "protocol": protocol}
                own = frame
                for name, value in cell.items():
                    own = own[own[name] == value]
                for country in dict.fromkeys(profile.country for profile in asked):
                    of_country = [each for each in asked if each.country == country]
                    sample = people_of(people, of_country, settings.topics)
                    responses = responses_of(own, of_country, settings.topics)
                    found += [
                        cell | {"population": country} | row
                        for row in country_rows(
                            of_country, sample, responses, rounds, settings.seed
                        )
                    ]
    table = pa.Table.from_pylist(found, schema=GROUPS)
    catalogue.write(settings.run, "groups", table)
    return table


def country_rows(
    profiles: Sequence[Profile],
    people: People,
    responses: ModelAnswers,
    rounds: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one model, language, protocol and country, without these."""
    if not len(responses.profile):
        return
    drawn = resampled(people, responses, len(profiles), rounds, seed)
    df = degrees_of_freedom(people)
    single, shared = fewest_prompts(responses) < 2, int(drawn.asked.any(axis=0).sum())
    too_few = fewest_prompts(responses, plain=True) < FEWEST_FOR_GAIN
    everybody = [np.arange(len(profiles))]
    divisions: dict[str, dict[str | None, IntArray]] = {"all": {None: everybody[0]}}
    divisions |= {name: dict(of) for name, of in _categories(profiles).items()}
    for characteristic, of in divisions.items():
        members = list(of.values())
        groups = drawn.groups(members)
        for place, category in enumerate(of):
            there = topics_of(groups, place)
            figures = fidelity(groups, drawn, place, df)
            if too_few and not single:
                figures |= flagged({GAIN: figures[GAIN]}, _FEW_FOR_GAIN)
            lowest = floors(people, members, place, there)
            key = {"characteristic": characteristic, "category": category, "topics": len(there)}
            key |= _sizes(people, members[place])
            yield from _figure_rows(key, figures, single=single, floors=lowest)
        if characteristic != "all":
            key = {"characteristic": characteristic, "category": None, "topics": shared}
            key |= _sizes(people, np.concatenate(members))
            figures = between_groups(groups, drawn.scales, df)
            yield from _figure_rows(key, figures, single=single)
    key = {"characteristic": "profile", "category": None, "topics": shared}
    key |= _sizes(people, everybody[0])
    figures = between_groups(
        drawn.groups([np.array([at]) for at in everybody[0]]), drawn.scales, df
    )
    yield from _figure_rows(key, figures, single=single)
    pattern = item_correlation(people, drawn, df)
    found = {"item_correlation": pattern.figure}
    yield from _figure_rows(key, found, single=single, ceiling=pattern.ceiling)


def _categories(profiles: Sequence[Profile]) -> dict[str, dict[str | None, IntArray]]:
    """Return the profiles of each category by characteristic; some may have no category of it."""
    names = dict.fromkeys(name for profile in profiles for name in profile.categories)
    return {
        name: {
            category: np.array(
                [at for at, p in enumerate(profiles) if p.categories.get(name) == category]
            )
            for category in sorted({p.categories[name] for p in profiles if name in p.categories})
        }
        for name in names
    }


def _sizes(people: People, members: IntArray) -> dict[str, int]:
    return {"profiles": len(members), "people": int(np.isin(people.profile, members).sum())}


def _figure_rows(
    key: Mapping[str, Any],
    figures: Mapping[str, RespondentFigure],
    *,
    single: bool,
    floors: Mapping[str, float] | None = None,
    ceiling: float = np.nan,
) -> Iterator[dict[str, Any]]:
    shown = flagged(figures, _SINGLE) if single else figures
    for name, figure in shown.items():
        unknown = single and name in _OF_NOISE
        yield {
            **key,
            "measure": name,
            "value": None if unknown else _value(figure.value),
            "std_error": _value(figure.std_error),
            "ci_low": _value(figure.low),
            "ci_high": _value(figure.high),
            "topic_std_error": None if unknown else _value(figure.topic_std_error),
            "floor": _value((floors or {}).get(name, np.nan)),
            "ceiling": _value(ceiling),
            "reason": figure.reason or None,
        }


def _value(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
