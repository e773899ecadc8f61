"""Says of a sheet's artists what they show, so that a page can answer when they are pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.legend import Legend


class Marks:
    """Names the artists of one sheet; svg.py turns the names into attributes."""

    def __init__(self, models: Mapping[str, int]) -> None:
        """`models` are the numbers of palette.numbers; other names are passed over."""
        self._models = models
        self._named = 0

    def tell(self, artist: Artist, tip: int) -> None:
        """Say that an artist shows a tip; if it is several marks, this one and those after it."""
        self._name(artist, "tip", tip)

    def of(self, artist: Artist, model: str) -> None:
        """Say that an artist belongs to a model, such as the interval of a dot."""
        if model in self._models:
            self._name(artist, "model", self._models[model])

    def legend(self, legend: Legend, models: Sequence[str]) -> None:
        """Say which model each entry of a legend stands for; empty for none."""
        entries = zip(legend.legend_handles, legend.get_texts(), models, strict=True)
        for handle, text, model in entries:
            for artist in (handle, text):
                if artist is not None:
                    self._key(artist, model)

    def axis(self, axis: Axis, models: Sequence[str]) -> None:
        """Say which model each label of an axis stands for; empty for none."""
        # Labels are made anew when asked for by their own getter, which takes time.
        for tick, model in zip(axis.get_major_ticks(len(models)), models, strict=True):
            self._key(tick.label1, model)

    def _key(self, artist: Artist, model: str) -> None:
        if model in self._models:
            self._name(artist, "key", self._models[model])

    def _name(self, artist: Artist, kind: str, number: int) -> None:
        artist.set_gid(f"{kind}{number}-{self._named}")
        self._named += 1
