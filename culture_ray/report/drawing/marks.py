"""Links from a figure's artists to tooltips and models, for the interactive page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.legend import Legend


class Marks:
    """Assigns ids to the artists of one sheet; svg.py turns the ids into attributes."""

    def __init__(self, models: Mapping[str, int]) -> None:
        """Number the models as palette.model_numbers does; other names are ignored."""
        self._models = models
        self._named = 0

    def attach_tooltip(self, artist: Artist, tooltip: int) -> None:
        """Link an artist to a tooltip by number; several marks get consecutive tooltips."""
        self._name(artist, "tip", tooltip)

    def assign(self, artist: Artist, model: str) -> None:
        """Assign an artist, such as the interval of a dot, to a model."""
        if model in self._models:
            self._name(artist, "model", self._models[model])

    def legend(self, legend: Legend, models: Sequence[str]) -> None:
        """Assign the entries of a legend to models, in order; '' for none."""
        entries = zip(legend.legend_handles, legend.get_texts(), models, strict=True)
        for handle, text, model in entries:
            for artist in (handle, text):
                if artist is not None:
                    self._key(artist, model)

    def axis(self, axis: Axis, models: Sequence[str]) -> None:
        """Assign the labels of an axis to models, in order; '' for none."""
        # get_majorticklabels() would create the labels anew, which is slow.
        for tick, model in zip(axis.get_major_ticks(len(models)), models, strict=True):
            self._key(tick.label1, model)

    def _key(self, artist: Artist, model: str) -> None:
        if model in self._models:
            self._name(artist, "key", self._models[model])

    def _name(self, artist: Artist, kind: str, number: int) -> None:
        artist.set_gid(f"{kind}{number}-{self._named}")
        self._named += 1
