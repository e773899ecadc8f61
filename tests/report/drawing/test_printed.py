"""Pictures for print show the same shapes as the SVG, at the same places."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from culture_ray.report.drawing.printed import DPI, printed
from culture_ray.report.drawing.shapes import FigureDrawing, Layer, Look, Mark, Outline, Words, box

BLUE, RED = "#0000ff", "#ff0000"
DRAWING = FigureDrawing(
    72, 36,
    (Layer(0, (
        Outline(box(0, 0, 18, 9), Look(fill=BLUE)),
        Mark(54, 27, "s", 10, Look(fill=RED)),
        Words(36, 18, "$5_a$ ж", 8, "#000000", "middle"),
    )),),
)  # fmt: skip


@pytest.mark.slow
def test_a_picture_has_each_shape_in_its_place() -> None:
    files = printed(DRAWING)
    assert files[".pdf"].startswith(b"%PDF")
    with Image.open(io.BytesIO(files[".png"])) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape == (DPI // 2, DPI, 3)
    per_point = DPI / 72

    def colour(x: float, y: float) -> tuple[int, ...]:
        return tuple(map(int, pixels[int(y * per_point), int(x * per_point)]))

    assert colour(9, 4) == colour(1, 1) == (0, 0, 255)
    assert colour(20, 4) == colour(9, 11) == (255, 255, 255)
    assert colour(54, 27) == (255, 0, 0) and colour(60, 27) == (255, 255, 255)
    middle = pixels[int(14 * per_point) : int(22 * per_point)]
    assert (middle.sum(axis=2) < 100).any()
    assert printed(DRAWING) == files
