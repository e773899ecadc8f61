"""Reliability of a judge: its error, confusion and kappa against true stances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from culture_ray.judging.intervals import Interval, jackknife, kappas
from culture_ray.judging.prompt import STANCES


@dataclass(frozen=True)
class JudgedResponse:
    """True stances of a response and those of a judge, opinion by opinion, with its groups."""

    truth: Sequence[str]
    stances: Sequence[str]
    """Stances of the judge; empty if its answer could not be parsed."""
    groups: tuple[tuple[str, str], ...] = ()
    """(kind, value), as in ("language", "da")."""
    agreed: Sequence[bool] | None = None
    """Per true stance, True if a second reader gave the same; None without a second reader."""


@dataclass(frozen=True)
class Reliability:
    """Measured reliability of a judge over one group of responses."""

    kind: str
    group: str
    responses: int
    statements: int
    """Number of true stances."""
    missing: int
    """Number of true stances without a stance of the judge."""
    extra: int
    """Number of the judge's stances beyond the last true one."""
    disputed: int
    """Number of true stances that a second reader disputes; by default in no other figure."""
    confusion: NDArray[np.int64]
    """Counts, true stance by judged stance, both in the order pro, con, neutral."""
    error: Interval | None
    """Share of wrong stances among those given; None if none was given."""
    flipped: Interval | None
    """Share of pro judged con or con judged pro, among opinions on a side in both."""
    kappa_interval: Interval | None
    """Cohen's kappa with its jackknife interval over responses."""

    @property
    def accuracy(self) -> float | None:
        """1 - error."""
        return None if self.error is None else 1 - self.error.estimate

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa of true and judged stances."""
        return cohen_kappa(self.confusion)

    @property
    def pro_as_con(self) -> float | None:
        """Share of true pro judged con, among those judged pro or con."""
        return _share(self.confusion[0, 1], self.confusion[0, 0])

    @property
    def con_as_pro(self) -> float | None:
        """Share of true con judged pro, among those judged pro or con."""
        return _share(self.confusion[1, 0], self.confusion[1, 1])

    @property
    def always(self) -> str | None:
        """Stance that the judge always gives although true stances vary; None if there is none."""
        judged = self.confusion.sum(axis=0)
        several = np.count_nonzero(self.confusion.sum(axis=1)) > 1
        return STANCES[int(judged.argmax())] if several and np.count_nonzero(judged) == 1 else None


def measure_reliability(
    judged: Iterable[JudgedResponse], *, include_disputed: bool = False
) -> tuple[Reliability, ...]:
    """Return the judge's reliability over all responses, then over each group.

    Stances are compared in order. Opinions on which two readers disagree are counted as disputed
    and left out of the other figures, unless `include_disputed`, which takes the first reading as
    true. The 95 % intervals allow for dependence between the statements of one response (see
    `clustered_interval`). Raises ValueError for an unknown stance.
    """
    responses = list(judged)
    members: dict[tuple[str, str], list[JudgedResponse]] = {("all", "all"): responses}
    for key in sorted({group for r in responses for group in r.groups}):
        members[key] = [r for r in responses if key in r.groups]
    return tuple(_reliability(*key, group, include_disputed) for key, group in members.items())


def confusion(truth: Sequence[str], judged: Sequence[str]) -> NDArray[np.int64]:
    """Return the 3 x 3 counts of true by judged stance, up to the end of the shorter sequence."""
    counts = np.zeros((len(STANCES), len(STANCES)), dtype=np.int64)
    for true, stance in zip(truth, judged, strict=False):
        if true not in STANCES or stance not in STANCES:
            raise ValueError(f"stances are {', '.join(STANCES)}, found {true!r} and {stance!r}")
        counts[STANCES.index(true), STANCES.index(stance)] += 1
    return counts


def cohen_kappa(counts: NDArray[np.int64]) -> float | None:
    """Return Cohen's kappa of a square table of counts; None where `kappas` has no value."""
    kappa = float(kappas(counts.astype(np.float64)))
    return None if np.isnan(kappa) else kappa


def wilson_interval(successes: float, n: float, level: float = 0.95) -> Interval:
    """Return the share successes / n with its Wilson score interval (Wilson 1927); n > 0."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def clustered_interval(
    successes: Sequence[int], sizes: Sequence[int], level: float = 0.95
) -> Interval | None:
    """Return the share over clusters with a Wilson interval at the effective sample size.

    `successes` of `sizes` per cluster (response). The design effect is the linearised variance of
    the ratio over that of independent statements, at least 1; n is divided by it (Kish 1965).
    None if all clusters are empty.
    """
    nonempty = [(s, m) for s, m in zip(successes, sizes, strict=True) if m > 0]
    if not nonempty:
        return None
    hits, ms = np.array(nonempty, dtype=float).T
    clusters, n = len(nonempty), float(ms.sum())
    share = float(hits.sum()) / n
    effect = 1.0
    if clusters == 1:
        effect = n
    elif 0 < share < 1:
        variance = clusters / (clusters - 1) * ((hits - share * ms) ** 2).sum() / n**2
        effect = max(1.0, float(variance / (share * (1 - share) / n)))
    return wilson_interval(share * n / effect, n / effect, level)


def _share(wrong: np.int64, right: np.int64) -> float | None:
    return float(wrong / (wrong + right)) if wrong + right else None


def _reliability(
    kind: str, group: str, responses: Sequence[JudgedResponse], include_disputed: bool
) -> Reliability:
    disputed = sum(list(r.agreed or ()).count(False) for r in responses)
    if not include_disputed:
        responses = [_undisputed(r) for r in responses]
    tables = [confusion(r.truth, r.stances) for r in responses]
    sides = [t[:2, :2] for t in tables]
    pairs = [
        (true, stance)
        for r in responses
        for true, stance in zip_longest(r.truth, r.stances, fillvalue=None)
    ]
    return Reliability(
        kind=kind,
        group=group,
        responses=len(responses),
        statements=sum(true is not None for true, _ in pairs),
        missing=sum(stance is None for _, stance in pairs),
        extra=sum(true is None for true, _ in pairs),
        disputed=disputed,
        confusion=sum(tables, np.zeros((3, 3), dtype=np.int64)),
        error=clustered_interval(
            [int(t.sum() - np.trace(t)) for t in tables], [int(t.sum()) for t in tables]
        ),
        flipped=clustered_interval(
            [int(s.sum() - np.trace(s)) for s in sides], [int(s.sum()) for s in sides]
        ),
        kappa_interval=jackknife(np.array([t for t in tables if t.any()], float), kappas),
    )


def _undisputed(response: JudgedResponse) -> JudgedResponse:
    """Return the response without the opinions on which its readers disagree."""
    if response.agreed is None:
        return response
    disputed = {n for n, agreed in enumerate(response.agreed) if not agreed}
    return replace(
        response,
        truth=[s for n, s in enumerate(response.truth) if n not in disputed],
        stances=[s for n, s in enumerate(response.stances) if n not in disputed],
    )
