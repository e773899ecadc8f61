"""A made-up population of profiles with known answers, its survey, and models with known habits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import norm

from culture_ray.measures.answer_distances import positions, wasserstein
from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers, People

CATEGORIES = (2, 3, 2)
"""Categories of three characteristics; every combination is a profile."""
PROFILES = np.array(list(product(*map(range, CATEGORIES))))
SCALES = (4, 5, 10, 4, 2, 10, 5, 4)


@dataclass(frozen=True, eq=False)
class World:
    """Shares of profiles (C,) and each one's position (C, T) on a normal scale behind answers."""

    share: np.ndarray
    position: np.ndarray
    factor: np.ndarray
    """Loading (T,) of each item on what a person's answers have in common beyond the profile."""

    @staticmethod
    def of(seed: int) -> World:
        random = np.random.default_rng([18, seed])
        share = random.dirichlet(np.full(len(PROFILES), 8.0))
        position = np.tile(random.normal(0, 0.4, len(SCALES)), (len(PROFILES), 1))
        for characteristic, count in enumerate(CATEGORIES):
            effects = random.normal(0, 0.35, (count, len(SCALES)))
            position = position + effects[PROFILES[:, characteristic]]
        return World(share, position, random.uniform(-0.6, 0.6, len(SCALES)))

    def distributions(self, flattened: float = 1.0, shift: float = 0.0) -> list[np.ndarray]:
        """Return by topic the answers (C, K) of a model that keeps `flattened` of differences."""
        mean = self.share @ self.position
        position = mean + flattened * (self.position - mean) + shift
        return [_distribution(position[:, t], k) for t, k in enumerate(SCALES)]

    def survey(self, people: int, seed: int) -> People:
        """Return a stratified sample of clusters of five, with unequal weights."""
        random = np.random.default_rng([19, seed])
        profile = random.choice(len(self.share), people, p=self.share)
        cluster = np.arange(people) // 5
        own = random.normal(size=people)
        latent = self.factor * own[:, None]
        latent = latent + np.sqrt(1 - self.factor**2) * random.normal(size=(people, len(SCALES)))
        latent = latent + self.position[profile]
        answers = np.stack(
            [np.searchsorted(_cuts(k), latent[:, t]) for t, k in enumerate(SCALES)], axis=1
        )
        answers[random.random(answers.shape) < 0.05] = -1
        return People(
            profile=profile,
            weight=random.gamma(6, 1 / 6, people) + 0.05,
            stratum=cluster % 4,
            cluster=cluster,
            half=cluster // 4 % 2,
            answers=answers,
            scales=SCALES,
        )

    def responses(
        self, seed: int, flattened: float = 1.0, shift: float = 0.0, prompts: int = 8
    ) -> ModelAnswers:
        """Return answers sampled by a model that keeps `flattened` of the differences."""
        random = np.random.default_rng([20, seed])
        plain = self.distributions(0.0, shift)
        profile, topic, prompt, share = [], [], [], []
        for t, of_topic in enumerate(self.distributions(flattened, shift)):
            for c in (NOBODY, *range(len(self.share))):
                chances = plain[t][0] if c == NOBODY else of_topic[c]
                for nth in range(prompts):
                    profile.append(c)
                    topic.append(t)
                    prompt.append(t * prompts + nth)
                    chosen = np.zeros(max(SCALES))
                    chosen[random.choice(len(chances), p=chances)] = 1.0
                    share.append(chosen)
        return ModelAnswers(*map(np.array, (profile, topic, prompt, share)))

    def between(self, members: list[np.ndarray], flattened: float, shift: float) -> np.ndarray:
        """Return the variances of people and model between groups, and their covariance, means."""
        found = []
        models = self.distributions(flattened, shift)
        for t, people in enumerate(self.distributions()):
            x = positions(SCALES[t])
            weights = np.array([self.share[own].sum() for own in members])
            p, m = (
                np.array([self.share[own] @ (side[own] @ x) / self.share[own].sum()
                          for own in members])
                for side in (people, models[t])
            )  # fmt: skip
            p, m = p - weights @ p, m - weights @ m
            found.append([weights @ p**2, weights @ m**2, weights @ (p * m)])
        return np.mean(found, axis=0)

    def group(self, own: np.ndarray, flattened: float, shift: float) -> dict[str, float]:
        """Return the true figures of a group of profiles."""
        plain, models = self.distributions(0.0, shift), self.distributions(flattened, shift)
        rows = []
        for t, people in enumerate(self.distributions()):
            weight = self.share[own] / self.share[own].sum()
            p, q = weight @ models[t][own], weight @ people[own]
            away = float(wasserstein(p, q))
            gain = float(wasserstein(plain[t][0], q)) - away
            rows.append((away, float((p - q) @ positions(len(p))), gain))
        return dict(
            zip(("wasserstein", "mean_difference", "gain"), np.mean(rows, axis=0), strict=True)
        )


def members_of(characteristic: int) -> list[np.ndarray]:
    """Return the profiles of each category of a characteristic."""
    column = PROFILES[:, characteristic]
    return [np.flatnonzero(column == category) for category in range(CATEGORIES[characteristic])]


def _cuts(answers: int) -> np.ndarray:
    return np.linspace(-1.2, 1.2, answers - 1) if answers > 2 else np.zeros(1)


def _distribution(position: np.ndarray, answers: int) -> np.ndarray:
    below = norm.cdf(_cuts(answers) - position[:, None])
    ends = np.zeros((len(position), 1)), np.ones((len(position), 1))
    return np.diff(np.hstack([ends[0], below, ends[1]]), axis=1)
