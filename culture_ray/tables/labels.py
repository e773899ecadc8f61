"""Labels of the judge stage, and counts of what became of every request."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.requests import KEY, VARIANT
from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

LABELS = pa.schema(
    [
        column("request_id", TEXT, "hash of the judging request's key"),
        column("response_id", TEXT, "request_id of the response that was judged"),
        column(
            "judge",
            TEXT,
            "name of the judge, as in conf/judge; `rule` for labels made without a judge",
        ),
        *KEY[1:],
        column(
            "status",
            TEXT,
            "labelled, refusal, empty, failed, unparsable, error, or not_drawn: outside the sample "
            "of a judge that labels a share of the responses",
        ),
        column("failure", TEXT, "reason, if the status is unparsable, failed or error"),
        column("pro", INT, "described opinions judged pro"),
        column("con", INT, "described opinions judged con"),
        column("neutral", INT, "described opinions judged neutral"),
        column("opinions", INT, "described opinions counted by rule, without the judge"),
        column("stances", pa.list_(TEXT), "stances given by the judge, one per described opinion"),
        column("value_polarity", REAL, "pro / (pro + con); null when both are 0", "0..1"),
        column("p_pro", REAL, "total probability of the pro answers; null with a judge", "0..1"),
        column("p_con", REAL, "total probability of the con answers; null with a judge", "0..1"),
        column(
            "p_middle", REAL, "total probability of the middle answers; null with a judge", "0..1"
        ),
        column(
            "option_mass",
            REAL,
            "total probability of all options; if low, the model did not answer",
            "0..1",
        ),
        column("judged_language", TEXT, "language of the response according to the judge"),
        column(
            "detected_language", TEXT, "language of the response according to an offline detector"
        ),
        column(
            "wrong_language", FLAG, "true if the detector found a language other than the prompt's"
        ),
        column("truncated", FLAG, "true if the response was cut off at its token limit"),
        column("repetitive", FLAG, "true if the response repeats itself"),
        column("repaired", FLAG, "true if the judge's JSON had to be repaired before parsing"),
        column("raw", TEXT, "judge's answer, verbatim"),
        column("prompt_tokens", INT, "length of the judge's prompt", "tokens"),
        column("output_tokens", INT, "length of the judge's answer", "tokens"),
        column(
            "dollars", REAL, "amount billed for the judge's answer; null as in responses", "USD"
        ),
        column("replica", TEXT, "replica that answered; null for labels made without a judge"),
        column("finished_at", pa.timestamp("ms", "UTC"), "time at which the response was judged"),
        column(
            "thoughts",
            TEXT,
            "what the judge thought before its answer, never read for stances; null if nothing "
            "came back",
            later=True,
        ),
        column(
            "reasoning_tokens",
            INT,
            "tokens of the judge's thoughts, included in output_tokens; null if unknown",
            "tokens",
            later=True,
        ),
        VARIANT,
        column(
            "answer_shares",
            pa.list_(REAL),
            "share of each answer on the topic's scale, in ascending order of the codes, of a "
            "response that was imported as an answer or a distribution; null otherwise",
            "0..1",
            later=True,
        ),
    ]
)

QUALITY = pa.schema(
    [
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("judge", TEXT, "judge whose labels are used"),
        column("requests", INT, "requests planned"),
        column("rows", INT, "rows found; equal to `requests` at the end of the stage"),
        column("failed", INT, "requests without a response; of a battery, its questions"),
        column("truncated", INT, "responses cut off at their token limit"),
        column("refusals", INT, "responses that decline to answer"),
        column("empty", INT, "responses that describe no opinion"),
        column("repetitive", INT, "responses that repeat themselves"),
        column("wrong_language", INT, "responses in a language other than the prompt's"),
        column("count_mismatch", INT, "labels whose number of stances differs from `opinions`"),
        column(
            "not_as_asked",
            INT,
            "responses whose number of opinions differs from the number asked for",
        ),
        column("repaired", INT, "judge answers repaired before parsing"),
        column("unparsable", INT, "judge answers that could not be parsed"),
        column("judge_errors", INT, "judging requests without an answer"),
        column("undefined", INT, "labels without any pro or con stance"),
        column("excluded", INT, "labels left out by an exclusion rule (judging.exclude)"),
        column("used", INT, "labels with a value polarity that enter the measures"),
        column("low_mass", INT, "responses with less than half of the probability on the options"),
        column(
            "option_mass", REAL, "mean total probability of all options; null with a judge", "0..1"
        ),
        column(
            "lost_stances",
            INT,
            "described opinions without a stance in judge answers repaired",
            later=True,
        ),
        column(
            "cut_thinking",
            INT,
            "requests cut off while the model was thinking, included in `failed`",
            later=True,
        ),
        column(
            "not_drawn",
            INT,
            "responses outside the sample of a judge that labels a share of them",
            later=True,
        ),
        column(
            "questions",
            INT,
            "answers asked for, which the outcomes add up to; more than `requests` for batteries",
            later=True,
        ),
    ]
)

TABLES = (
    Table(
        name="labels",
        schema=LABELS,
        meaning=(
            "One row per response and judge, and for a battery per question: the judge's stances, "
            "or the reason why there are none."
        ),
        file="labels/judge={judge}/model={model}/language={language}/{unit}.arrow",
        written_by=(
            "`sweep`, stage judge; `import`, under the judge `imported`; `judge-check`, in "
            "a folder of its own"
        ),
        order="that of the responses",
        sharded=True,
        note=(
            "`judge`, `model` and `language` are both columns and folders. A judge's "
            "labels of a unit carry the same unit id as the responses."
        ),
    ),
    Table(
        name="quality",
        schema=QUALITY,
        meaning=("One row per model, protocol, language and judge: counts of requests by outcome."),
        file="quality.csv",
        written_by="`sweep`, stage report; `report`, from responses and labels",
        order="model, protocol, language, judge",
    ),
)
