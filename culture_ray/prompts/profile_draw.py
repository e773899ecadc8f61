"""Draw of the profiles that a sweep asks as, by the weight of their people or by quota."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from culture_ray.survey.profiles import Profile

Draw = Literal["weight", "quota"]


def drawn_profiles(
    weights: Mapping[Profile, float], count: int, draw: Draw, seed: int
) -> tuple[Profile, ...]:
    """Return `count` of the profiles of one country, all of them if they are fewer.

    `weights` are the sums of the weights of their people. With `weight` they are drawn one after
    the other without replacement, each with a probability in proportion to its weight (Efraimidis &
    Spirakis 2006); with `quota` the next one is always of categories that have been drawn least
    often, so that small groups are drawn as often as large ones. The draw depends on seed and
    profiles alone, and a larger `count` only adds profiles.
    """
    ranked = sorted(weights, key=lambda profile: _key(profile, weights[profile], seed))
    if draw == "weight":
        return tuple(ranked[:count])
    return tuple(_by_quota(ranked, count))


def _key(profile: Profile, weight: float, seed: int) -> tuple[float, str]:
    """Return an exponential variable of rate `weight`, from SHA-256 of seed and profile."""
    digest = hashlib.sha256(f"{seed}/profile/{profile.text}".encode()).digest()
    uniform = (int.from_bytes(digest[:7]) + 0.5) / 2**56
    return -math.log(uniform) / weight, profile.text


def _by_quota(ranked: list[Profile], count: int) -> Iterable[Profile]:
    left = list(ranked)
    times: Counter[tuple[str, str]] = Counter()
    for _ in range(min(count, len(ranked))):
        often = [sorted((times[group] for group in each.categories.items()), reverse=True)
                 for each in left]  # fmt: skip
        chosen = left.pop(often.index(min(often)))
        times.update(chosen.categories.items())
        yield chosen
