"""Page of a run: one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from culture_ray.calibration import PUBLISHED
from culture_ray.errors import DiskProblem
from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import further_protocols, main_protocol, rows_of_first_judge
from culture_ray.report.citations import citations, survey_name
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing import palette
from culture_ray.report.drawing.svg import share_styles, variable
from culture_ray.report.drawing.tooltips import tooltips_json
from culture_ray.report.findings.benchmarks import benchmark_sentences
from culture_ray.report.findings.findings import findings
from culture_ray.report.findings.headline import headline
from culture_ray.report.findings.measured_capability import measured_capability_sentences
from culture_ray.report.formatting import Number, Sentence, counted, moment
from culture_ray.report.outcomes import faults, is_imported
from culture_ray.report.page import first_screen
from culture_ray.report.page.page_parts import PageParts
from culture_ray.report.page.response_data import response_data
from culture_ray.report.page.tables import judges, measures, regressions, resources
from culture_ray.report.page.tables.benchmarks import (
    benchmark_quality_table,
    benchmark_tables,
    rating_tables,
)
from culture_ray.report.page.tables.groups import group_table
from culture_ray.report.page.tables.outcomes import quality
from culture_ray.report.page.tables.protocols import protocol_table
from culture_ray.report.page.topic_detail import topic_details
from culture_ray.report.plots.figures import Figure

_HERE = Path(__file__).parent
_EXAMPLES = 12
_PERCENT = re.compile(r"(?<=\d) %|^ %")


def write_report(
    content: ReportContent,
    figures: Sequence[Figure],
    path: Path,
    *,
    examples_per_topic: int = _EXAMPLES,
) -> None:
    """Write the page to `path`; numbers in tables carry their exact values in `data-value`.

    At most `examples_per_topic` responses are shown per topic; the page states how many are left
    out. Raises DiskProblem if the file cannot be written.
    """
    page = _render(content, figures, path, examples_per_topic)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise DiskProblem(
            f"the report cannot be written to {path}: {error.strerror}; free space or choose "
            "another results directory, then run the same command again"
        ) from error


def _render(
    content: ReportContent, figures: Sequence[Figure], path: Path, examples_per_topic: int
) -> str:
    template = page_environment().get_template("template.html.j2")
    model_styles = palette.model_styles(content)
    colours = {
        name: model_styles[name].index if name in model_styles else -1
        for name in palette.model_numbers(content)
    }
    parts = PageParts()
    drawings, shared_styles = share_styles([svg for f in figures for svg in (f.svg, f.svg_narrow)])
    page = template.render(
        content=content,
        parts=parts,
        headline=headline(content),
        leaders=first_screen.leaderboard(content),
        gap_strips=first_screen.gap_strips(content),
        findings=findings(content),
        further_protocols=further_protocols(content),
        main_protocol=main_protocol(content) or "the first protocol",
        protocol_table=protocol_table(content),
        group_table=group_table(content),
        overview=measures.overview(content),
        quality=quality(content),
        imported=is_imported(content.quality),
        faults=faults(content.quality, content.benchmark_quality, content.rating_quality),
        alignments=measures.alignments(content),
        consistencies=measures.consistencies(content),
        cells=measures.cells(content),
        population_consistency=measures.population_consistency(content),
        regressions=regressions.regressions(content),
        common_notes=regressions.common_notes(content),
        published_mark=PUBLISHED,
        capability_slopes=regressions.capability_slopes(content),
        bayesian=regressions.bayesian(content),
        equivalence=regressions.equivalence(content),
        robustness=regressions.robustness(content),
        row_diagnostics=regressions.row_diagnostics(content),
        judge_tables=judges.judge_tables(content),
        corrected_figures=judges.corrected_figures(content),
        benchmark_tables=benchmark_tables(content),
        benchmark_sentences=benchmark_sentences(content),
        measured_capability=measured_capability_sentences(content),
        benchmark_quality=benchmark_quality_table(content),
        rating_tables=rating_tables(content),
        topic_details=topic_details(content, examples_per_topic),
        citations=citations(content),
        survey=survey_name(next(iter(content.sources), "")) if content.has_study else "",
        browsed=response_data(content),
        usage=resources.usage(content),
        totals=resources.totals(content),
        figures=[
            (f, Markup(wide), Markup(narrow), _files(f, path.parent))
            for f, wide, narrow in zip(figures, drawings[::2], drawings[1::2], strict=True)
        ],
        colours={name: style.index for name, style in model_styles.items()},
        language_names={x.code: x.name for x in content.languages},
        requests=_requests(content),
        css=Markup(page_colours() + _texts("page.css", "figures.css") + shared_styles),
        script=Markup(_texts("parts.js", "page.js", "figures.js", "responses.js")),
        tooltips=tooltips_json({f.name: f.tooltips for f in figures}, colours),
    )
    return parts.assembled(page)


def page_environment() -> jinja2.Environment:
    """Return the environment of the pages' templates."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    environment.filters["sentence"] = _sentence
    environment.filters["kept"] = _kept_together
    environment.filters["breakable"] = _breakable
    environment.filters["moment"] = moment
    environment.globals["counted"] = counted
    return environment


