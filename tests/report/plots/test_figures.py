"""Figures: files for a paper, one look per model, a sentence instead of an empty axis."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from PIL import Image

from culture_ray.calibration import ALIGNMENT_OF_CELLS, SELF_CONSISTENCY, US_BIAS_OF_CELLS
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing import palette
from culture_ray.report.drawing.contrast import contrast
from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.sheet import ONE_COLUMN, PAGE_HEIGHT, TWO_COLUMNS, Missing, Plot
from culture_ray.report.plots.capability import capability
from culture_ray.report.plots.cells import alignment, bias, consistency
from culture_ray.report.plots.coefficients import coefficients
from culture_ray.report.plots.figures import write_figure, write_figures
from culture_ray.report.plots.heatmap import heatmap
from culture_ray.report.plots.stances import stances
from culture_ray.report.plots.topics import topics
from culture_ray.report.study import ReportLanguage, ReportModel
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.run import SyntheticRun
from tests.report.synthetic.study import MODELS

pytestmark = pytest.mark.slow


def test_every_figure_is_there_as_svg_at_the_widths_of_a_paper(full: SyntheticRun) -> None:
    assert len(full.figures) == 18
    for figure in full.figures:
        assert figure.missing == ""
        for files, width in ((figure.files, "504pt"), (figure.one_column, "244.8pt")):
            assert [path.suffix for path in files] == [".svg"]
            head = ElementTree.parse(files[0]).getroot()
            assert head.get("width") == width


def test_intervals_off_their_level_are_marked_below_the_figure() -> None:
    content = with_cells(make_content(topics=6, responses=3))
    for make, mark in (
        (bias, US_BIAS_OF_CELLS),
        (alignment, ALIGNMENT_OF_CELLS),
        (consistency, SELF_CONSISTENCY),
    ):
        plot = make(content)
        assert isinstance(plot, Plot)
        assert mark.sentence in plot.caption


def test_every_file_of_the_folder_belongs_to_a_figure(full: SyntheticRun) -> None:
    files = {p for f in full.figures for p in (f.data, *f.files, *f.one_column)}
    assert files - {None} == set((full.page.parent / "figures").iterdir())


def test_every_figure_lies_beside_its_data_with_the_exact_values(full: SyntheticRun) -> None:
    made = {figure.name: figure for figure in full.figures}
    path = made["alignment_map"].data
    assert path is not None
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {x.code: x.name for x in full.content.languages}
    labels = {p.id: p.label for p in full.content.populations}
    told = {(row["title"], row["subtitle"]): row["alignment"] for row in rows}
    for row in full.content.alignment.to_pylist():
        key = f"{row['model']} in {names[row['language']]}", f"with {labels[row['population']]}"
        if key in told:
            assert told[key] == ("" if row["alignment"] is None else repr(row["alignment"]))
    assert len(told) == 4 * 4 * 18
    both = made["alignment"].data
    assert both is not None and "95 % interval low" in both.read_text().splitlines()[0]


def test_figures_for_print_are_made_on_request_and_then_kept_up_to_date(tmp_path: Path) -> None:
    plot = alignment(_danish())
    assert isinstance(plot, Plot)
    made = write_figure(plot, tmp_path)
    pictures = [path for path in (*made.files, *made.one_column) if path.suffix != ".svg"]
    assert len(pictures) == 4
    for path in pictures:
        path.write_bytes(b"mine")
    write_figure(plot, tmp_path)
    assert {path.read_bytes() for path in pictures} == {b"mine"}
    other = replace(_danish(), languages=(ReportLanguage("da", "dansk"),))
    write_figures(other, tmp_path)
    for path, width in zip(pictures, (7, 7, 3.4, 3.4), strict=True):
        if path.suffix == ".pdf":
            assert path.read_bytes().startswith(b"%PDF")
            continue
        with Image.open(path) as image:
            assert image.width == round(width * 300)
    assert {path for path in tmp_path.iterdir() if path.suffix in (".png", ".pdf")} == set(pictures)


@pytest.mark.parametrize("models", [1, 12])
def test_no_figure_is_taller_than_a_page(models: int) -> None:
    many = tuple(replace(MODELS[0], name=f"m{i}") for i in range(models))
    content = with_cells(make_content(models=many, topics=40, responses=2))
    for plot in (heatmap(content), topics(content, content.languages[0]), stances(content)):
        assert isinstance(plot, Plot)
        for width in plot.widths:
            assert lay_out(plot.draw(width)).height <= 72 * PAGE_HEIGHT + 0.01


def test_drawing_again_with_several_workers_gives_the_same_files(tmp_path: Path) -> None:
    content = replace(_danish(), regressions={}, culture_map=None, correlations=None)
    alone = write_figures(content, tmp_path / "a", for_print=True)
    shared = write_figures(content, tmp_path / "b", for_print=True, workers=2)
    assert [(f.name, f.svg, f.section) for f in alone] == [
        (f.name, f.svg, f.section) for f in shared
    ]
    assert len(list((tmp_path / "a").glob("*.pdf"))) == sum(1 + bool(f.svg_narrow) for f in alone)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_a_figure_without_a_single_value_is_a_sentence_that_says_why() -> None:
    content = make_content(topics=3, responses=2)
    empty = replace(
        content,
        alignment=_null(content.alignment, "alignment", "too few topics"),
        consistency=_null(content.consistency, "self_consistency", "one response per topic"),
    )
    expected = {
        alignment: "too few topics", bias: "too few topics", heatmap: "too few topics",
        consistency: "one response per topic",
    }  # fmt: skip
    for plot, reason in expected.items():
        missing = plot(empty)
        assert isinstance(missing, Missing)
        assert reason in missing.reason and missing.reason.endswith(".")


def test_distributions_without_any_opinion_leave_sentences() -> None:
    content = make_content(topics=3, responses=2)
    rows = content.distributions.to_pylist()
    for row in rows:
        row.update(used=0, pro=0, con=0, neutral=0, value_polarity=None, values=[], counts=[])
    table = pa.Table.from_pylist(rows, schema=content.distributions.schema)
    quality = content.quality.slice(0, 0)
    empty = replace(content, distributions=table, quality=quality)
    missing = topics(empty, content.languages[0])
    assert isinstance(missing, Missing) and "no response has a value polarity" in missing.reason
    assert isinstance(stances(empty), Missing)


def test_a_missing_figure_leaves_no_file(weak: SyntheticRun) -> None:
    missing = [f for f in weak.figures if f.missing]
    assert [f.name for f in missing] == ["capability", "coefficients_multilingual"]
    assert missing[0].files == () and missing[0].svg == ""
    assert not list((weak.page.parent / "figures").glob("coefficients_multilingual*"))


def test_capability_without_a_pair_of_figures_is_a_sentence() -> None:
    content = with_cells(make_content(topics=3, responses=2))
    assert content.cells is not None
    nothing = capability(replace(content, cells=_null(content.cells, "capability")))
    assert (
        isinstance(nothing, Missing) and "no model of this run has values of both" in nothing.reason
    )
    assert not isinstance(capability(content), Missing)


def test_one_language_and_one_model_are_enough_for_every_figure(tmp_path: Path) -> None:
    assert not any(f.missing for f in write_figures(_danish(), tmp_path))


def test_inferences_of_one_design_share_a_figure() -> None:
    content = make_content(topics=3, responses=2)
    assert [p.name for p in coefficients(content)] == [
        "coefficients_multilingual",
        "coefficients_us_bias",
    ]


def test_captions_say_whether_lines_are_intervals() -> None:
    content = make_content(topics=3, responses=2)
    plot = alignment(content)
    assert not isinstance(plot, Missing) and "No intervals are available" in plot.caption
    plot = alignment(with_cells(content))
    assert not isinstance(plot, Missing) and "Lines are 95 % intervals" in plot.caption


def test_no_two_models_look_alike_and_baselines_are_grey() -> None:
    content = _with_models(22)
    looks = palette.model_styles(content)
    studied = [looks[m.name] for m in content.studied]
    assert len({(x.colour, x.marker) for x in studied}) == 22
    grey = {looks[m.name].colour for m in content.baselines}
    assert grey == {palette.BASELINE} and palette.BASELINE not in {x.colour for x in studied}
    assert len({looks[m.name].marker for m in content.baselines}) == len(content.baselines)


@pytest.mark.parametrize(("page", "which"), [("#ffffff", 0), ("#14181d", 1)])
def test_every_colour_of_a_model_stands_out_from_the_page(page: str, which: int) -> None:
    # WCAG 2.1, 1.4.11: graphical objects need a contrast of 3 to 1; marks also differ in shape.
    contrasts = [contrast(c[which], page) for c in palette.model_colours()]
    assert min(contrasts) >= 2.7
    assert sorted(contrasts)[1] >= 2.9


def test_the_svg_of_the_page_follows_its_colours_and_font(full: SyntheticRun) -> None:
    for figure in full.figures:
        assert "DejaVu" not in figure.svg and "font-family" not in figure.svg
        assert palette.INK not in figure.svg and "var(--c-" in figure.svg
        assert figure.svg.startswith("<svg viewBox=") and figure.svg.endswith("</svg>")


def _danish() -> ReportContent:
    content = with_cells(make_content(models=MODELS[:1], topics=3, responses=2))
    danish = {
        name: getattr(content, name).filter(pc.equal(getattr(content, name)["language"], "da"))
        for name in ("alignment", "distributions", "consistency", "quality", "cells")
    }
    return replace(content, languages=content.languages[:1], **danish)


def _null(table: pa.Table, name: str, reason: str = "") -> pa.Table:
    rows = table.to_pylist()
    for row in rows:
        row.update({name: None, "reason": reason})
    return pa.Table.from_pylist(rows, schema=table.schema)


def _with_models(number: int) -> ReportContent:
    content = make_content(topics=2, responses=2)
    more = tuple(ReportModel(f"m{i}", "x") for i in range(number - len(MODELS)))
    return replace(content, models=(*content.models, *more))


def test_narrow_coefficients_name_a_model_once_and_whole(full: SyntheticRun) -> None:
    regression = full.content.regressions["us_bias"]
    assert regression.table is not None
    rows = regression.table.to_pylist()
    means = [rows[0] | {"term": f"us_bias:model[{m.name}]"} for m in full.content.studied]
    table = pa.Table.from_pylist([*rows, *means], schema=regression.table.schema)
    content = replace(full.content, regressions={"us_bias": replace(regression, table=table)})
    (plot,) = coefficients(content)
    assert isinstance(plot, Plot)
    narrow = [tick.label for tick in plot.draw(ONE_COLUMN).panels[0].y.ticks or ()]
    wide = [tick.label for tick in plot.draw(TWO_COLUMNS).panels[0].y.ticks or ()]
    model = full.content.studied[0].name
    place = narrow.index(model)
    names = [language.name for language in full.content.languages]
    assert narrow[place + 1 : place + 1 + len(names)] == [f"in {name}" for name in names]
    assert f"mean of {model}" in wide and f"{model} in {names[0]}" in wide
    assert len(narrow) == len(wide)


def test_without_judged_opinions_only_outcomes_are_drawn() -> None:
    content = make_content(topics=2, responses=2)
    rows = [row | dict.fromkeys(("pro", "con", "neutral"), 0)
            for row in content.distributions.to_pylist()]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=content.distributions.schema)
    plot = stances(replace(content, distributions=table))
    assert isinstance(plot, Plot)
    assert len(plot.draw(TWO_COLUMNS).panels) == 1
    assert "opinions" not in plot.caption
    both = stances(content)
    assert isinstance(both, Plot) and len(both.draw(TWO_COLUMNS).panels) == 2
