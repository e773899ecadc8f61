"""Scores of the answers to benchmarks, and the figures that are computed from them."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

SCORES = pa.schema(
    [
        column("request_id", TEXT, "request_id of the answer that is scored"),
        column("benchmark", TEXT, "name of the benchmark, as in conf/benchmark"),
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language tag (BCP 47) of the item"),
        column("item", TEXT, "id of the item, the same in every language"),
        column("cluster", TEXT, "unit that inference draws, such as the source question"),
        column("condition", TEXT, "condition in which the item was put"),
        column("part", INT, "index of the statement; 0 for other answers"),
        column("variant", INT, "index of the prompt among those of its language"),
        column("order", TEXT, "order of the options: as_is or reversed"),
        column("sample", INT, "index of the sample"),
        column("status", TEXT, "scored, unparsable, refusal, empty or failed"),
        column("answer", TEXT, "what the answer says: an option, a label, true or false, a number"),
        column(
            "score",
            REAL,
            "1 if right, 0 if wrong; null for an answer that is not scored, or an item without a "
            "right answer",
            "0..1",
        ),
        column("votes", REAL, "votes of the answer given over those of the most frequent", "0..1"),
        column("lexicon", REAL, "share of sentences with a term of the lexicon", "0..1"),
        column("repetition", FLAG, "true if the answer repeats a sequence of 20 words 4 times"),
        column(
            "wrong_language",
            FLAG,
            "true if the detector found another language; null if it could not tell",
        ),
        column(
            "probabilities",
            pa.list_(REAL),
            "probability of each of the item's options, in their own order; null for words",
            "0..1",
        ),
        column("reason", TEXT, "reason why the answer is unparsable"),
        column(
            "layers",
            pa.list_(pa.list_(REAL)),
            "probability of each group of words after each layer; null unless layers are read",
            "0..1",
            later=True,
        ),
    ]
)

BENCHMARKS = pa.schema(
    [
        column("benchmark", TEXT, "name of the benchmark"),
        column("model", TEXT, "name of the model"),
        column("language", TEXT, "language of the items; null for the mean over languages"),
        column("condition", TEXT, "condition in which the items were put"),
        column("figure", TEXT, "name of the figure in the benchmark's file"),
        column("category", TEXT, "category of a distribution; null for other figures"),
        column(
            "variant",
            TEXT,
            "`valid`, or `as_published` for the way of the literature, where it differs",
        ),
        column("grouping", TEXT, "grouping of the items; null for all items"),
        column("group", TEXT, "group of the items; both groups for a contrast"),
        column("contrast", TEXT, "name of the contrast; null for a figure that is none"),
        column("value", REAL, "the figure; null if undefined"),
        column(
            "std_error",
            REAL,
            "standard error from joint draws of item clusters; null where they do not vary",
        ),
        column("ci_low", REAL, "lower end of the 95 % t interval over item clusters"),
        column("ci_high", REAL, "upper end of the 95 % t interval over item clusters"),
        column("clusters", INT, "item clusters; for a contrast those of the smaller group"),
        column("items", INT, "items with an answer"),
        column("answers", INT, "requests whose answers enter the figure"),
        column("unparsable", INT, "answers that cannot be read, which count as wrong"),
        column("refusals", INT, "answers that decline, which count as wrong"),
        column("empty", INT, "answers without text, which count as wrong"),
        column("failed", INT, "requests without an answer, which are left out"),
        column("note", TEXT, "caveat for the reader of this figure"),
        column(
            "judge",
            TEXT,
            "judge whose ratings the figure is from, the run's first before the others; null for a "
            "figure of the answers themselves",
            later=True,
        ),
    ]
)

BENCHMARK_QUALITY = pa.schema(
    [
        column("benchmark", TEXT, "name of the benchmark"),
        column("model", TEXT, "name of the model"),
        column("language", TEXT, "language of the items"),
        column(
            "requests",
            INT,
            "requests planned, those of all conditions and steps; null for a run that an earlier "
            "version made",
        ),
        column("rows", INT, "rows found; equal to `requests` at the end of the stage"),
        column("failed", INT, "requests without an answer"),
        column(
            "earlier_steps",
            INT,
            "answers that are not scored, as they only enter the prompt of a later step",
        ),
        column("scored", INT, "answers that could be read"),
        column("unparsable", INT, "answers that cannot be read, which count as wrong"),
        column("refusals", INT, "answers that decline, which count as wrong"),
        column("empty", INT, "answers without text, which count as wrong"),
    ]
)

CAPABILITY_DRAWS = pa.schema(
    [
        column("benchmark", TEXT, "name of the benchmark"),
        column("variant", TEXT, "`capability`, or the name of another variant of the file"),
        column("model", TEXT, "name of the model"),
        column("language", TEXT, "language of the items"),
        column("value", REAL, "the figure that measures capability", "0..1"),
        column("std_error", REAL, "its standard error, from joint draws of item clusters"),
        column("draws", pa.list_(REAL), "the figure in each joint draw; the same in every row"),
    ]
)

CAPABILITY_SLOPES = pa.schema(
    [
        column("variant", TEXT, "`capability`, or the name of another variant"),
        column("term", TEXT, "term of the regression, as in capability_within:family[gemma]"),
        column("estimate", REAL, "slope as fitted"),
        column("std_error", REAL, "standard error"),
        column("ci_low", REAL, "lower end of the 95 % interval"),
        column("ci_high", REAL, "upper end of the 95 % interval"),
        column("p_value", REAL, "two-sided p value"),
        column(
            "reliability_within",
            REAL,
            "share of capability's variance within families and languages that is no error",
        ),
        column("reliability", REAL, "the same for this term, given the other terms"),
        column("corrected", REAL, "slope corrected for the error; null if it is mostly error"),
        column("corrected_std_error", REAL, "its standard error, for a known reliability"),
        column("corrected_ci_low", REAL, "lower end of its 95 % interval"),
        column("corrected_ci_high", REAL, "upper end of its 95 % interval"),
        column("rows", INT, "models and languages in the regression"),
        column("note", TEXT, "reason why there is no slope"),
    ]
)

TABLES = (
    Table(
        name="benchmark_scores",
        schema=SCORES,
        meaning="One row per answer to an item of a benchmark: what it says and how right it is.",
        file="benchmarks/{benchmark}/scores.arrow",
        written_by="`sweep`, stage measure; `analyse`",
        order="that of the answers: model, language, unit",
        optional=True,
        note="Only answers to the last step of a condition are scored.",
    ),
    Table(
        name="benchmarks",
        schema=BENCHMARKS,
        meaning=(
            "One row per benchmark, model, language, condition, figure and group: the figure with "
            "its 95 % interval over item clusters."
        ),
        file="benchmarks.csv",
        written_by="`sweep`, stage measure; `analyse`",
        order="benchmark, then as in its file",
        optional=True,
        pandas_csv=True,
        note=(
            "Figures of all models, languages and conditions of a benchmark share the draws of its "
            "item clusters, so that contrasts are paired."
        ),
    ),
    Table(
        name="benchmark_quality",
        schema=BENCHMARK_QUALITY,
        meaning="One row per benchmark, model and language: counts of requests by outcome.",
        file="benchmark_quality.csv",
        written_by="`sweep`, stage report; `report`, from answers and scores",
        order="benchmark, model, language",
        optional=True,
        note="failed, earlier_steps, scored, unparsable, refusals and empty add up to `rows`.",
    ),
    Table(
        name="capability_draws",
        schema=CAPABILITY_DRAWS,
        meaning=(
            "One row per benchmark, variant of capability, model and language: the figure that "
            "measures capability, in every joint draw of items."
        ),
        file="benchmarks/capability_draws.arrow",
        written_by="`sweep`, stage measure; `analyse`",
        order="benchmark, variant, then as in the benchmark's figures",
        optional=True,
        note="`capability=measured` reads it.",
    ),
    Table(
        name="capability_slopes",
        schema=CAPABILITY_SLOPES,
        meaning=(
            "One row per variant of measured capability and slope: as fitted, and corrected for "
            "the error of capability."
        ),
        file="regression/capability_slopes.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="variant, then as in the regression",
        optional=True,
        pandas_csv=True,
        note="Only with `capability=measured`. docs/statistics.md has the correction.",
    ),
)