def _shown(value: object) -> object:
    """Return a value of the template, with what a model's text must not do to the page shown."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible_in_page(str(value)) if is_text else value


def _sentence(sentence: Sentence) -> Markup:
    """Return a sentence as markup whose numbers carry their exact values."""
    return Markup("").join(
        _number(part) if isinstance(part, Number) else Markup("{}").format(_kept_together(part))
        for part in sentence
    )


def _kept_together(text: str) -> str:
    """Return a text whose percent signs stay in the line of their numbers."""
    return _PERCENT.sub("\N{NO-BREAK SPACE}%", visible_in_page(text))


def _breakable(name: str) -> Markup:
    """Return a name that a narrow column breaks after its underscores, not within a word."""
    return Markup("_<wbr>").join(
        Markup("{}").format(part) for part in visible_in_page(name).split("_")
    )


def _number(number: Number) -> Markup:
    source = Markup(" ") + number.source.attributes() if number.source else Markup("")
    return Markup('<data value="{}"{}>{}</data>').format(repr(number.value), source, str(number))


def _requests(content: ReportContent) -> Sentence:
    """Return the number of requests, each counted once whatever the number of judges."""
    rows = rows_of_first_judge(content.quality)
    put = [] if content.benchmark_quality is None else numbered_rows(content.benchmark_quality)
    put = [row for row in put if row["requests"] is not None]
    total = sum(row["requests"] for row in rows)
    of_study = Number(total, source=cell_ref("quality", rows, "requests", "sum"))
    if not put:
        return (of_study, " responses" if is_imported(content.quality) else " requests")
    own = sum(row["requests"] for row in put)
    of_benchmarks = Number(own, source=cell_ref("benchmark_quality", put, "requests", "sum"))
    if not content.has_study:
        return (of_benchmarks, " requests")
    return (of_study, " requests on topics and ", of_benchmarks, " on benchmarks")


def _files(figure: Figure, folder: Path) -> list[str]:
    """Return the figure's files relative to the page: a name followed by its suffixes."""
    suffixes: dict[str, list[str]] = {}
    for path in (*figure.files, *filter(None, (figure.data,)), *figure.one_column):
        relative = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
        suffixes.setdefault(relative.with_suffix("").as_posix(), []).append(path.suffix)
    return [f"{name} {' '.join(sorted(found))}" for name, found in suffixes.items()]


def page_colours() -> str:
    """Return the palette as CSS variables for light and dark pages."""
    light = "".join(f"{variable(c)}:{c};" for c in palette.DARK)
    dark = "".join(f"{variable(c)}:{d};" for c, d in palette.DARK.items())
    models = "".join(
        f"--m{i}:var({variable(c)});" for i, (c, _) in enumerate(palette.model_colours())
    )
    return (
        f":root{{{light}{models}}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
    )


def page_text(name: str) -> str:
    """Return the text of a style sheet or script of the pages."""
    return (_HERE / name).read_text(encoding="utf-8")


def _texts(*names: str) -> str:
    return "".join(map(page_text, names))
