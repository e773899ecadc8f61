"""Colours and markers: the same for a model in every figure, with variants for dark pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from culture_ray.report.content import ReportContent

INK, MUTED, GRID, PAPER = "#1b1f24", "#5b6470", "#d9dee4", "#ffffff"
"""Text and lines, secondary text, grid lines and background, on a light page."""

_LINES = {
    INK: "#e7eaee",
    MUTED: "#a3acb8",
    GRID: "#38414c",
    PAPER: "#14181d",
    "#3d4654": "#d2d8df",
    "#8b95a1": "#8b95a2",
}

# Okabe and Ito's colours without black and yellow, then Tol's wine, olive and indigo; the yellow is
# left out because it vanishes on white. Right: the same hue, light enough for a dark page.
_MODELS = {
    "#0072b2": "#4aa8e0",
    "#d55e00": "#ff8a3d",
    "#009e73": "#2fc79a",
    "#b8568f": "#e08fbf",
    "#56a0d0": "#8ccbf2",
    "#c98a00": "#f0b840",
    "#882255": "#d0679c",
    "#7d7d21": "#bdbd4f",
    "#332288": "#9a8cf0",
}
_MODEL_MARKERS = "osD^vPXp<>"
_BASELINE_MARKERS = "x+*1234"
BASELINE = MUTED

_OTHER_COLOURS = ("#3d4654", "#8b95a1", "#b4bcc6")
"""For judges that are not models of the run, and other names without a colour."""

STANCE_COLOURS = {"pro": "#0072b2", "neutral": "#b4bcc6", "con": "#d55e00"}
OUTCOME_COLOURS = {
    "used": "#0072b2",
    "excluded": "#56a07c",
    "undefined": "#8ec4e6",
    "refusals": "#882255",
    "empty": "#b4bcc6",
    "unparsable": "#c98a00",
    "judge_errors": "#d55e00",
    "failed": "#5b6471",
}

DARK = {**_LINES, **_MODELS}
"""Light colour -> dark variant; all other colours are the same on both pages."""


@dataclass(frozen=True)
class ModelStyle:
    """Colour and marker of a model."""

    colour: str
    marker: str
    index: int
    """Index of the model's colour; -1 for baselines."""


def model_styles(content: ReportContent) -> dict[str, ModelStyle]:
    """Return the style of every model of a run, by name."""
    colours = list(_MODELS)
    found: dict[str, ModelStyle] = {}
    for i, model in enumerate(content.studied):
        # When colours repeat, the marker changes, so that no two models look alike.
        marker = _MODEL_MARKERS[(i % len(colours) + i // len(colours)) % len(_MODEL_MARKERS)]
        found[model.name] = ModelStyle(colours[i % len(colours)], marker, i % len(colours))
    for i, model in enumerate(content.baselines):
        found[model.name] = ModelStyle(BASELINE, _BASELINE_MARKERS[i % len(_BASELINE_MARKERS)], -1)
    return found


def colours_by_name(content: ReportContent, names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each name; names that are not models of the run share neutral ones."""
    known = {name: style.colour for name, style in model_styles(content).items()}
    others = [name for name in dict.fromkeys(names) if name not in known]
    return known | {s: _OTHER_COLOURS[i % len(_OTHER_COLOURS)] for i, s in enumerate(others)}


def model_numbers(content: ReportContent) -> dict[str, int]:
    """Return a number for each model of a run, and for judges that are not among its models."""
    others = (table.column("model") for table in (content.timeline, content.spending)
              if table is not None)  # fmt: skip
    names = [
        *model_styles(content),
        *(name for other in others for name in other.unique().to_pylist()),
    ]
    return {name: i for i, name in enumerate(dict.fromkeys(name for name in names if name))}


def model_colours() -> list[tuple[str, str]]:
    """Return every model colour as (light, dark), by index."""
    return list(_MODELS.items())
