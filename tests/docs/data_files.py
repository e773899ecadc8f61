"""Which files follow which schema of tables.py: what docs/data.md says beside the columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class DataFiles:
    """The files of one schema."""

    schema: str
    """Its name in tables.py."""
    title: str
    places: tuple[str, ...]
    """Patterns of paths; words in capitals are names that differ. Empty: it is in no file."""
    writer: str
    """Which command makes or changes it."""
    order: str
    of: str = "run"
    """Below which folder the places lie: run (results/RUN), results, or conf."""
    note: str = ""

    def holds(self, path: PurePosixPath) -> bool:
        """Return whether a path below that folder is one of these files."""
        return any(re.fullmatch(_pattern(place), str(path)) for place in self.places)


def _pattern(place: str) -> str:
    """Return a pattern for a place: a word in capitals is any name, NAME one without a dot."""
    return re.sub("[A-Z]+", lambda m: "[^/.]+" if m[0] == "NAME" else "[^/]+", re.escape(place))


_PARTITIONS = (
    "`model`, `language` and `judge` are columns and folders both, so that reading one model opens "
    "one folder."
)

FILES = (
    DataFiles(
        "REQUESTS", "requests", ("requests/model=MODEL/language=LANGUAGE.arrow",),
        "`sweep`, when the elicit stage begins",
        "that of the units, and within a unit that in which the model is asked",
        note="What is asked is fixed here before a model is loaded.",
    ),
    DataFiles(
        "RESPONSES", "responses", ("responses/model=MODEL/language=LANGUAGE/UNIT.arrow",),
        "`sweep`, stage elicit; one shard per unit",
        "that of the unit's requests; names of units begin with their place in the sweep",
        note=_PARTITIONS,
    ),
    DataFiles(
        "LABELS", "labels",
        ("labels/judge=JUDGE/model=MODEL/language=LANGUAGE/UNIT.arrow",),
        "`sweep`, stage judge; `import`, with the judge `imported`; `judge-check`, in a folder of "
        "its own",
        "that of the responses",
        note=f"{_PARTITIONS} A judge's labels of a unit carry the same unit id as the responses.",
    ),
    DataFiles(
        "DISTRIBUTIONS", "distributions", ("distributions.arrow",),
        "`sweep`, stage measure; `analyse`",
        "protocol (the main one first), persona, model, language, judge, topic; baselines last",
        note="All that is computed further is computed from this table, never from single "
        "responses.",
    ),
    DataFiles(
        "ALIGNMENT", "alignment", ("alignment.arrow",),
        "`sweep`, stage measure; `analyse`",
        "as distributions, then population in the order of the ground truth's file",
    ),
    DataFiles(
        "CONSISTENCY", "consistency", ("consistency.arrow",),
        "`sweep`, stage measure; `analyse`",
        "as distributions",
    ),
    DataFiles(
        "CELLS", "cells", ("cells.csv",),
        "`sweep`, stage regress; `analyse`",
        "as distributions",
        note="Standard errors and intervals come from the joint topic bootstrap; baselines have "
        "none. statistics.md says what each figure means.",
    ),
    DataFiles(
        "REGRESSION", "regression",
        (
            "regression/us_bias.csv", "regression/multilingual.csv",
            "regression/multilingual_DESIGN.csv", "regression/MODE/us_bias.csv",
            "regression/MODE/multilingual.csv", "regression/MODE/multilingual_DESIGN.csv",
        ),
        "`sweep`, stage regress; `analyse`",
        "that of the formula's terms",
        note="Beside each lie the same as `.tex` and `.md`, rounded, and a `.json` with formula, "
        "notes and diagnostics. MODE is `valid` or `paper`; the files without a MODE are those of "
        "the command that ran last.",
    ),
    DataFiles(
        "REGRESSION_ROWS", "regression rows", (),
        "as regression",
        "that of the rows of the fit",
        note="No table of its own: the list `diagnostics.cells` in the regression's `.json`.",
    ),
    DataFiles(
        "ROBUSTNESS", "robustness", ("robustness.csv",),
        "`sweep`, stage regress; `analyse`",
        "judge, then check, model and language",
    ),
    DataFiles(
        "EXCLUSIONS", "exclusions", ("exclusions.csv",),
        "`sweep`, stage measure; `analyse`",
        "a row per rule over all cells first, then cell by cell",
    ),
    DataFiles(
        "QUALITY", "quality", (),
        "the report, from responses and labels; shown under data quality",
        "model, protocol, language, judge",
    ),
    DataFiles(
        "AGREEMENT", "agreement", ("judge_agreement.csv", "human_agreement.csv"),
        "`sweep` and `analyse` where a run has several judges; `judge-check` with `human=FILE`",
        "kind and raters, each over all languages and then by language",
        note="`judge-check` also writes `repeats.csv` beside a judge's reliability and "
        "`results/judge-check/between_judges.csv`, with these columns.",
    ),
    DataFiles(
        "JUDGE_MOVES", "judges", ("judges.csv",),
        "`sweep`, stage regress, and `analyse`, where a run has several judges",
        "judge, figure, cell",
    ),
    DataFiles(
        "JUDGE_REGRESSIONS", "judges' regressions", ("regression/judges.csv",),
        "`sweep`, stage regress, and `analyse`, where a run has several judges",
        "judge, regression, then term as in the formula",
    ),
    DataFiles(
        "JUDGE_RELIABILITY", "judge reliability", ("judge_reliability.csv",),
        "`sweep`, stage report, and `report`, where `judge-check` has measured a judge of the run",
        "judge, then as reliability",
    ),
    DataFiles(
        "PEOPLE", "people", ("people.csv",),
        "`sweep`, stage report, and `report`",
        "that of the populations",
    ),
    DataFiles(
        "PEOPLE_CORRELATIONS", "people's correlations", ("people_correlations.csv",),
        "`sweep`, stage report, and `report`",
        "that of the populations, each pair once",
    ),
    DataFiles(
        "USAGE", "usage", ("usage.csv",),
        "`sweep`, stage report, and `report`, from timeline and ledger",
        "stage, model",
    ),
    DataFiles(
        "SPENDING", "spending", ("spending/spending.arrow",),
        "`sweep`, `judge-check`, `translate` and `vary`, where a model costs money",
        "that of the reservations",
        note="Made from the ledger, `spending/ledger.jsonl`, which alone decides what may be "
        "spent; costs.md says how.",
    ),
    DataFiles(
        "TIMELINE", "timeline", ("timeline.arrow", "timeline/DRIVER.arrow"),
        "`sweep`, while it works; each session into a file of its own, then all together",
        "time",
    ),
    DataFiles(
        "EXPORTED_REGRESSIONS", "exported regressions", ("export/FORMAT/regressions.parquet",),
        "`export`",
        "file by file, each as it stands in regression",
        note="An export holds the other tables too, as Parquet, each with the columns of this "
        "page: export.md says which. With `format=datasets` files lie one folder deeper, in "
        "`data/`.",
    ),
    DataFiles(
        "CHANGES", "changes", ("compare/FIRST_SECOND/changes.csv",),
        "`compare`",
        "part by part",
        of="results",
    ),
    DataFiles(
        "DIFFERENCES", "differences", ("compare/FIRST_SECOND/differences.csv",),
        "`compare`",
        "cell by cell, then means",
        of="results",
        note="Where both runs hold the same responses, `agreement.csv` beside it has the columns "
        "of agreement.",
    ),
    DataFiles(
        "RELIABILITY", "reliability", ("judge-check/JUDGE/FINGERPRINT/reliability.csv",),
        "`judge-check`",
        "kind, group",
        of="results",
        note="FINGERPRINT is a hash of the judge's model, sampling, prompt and way of answering. "
        "`check.json` beside it is what the statistics read.",
    ),
    DataFiles(
        "TEXTS", "texts", ("RUN/texts/model=MODEL/step=STEP/UNIT.arrow",),
        "`translate` and `vary`",
        "that of the unit's requests",
        of="results",
        note="RUN is `translate-CODE` or `vary-CODE`. The texts themselves go into the language's "
        "file.",
    ),
    DataFiles(
        "GROUND_TRUTH", "ground truth", ("populations/NAME.csv",),
        "`populations`, or by hand",
        "population, then topic",
        of="conf",
        note="CSV, Parquet or Arrow. `std_error`, `n`, `effective_n` and `label` may be left out. "
        "A population that was not asked a topic has no row for it.",
    ),
    DataFiles(
        "POPULATIONS", "populations", ("populations/NAME.populations.csv",),
        "`populations`",
        "kind, population",
        of="conf",
        note="To be read by people; no command reads it.",
    ),
    DataFiles(
        "CAPABILITY", "capability", ("capability/NAME.csv",),
        "`capability`, or by hand",
        "model, language, benchmark",
        of="conf",
        note="CSV, Parquet or Arrow. Capability is the mean over a language's benchmarks. "
        "`std_error` may be left out.",
    ),
    DataFiles(
        "CAPABILITY_MEANS", "capability means", ("capability/NAME.means.csv",),
        "`capability`",
        "model, language",
        of="conf",
        note="To be read by people; no command reads it.",
    ),
)  # fmt: skip
