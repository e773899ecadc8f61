"""Fonts of figures: DejaVu Sans with few letters, made once, because PDFs embed it much faster.

Every PDF embeds the letters that it shows. To take them out of the whole font, with its 6,000
glyphs, costs more time than drawing the figure; out of a font of 400 it costs next to none. Other
letters come from the whole font, which follows in the list of families.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import matplotlib as mpl
from fontTools import subset
from matplotlib import font_manager

WHOLE = "DejaVu Sans"
REDUCED = f"{WHOLE} Latin"
_LETTERS = (
    *range(0x20, 0x7F), *range(0xA0, 0x180),
    *range(0x2010, 0x2027), 0x2032, 0x2033, *range(0x2190, 0x2194),
    0x2212, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265,
)  # fmt: skip
"""Latin letters with their marks, punctuation, arrows, and signs of numbers."""


@cache
def families() -> tuple[str, ...]:
    """Return the families of figures' texts, and make their fonts known to matplotlib.

    Where the reduced fonts cannot be made, the whole one is all there is.
    """
    try:
        made = list(_reduced_fonts())
    except (OSError, subset.Subsetter.SubsettingError):
        return (WHOLE,)
    for path in made:
        font_manager.fontManager.addfont(path)
    return REDUCED, WHOLE


def _reduced_fonts() -> Iterator[Path]:
    """Yield the files of the reduced fonts, regular and bold; matplotlib's cache keeps them."""
    folder = Path(mpl.get_cachedir())
    for weight in ("normal", "bold"):
        properties = font_manager.FontProperties(family=WHOLE, weight=weight)
        source = Path(str(font_manager.findfont(properties, fallback_to_default=False)))
        target = folder / f"{source.stem}-latin-{mpl.__version__}.ttf"
        if not target.exists():
            _reduce(source, target)
        yield target


def _reduce(source: Path, target: Path) -> None:
    """Write a font with few letters under a family name of its own."""
    options = subset.Options(layout_features=["kern"], name_IDs=["*"], glyph_names=True)
    options.drop_tables += ["FFTM"]  # a time stamp
    with subset.load_font(str(source), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=_LETTERS)
        subsetter.subset(font)
        for record in font["name"].names:
            name = record.toUnicode().replace(WHOLE, REDUCED)
            record.string = name.replace("DejaVuSans", "DejaVuSansLatin")
        # Several processes may make it at once: each writes its own, and the last one stays.
        with NamedTemporaryFile(dir=target.parent, suffix=".ttf", delete=False) as made:
            font.save(made)
    Path(made.name).replace(target)
