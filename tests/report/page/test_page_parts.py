"""Parts of a page: as they are in a small page, the largest packed in one that is too large."""

from __future__ import annotations

import base64
import random
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from culture_ray.report.page.html import write_report
from culture_ray.report.page.page_parts import MOST_BYTES, PageParts
from culture_ray.report.plots.figures import write_figures
from tests.report.synthetic.closeness import with_closeness
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.extras import with_extras, with_responses
from tests.report.synthetic.run import SyntheticRun
from tests.report.synthetic.study import MODELS

_PACKED = re.compile(r' data-packed="([^"]+)">')


def noise(letters: int) -> str:
    """Return a text that hardly gets smaller."""
    return "".join(random.Random(letters).choices("abcdefghijklmnop", k=letters))


def unpacked(page: str) -> str:
    """Return the page with every packed part as it was."""
    page = re.sub(r'(data-packed="[^"]+">)<p class="missing">The page is large.*?</p>', r"\1", page)
    return _PACKED.sub(
        lambda found: ">" + zlib.decompress(base64.b64decode(found.group(1))).decode(), page
    )


def write_packed(run: SyntheticRun) -> Path:
    """Write the page of a run with all its parts packed, beside the usual one."""
    path = run.page.with_name("packed.html")
    with pytest.MonkeyPatch.context() as patch:
        whole = PageParts.assembled
        patch.setattr(PageParts, "assembled", lambda parts, page: whole(parts, page, 0))
        write_report(run.content, run.figures, path)
    return path


def made(*letters: int) -> tuple[PageParts, str]:
    """Return parts of these lengths, and the page that holds their places."""
    parts = PageParts()
    places = [parts.fold("a.csv", lambda n=n: Markup(noise(n))) for n in letters]
    return parts, f"<p>{'</p><p>'.join(places)}</p>"


def test_a_small_page_holds_its_parts_as_they_are() -> None:
    parts, page = made(50, 90)
    assert parts.assembled(page) == f"<p><div>{noise(50)}</div></p><p><div>{noise(90)}</div></p>"


def test_the_largest_parts_are_packed_until_the_page_fits() -> None:
    parts, page = made(3000, 9000, 500)
    whole = parts.assembled(page, 10**6)
    most = len(whole) - 1
    found = parts.assembled(page, most)
    assert len(_PACKED.findall(found)) == 1 and noise(9000) not in found and noise(3000) in found
    assert len(found.encode()) <= most
    assert unpacked(found) == whole
    everything = parts.assembled(page, 0)
    assert len(_PACKED.findall(everything)) == 3 and unpacked(everything) == whole


def test_a_packed_part_names_its_file_and_data_stay_in_their_element() -> None:
    parts = PageParts()
    page = parts.fold("<b>.csv", lambda: Markup("<i>é</i>")) + parts.data("tips", '{"a":1}')
    assert parts.assembled(page) == (
        '<div><i>é</i></div><script type="application/json" id="tips">{"a":1}</script>'
    )
    packed = parts.assembled(page, 0)
    assert "<code>&lt;b&gt;.csv</code>" in packed
    assert re.search(
        r'<script type="application/json" id="tips" data-packed="\S+"></script>', packed
    )
    assert unpacked(packed) == parts.assembled(page)


@pytest.mark.slow
def test_a_page_of_sixty_models_in_four_languages_has_at_most_five_megabytes(
    tmp_path: Path,
) -> None:
    models = tuple(
        replace(MODELS[i % 4], name=f"family{i}_model_{size}b", family=f"family{i}")
        for i in range(12)
        for size in (1, 3, 8, 27, 70)
    )
    content = with_cells(make_content(models=models, topics=35, responses=9))
    content = with_responses(with_extras(with_closeness(content)))
    write_report(content, write_figures(content, tmp_path / "figures"), tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(page.encode()) <= MOST_BYTES
    assert _PACKED.search(page)
    assert len(unpacked(page).encode()) > 2 * MOST_BYTES


@pytest.mark.slow
def test_nothing_of_a_page_is_lost_where_everything_is_packed(full: SyntheticRun) -> None:
    packed = write_packed(full).read_text(encoding="utf-8")
    assert len(_PACKED.findall(packed)) > len(full.content.topics)
    assert unpacked(packed) == full.text
