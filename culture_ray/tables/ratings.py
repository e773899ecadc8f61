"""Ratings of answers to benchmarks by judges, their outcomes, and how far judges agree."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

RATINGS = pa.schema(
    [
        column("request_id", TEXT, "hash of the rating's key: judge, rubric and answer"),
        column("answer_id", TEXT, "request_id of the answer that is rated"),
        column("judge", TEXT, "name of the judge, as in conf/judge"),
        column("benchmark", TEXT, "name of the benchmark, as in conf/benchmark"),
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language tag (BCP 47) of the item"),
        column("item", TEXT, "id of the item"),
        column("condition", TEXT, "condition in which the item was put"),
        column("variant", INT, "index of the prompt among those of its language"),
        column("sample", INT, "index of the sample"),
        column("status", TEXT, "rated, unparsable, empty, failed or error"),
        column("failure", TEXT, "reason why there is no rating"),
        column("rating", TEXT, "the fields of the rubric, as JSON; null unless rated"),
        column("raw", TEXT, "judge's answer, verbatim"),
        column("prompt_tokens", INT, "length of the judge's prompt", "tokens"),
        column("output_tokens", INT, "length of the judge's answer", "tokens"),
        column("dollars", REAL, "amount billed; null as in responses", "USD"),
        column("replica", TEXT, "replica that answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "time at which the answer was rated"),
    ]
)

RATING_QUALITY = pa.schema(
    [
        column("benchmark", TEXT, "name of the benchmark, which has a rubric"),
        column("judge", TEXT, "name of the judge"),
        column("model", TEXT, "name of the model whose answers are rated"),
        column("language", TEXT, "language of the items"),
        column("answers", INT, "answers to rate"),
        column("rows", INT, "rows found; equal to `answers` at the end of the stage"),
        column("rated", INT, "ratings that enter the figures"),
        column("unparsable", INT, "ratings that cannot be read, which count nowhere"),
        column("empty", INT, "answers without text, which were not rated"),
        column("errors", INT, "requests to the judge without a response"),
        column("failed", INT, "requests of the benchmark without an answer to rate"),
    ]
)

RATING_AGREEMENT = pa.schema(
    [
        column("benchmark", TEXT, "name of the benchmark"),
        column("field", TEXT, "field of the rubric, such as references.culture"),
        column("judge", TEXT, "name of a judge"),
        column("other", TEXT, "name of another judge of the same answers"),
        column("answers", INT, "answers that both have rated"),
        column("compared", INT, "values compared; for the entries of a list, those of both"),
        column(
            "agreement",
            REAL,
            "share of equal values; for the entries of a list, twice the common ones over those of "
            "both; null where nothing was compared",
            "0..1",
        ),
        column("kappa", REAL, "Cohen's kappa; null for entries of a list, or if undefined"),
        column("kappa_low", REAL, "lower end of its 95 % jackknife interval over answers"),
        column("kappa_high", REAL, "upper end of its 95 % jackknife interval over answers"),
        column("difference", REAL, "mean of other - judge; null unless the field is a number"),
    ]
)

TABLES = (
    Table(
        name="benchmark_ratings",
        schema=RATINGS,
        meaning="One row per answer to an item and judge: the fields of the benchmark's rubric.",
        file=(
            "benchmarks/{benchmark}/ratings/judge={judge}/model={model}/language={language}/"
            "{unit}.arrow"
        ),
        written_by="`sweep`, stage judge",
        order="that of the answers",
        optional=True,
        sharded=True,
    ),
    Table(
        name="rating_quality",
        schema=RATING_QUALITY,
        meaning="One row per benchmark with a rubric, judge, model and language: its ratings.",
        file="rating_quality.csv",
        written_by="`sweep`, stage report; `report`, from answers and ratings",
        order="benchmark, judge, model, language",
        optional=True,
        note="rated, unparsable, empty, errors and failed add up to `rows`.",
    ),
    Table(
        name="rating_agreement",
        schema=RATING_AGREEMENT,
        meaning="One row per benchmark, field of its rubric and two judges: how far they agree.",
        file="rating_agreement.csv",
        written_by="`sweep`, stage measure; `analyse`",
        order="benchmark, judges, then as in the rubric",
        optional=True,
        note="Only for a run with two judges or more.",
    ),
)
