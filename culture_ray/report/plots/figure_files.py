"""Files of figures: SVG always; PNG and PDF on request, made again only if the drawing changed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from culture_ray.report.drawing.shapes import FigureDrawing
from culture_ray.report.drawing.svg import svg_file
from culture_ray.store.atomic import replace

PRINTED = (".pdf", ".png")


@dataclass(frozen=True)
class FigureFile:
    """One drawing of a figure and the path of its files, without a suffix."""

    stem: Path
    drawing: FigureDrawing
    title: str


def write_files(files: Iterable[FigureFile], *, for_print: bool, workers: int) -> None:
    """Write the SVG of each drawing, and with `for_print` its PNG and PDF.

    PNGs and PDFs that are there from an earlier request are kept up to date without one, and left
    as they are if the SVG beside them is of the same drawing. Several `workers` share them; the
    files are the same. Raises DiskProblem.
    """
    changed = []
    for file in files:
        vector = file.stem.with_suffix(".svg")
        text = svg_file(file.drawing, file.title)
        is_same = vector.exists() and vector.read_text(encoding="utf-8") == text
        kinds = [kind for kind in PRINTED if for_print or file.stem.with_suffix(kind).exists()]
        if any(not (is_same and _is_filled(file.stem.with_suffix(kind))) for kind in kinds):
            changed.append((file, tuple(kinds), text))
        elif not is_same:
            _write(vector, text.encode())
    # The SVG comes last: it says that the others are of the same drawing.
    if min(workers, len(changed)) < 2:
        for each in changed:
            _print(each)
        return
    # forkserver: no process that may have threads is forked.
    with ProcessPoolExecutor(
        min(workers, len(changed)), multiprocessing.get_context("forkserver")
    ) as pool:
        for _ in pool.map(_print, changed):
            pass


def _print(work: tuple[FigureFile, tuple[str, ...], str]) -> None:
    # matplotlib takes a second to load, and most reports need no file for print.
    from culture_ray.report.drawing.printed import printed

    file, kinds, text = work
    made = printed(file.drawing)
    for kind in kinds:
        _write(file.stem.with_suffix(kind), made[kind])
    _write(file.stem.with_suffix(".svg"), text.encode())


def _write(path: Path, content: bytes) -> None:
    replace(path, partial(_write_bytes, content))


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
