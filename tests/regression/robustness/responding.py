"""Made-up studies of responses, for the robustness checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.robustness.study import Responses, Study, SurveyedPopulations

LANGUAGES = ("da", "en", "nl", "pt")
CATEGORIES = "EEEEFFFFDDCCHHAA"


@dataclass(frozen=True)
class People:
    """Ground truth of two countries per language and of each language's speakers."""

    countries: np.ndarray
    """(2 L, T)"""
    speakers: np.ndarray
    """(L, T)"""

    @classmethod
    def drawn(cls, rng, topics=40, languages=4):
        common = rng.normal(0, 0.6, topics)
        spoken = common + rng.normal(0, 0.7, (languages, topics))
        countries = np.repeat(spoken, 2, axis=0) + rng.normal(0, 0.3, (2 * languages, topics))
        return cls(squashed(countries), squashed(spoken))

    def surveyed(self):
        rows, languages = len(self.countries), len(self.speakers)
        native = np.zeros((languages, rows + languages), dtype=bool)
        native[np.arange(rows) // 2, np.arange(rows)] = True
        topics = self.speakers.shape[1]
        return SurveyedPopulations(
            ground_truth=np.vstack([self.countries, self.speakers]),
            country=np.arange(rows + languages) < rows,
            speakers=rows + np.arange(languages),
            native=native,
            category=tuple(CATEGORIES[t % len(CATEGORIES)] for t in range(topics)),
        )


def squashed(values):
    return 1 / (1 + np.exp(-1.7 * np.asarray(values)))


def responses_of(shares, rng, *, each=8, opinions=10, template=None, wording=None, persona=None):
    """Responses with these shares of pro, (models, languages, topics), `each` to every topic."""
    models, languages, topics = np.shape(shares)
    model, language, topic, _ = np.indices((models, languages, topics, each)).reshape(4, -1)
    polarity = rng.binomial(opinions, np.asarray(shares)[model, language, topic]) / opinions
    unknown = np.full(model.size, -1)
    return Responses(
        models=tuple(f"m{index}" for index in range(models)),
        languages=LANGUAGES[:languages],
        model=model,
        language=language,
        topic=topic,
        polarity=polarity,
        template=unknown if template is None else template,
        wording=unknown if wording is None else wording,
        protocol=np.zeros(model.size, dtype=int),
        persona=None if persona is None else np.full(model.size, persona),
    )


def joined(*parts):
    """The responses of all parts, which share models and languages."""
    columns = ("model", "language", "topic", "polarity", "template", "wording", "protocol")
    whole = {name: np.concatenate([getattr(p, name) for p in parts]) for name in columns}
    if parts[0].persona is not None:
        whole["persona"] = np.concatenate([p.persona for p in parts])
    return Responses(parts[0].models, parts[0].languages, **whole)


def study_of(responses, people, rounds=200, seed=1):
    return Study(responses, people.surveyed(), Resampling(rounds=rounds, seed=seed))


def one(checks, what, model=None, language=None):
    """The only check of these."""
    found = [c for c in checks if (c.what, c.model, c.language) == (what, model, language)]
    assert len(found) == 1, f"{len(found)} checks of {what}, {model}, {language}"
    return found[0]
