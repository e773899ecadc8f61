"""Labels of the judge stage, and counts of what became of every request."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.requests import KEY
from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

LABELS = pa.schema(
    [
        column("request_id", TEXT, "hash of the judging request's key"),
        column("response_id", TEXT, "request_id of the response that was judged"),
        column("judge", TEXT, "judge as named in conf/judge; rule where no judge is needed"),
        *KEY[1:],
        column("status", TEXT, "labelled, refusal, empty, failed, unparsable or error"),
        column("failure", TEXT, "the reason when status is unparsable, failed or error"),
        column("pro", INT, "described opinions judged pro"),
        column("con", INT, "described opinions judged con"),
        column("neutral", INT, "described opinions judged neutral"),
        column("opinions", INT, "described opinions found by rule, without the judge"),
        column("stances", pa.list_(TEXT), "the judge's stances, one per described opinion"),
        column("value_polarity", REAL, "pro / (pro + con); null when both are 0", "0..1"),
        column("p_pro", REAL, "probability of the pro answers offered; null with a judge", "0..1"),
        column("p_con", REAL, "probability of the con answers offered; null with a judge", "0..1"),
        column("p_middle", REAL, "probability of the middle answers; null with a judge", "0..1"),
        column("option_mass", REAL, "probability of all options; low means no answer", "0..1"),
        column("judged_language", TEXT, "language of the response in the judge's reading"),
        column("detected_language", TEXT, "language of the response by an offline detector"),
        column("wrong_language", FLAG, "the detector found a language other than the prompt's"),
        column("truncated", FLAG, "the response was cut off at its token limit"),
        column("repetitive", FLAG, "the response repeats itself"),
        column("repaired", FLAG, "the judge's JSON was mended before it could be read"),
        column("raw", TEXT, "the judge's own words"),
        column("prompt_tokens", INT, "length of the judge's prompt", "tokens"),
        column("output_tokens", INT, "length of the judge's answer", "tokens"),
        column("dollars", REAL, "billed for the judge's answer; null as in responses", "USD"),
        column("replica", TEXT, "which replica answered; null for labels that need no judge"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was judged"),
    ]
)

QUALITY = pa.schema(
    [
        column("model", TEXT, "model as named in conf/model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "how the opinion was elicited"),
        column("judge", TEXT, "whose labels"),
        column("requests", INT, "requests planned"),
        column("rows", INT, "rows found; equals requests at the end of the stage"),
        column("failed", INT, "responses that did not come back"),
        column("truncated", INT, "responses cut off at their token limit"),
        column("refusals", INT, "responses that decline to answer"),
        column("empty", INT, "responses without an opinion in them"),
        column("repetitive", INT, "responses that repeat themselves"),
        column("wrong_language", INT, "responses in a language other than the prompt's"),
        column("count_mismatch", INT, "labels with more or fewer stances than opinions by rule"),
        column("not_as_asked", INT, "responses with more or fewer opinions than asked for"),
        column("repaired", INT, "judge answers that were mended before they could be read"),
        column("unparsable", INT, "judge answers that could not be read"),
        column("judge_errors", INT, "judge requests that did not come back"),
        column("undefined", INT, "labels without any pro or con stance"),
        column("excluded", INT, "labels that a rule of exclusion leaves out: judging.exclude"),
        column("used", INT, "labels with a value polarity that are measured"),
        column("low_mass", INT, "responses with less than half the probability on the options"),
        column("option_mass", REAL, "mean probability of all options; null with a judge", "0..1"),
    ]
)

TABLES = (
    Table(
        name="labels",
        schema=LABELS,
        meaning=(
            "One row per response and judge: the judge's stances, or the reason why there are none."
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
