"""Worlds of the calibration: how studies come about that the inference has to cope with."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.simulation.world import World

SLOPES = ("within", "within_given_consistency", "within_pooled")
"""Designs of the regression that are calibrated."""


@dataclass(frozen=True)
class Calibrated:
    """A world, and what is asked about it beyond the slopes and the cells' figures."""

    world: World
    paper: bool = False
    """Analyse some studies as in the paper as well."""
    known: bool = False
    """Rate `sampling=known` as well."""
    designs: tuple[str, ...] = SLOPES


def _shapes(*shapes: tuple[int, int], **changes: object) -> dict[str, Calibrated]:
    return {
        f"{_shape(families, each)}{_factor(changes)}": Calibrated(
            World(families=families, per_family=each, **changes),  # type: ignore[arg-type]
            designs=SLOPES if families > 1 else ("within_pooled",),
            known=each > 4,
        )
        for families, each in shapes
    }


def _shape(families: int, each: int) -> str:
    return f"one family of {each}" if families == 1 else f"{families} families of {each}"


def _factor(changes: dict[str, object]) -> str:
    share = changes.get("capability_factor")
    return f", {share:.0%} on a capability factor" if share is not None else ""


PUBLISHED = World()

WORLDS: dict[str, Calibrated] = {
    "as published": Calibrated(PUBLISHED, paper=True, known=True),
    "as published, slope .3": Calibrated(World(slope=0.3), paper=True),
    # models and families
    "models far apart, families alike": Calibrated(World(sd_family=0.0, sd_model=0.08)),
    "families far apart": Calibrated(World(sd_family=0.10, sd_model=0.02)),
    "models alike": Calibrated(World(sd_family=0.0, sd_model=0.0, sd_consistency_model=0.0)),
    "four cells of 33 responses": Calibrated(World(thin_cells=4)),
    "two names of one model": Calibrated(World(twins=1)),
    "two names of one model, 4 families of 5": Calibrated(World(families=4, per_family=5, twins=1)),
    **_shapes((2, 5), (6, 2), (8, 5)),
    # abler models err alike
    **_shapes((3, 3), (4, 5), (1, 20), capability_factor=0.0),
    **_shapes((3, 3), (4, 5), (1, 20), capability_factor=0.05),
    **_shapes((3, 3), (4, 5), (1, 20), capability_factor=0.15),
    # families in languages and topics
    "families differ by language": Calibrated(World(sd_family_language=0.05)),
    "families differ by language, 6 families of 5": Calibrated(
        World(families=6, per_family=5, sd_family_language=0.05)
    ),
    "families share odd topics": Calibrated(World(shared=(0.15, 0.2, 0.35, 0.1, 0.2))),
    "2 languages": Calibrated(World(languages=2)),
    "12 languages": Calibrated(World(languages=12)),
    # topics
    "8 topics": Calibrated(World(topics=8)),
    "12 topics": Calibrated(World(topics=12)),
    "16 topics": Calibrated(World(topics=16)),
    "120 topics": Calibrated(World(topics=120, responses=600)),
    "8 batteries of 4 topics": Calibrated(World(batteries=8)),
    # answers and judges
    "self-consistency has no effect": Calibrated(World(consistency_effect=0.0)),
    "skewed answers": Calibrated(World(skew=1.5)),
    "skewed answers, 8 topics": Calibrated(World(skew=1.5, topics=8)),
    "skewed answers, 16 topics": Calibrated(World(skew=1.5, topics=16)),
    "judge errs in 10 %": Calibrated(World(judge_error=0.1)),
    "judge errs in 20 %": Calibrated(World(judge_error=0.2)),
    "judge errs in 20 %, skewed answers": Calibrated(World(judge_error=0.2, skew=1.5)),
    "judge errs in 20 %, 8 topics": Calibrated(World(judge_error=0.2, topics=8)),
    "judge decides 20 % as people in the US": Calibrated(World(judge_lean=0.2)),
}
