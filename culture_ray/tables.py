"""Every Arrow schema of the project: each column with its meaning and unit.

Stages map tables to tables; this file is the contract between them. `SCHEMA_VERSION` goes into the
metadata of every shard and rises when a column changes its meaning.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

SCHEMA_VERSION = "1"


def column(name: str, kind: pa.DataType, meaning: str, unit: str = "") -> pa.Field[Any]:
    """Return a field that carries its own documentation."""
    metadata = {"meaning": meaning} | ({"unit": unit} if unit else {})
    return pa.field(name, kind, metadata=metadata)


_TEXT, _REAL, _INT, _FLAG = pa.string(), pa.float64(), pa.int32(), pa.bool_()

_KEY = [
    column("request_id", _TEXT, "hash of the request's key: stage, model, language, protocol, ..."),
    column("model", _TEXT, "model as named in conf/model"),
    column("language", _TEXT, "ISO 639-1 code of the prompt's language"),
    column("protocol", _TEXT, "how the opinion is elicited"),
    column("template", _TEXT, "id of the template within language and protocol"),
    column("topic", _TEXT, "survey item, lower-case EVS/WVS code"),
    column("wording", _TEXT, "id of the wording within language and topic"),
    column("sample", _INT, "index of the sample of this prompt, from 0"),
]

REQUESTS = pa.schema(_KEY)
"""One row per request of the elicit stage, in the order of its units."""

RESPONSES = pa.schema(
    [
        *_KEY,
        column("prompt", _TEXT, "the text sent, before any chat template"),
        column("text", _TEXT, "what came back; null when nothing did"),
        column("finish_reason", _TEXT, "stop, length, or error"),
        column("failure", _TEXT, "why nothing came back; null for a response"),
        column("seed", pa.int64(), "sampling seed, derived from the request id"),
        column("prompt_tokens", _INT, "length of the prompt", "tokens"),
        column("output_tokens", _INT, "length of the response", "tokens"),
        column("attempts", _INT, "how often it was sent"),
        column("seconds", _REAL, "from sending to the last token", "s"),
        column("dollars", _REAL, "billed for it; null for local models or where unknown", "USD"),
        column("replica", _TEXT, "which replica answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was answered"),
    ]
)
"""One row per request of the elicit stage: what came back, or why nothing did."""

LABELS = pa.schema(
    [
        column("request_id", _TEXT, "hash of the judging request's key"),
        column("response_id", _TEXT, "request_id of the response that was judged"),
        column("judge", _TEXT, "judge as named in conf/judge"),
        *_KEY[1:],
        column("status", _TEXT, "labelled, refusal, empty, failed, unparsable or error"),
        column("failure", _TEXT, "the reason when status is unparsable, failed or error"),
        column("pro", _INT, "described opinions judged pro"),
        column("con", _INT, "described opinions judged con"),
        column("neutral", _INT, "described opinions judged neutral"),
        column("opinions", _INT, "described opinions found by rule, without the judge"),
        column("stances", pa.list_(_TEXT), "the judge's stances, one per described opinion"),
        column("value_polarity", _REAL, "pro / (pro + con); null when both are 0", "0..1"),
        column("judged_language", _TEXT, "language of the response in the judge's reading"),
        column("detected_language", _TEXT, "language of the response by an offline detector"),
        column("wrong_language", _FLAG, "the detector found a language other than the prompt's"),
        column("truncated", _FLAG, "the response was cut off at its token limit"),
        column("repetitive", _FLAG, "the response repeats itself"),
        column("raw", _TEXT, "the judge's own words"),
        column("prompt_tokens", _INT, "length of the judge's prompt", "tokens"),
        column("output_tokens", _INT, "length of the judge's answer", "tokens"),
        column("dollars", _REAL, "billed for the judge's answer; null as in responses", "USD"),
        column("replica", _TEXT, "which replica answered; null for labels that need no judge"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was judged"),
    ]
)
"""One row per response and judge: the judge's stances, or why there are none."""

DISTRIBUTIONS = pa.schema(
    [
        column("model", _TEXT, "model as named in conf/model, or a baseline"),
        column("family", _TEXT, "family of the model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels; null for protocols and baselines without a judge"),
        column("topic", _TEXT, "survey item"),
        column("responses", _INT, "responses of this cell and topic, whatever became of them"),
        column("used", _INT, "responses with a value polarity"),
        column("pro", pa.int64(), "opinions judged pro"),
        column("con", pa.int64(), "opinions judged con"),
        column("neutral", pa.int64(), "opinions judged neutral"),
        column("value_polarity", _REAL, "mean value polarity over the responses used", "0..1"),
        column("values", pa.list_(_REAL), "the distinct value polarities, ascending", "0..1"),
        column("counts", pa.list_(pa.int64()), "how many responses have each of `values`"),
    ]
)
"""Per model, language and topic: stance counts and how value polarity spreads over responses."""

ALIGNMENT = pa.schema(
    [
        column("model", _TEXT, "model or baseline"),
        column("family", _TEXT, "family of the model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels"),
        column("population", _TEXT, "whose survey answers"),
        column("population_kind", _TEXT, "country, language or world"),
        column("topics", _INT, "topics with a figure on both sides"),
        column("responses", _INT, "responses on those topics"),
        column("alignment", _REAL, "Spearman correlation over responses; null when undefined"),
        column("alignment_topics", _REAL, "Spearman correlation over topic means"),
        column("reason", _TEXT, "why the alignment is null"),
    ]
)
"""Per model, language and population: alignment."""

CONSISTENCY = pa.schema(
    [
        column("model", _TEXT, "model or baseline"),
        column("family", _TEXT, "family of the model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels"),
        column("topics", _INT, "topics with at least two responses"),
        column("responses", _INT, "responses with a value polarity"),
        column("self_consistency", _REAL, "correlation over pairs of different responses"),
        column("reason", _TEXT, "why it is null"),
    ]
)
"""Per model and language: self-consistency."""

QUALITY = pa.schema(
    [
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels"),
        column("requests", _INT, "requests planned"),
        column("rows", _INT, "rows found; equals requests at the end of the stage"),
        column("failed", _INT, "responses that did not come back"),
        column("truncated", _INT, "responses cut off at their token limit"),
        column("refusals", _INT, "responses that decline to answer"),
        column("empty", _INT, "responses without an opinion in them"),
        column("repetitive", _INT, "responses that repeat themselves"),
        column("wrong_language", _INT, "responses in a language other than the prompt's"),
        column("unparsable", _INT, "judge answers that could not be read"),
        column("judge_errors", _INT, "judge requests that did not come back"),
        column("undefined", _INT, "labels without any pro or con stance"),
        column("used", _INT, "labels with a value polarity"),
    ]
)
"""Per model and language: what became of every request."""

GROUND_TRUTH = pa.schema(
    [
        column("population", _TEXT, "DK, speakers:da, or world"),
        column("kind", _TEXT, "country, language or world"),
        column("languages", _TEXT, "languages these people speak, separated by blanks"),
        column("topic", _TEXT, "survey item"),
        column("value_polarity", _REAL, "weighted share of pro among pro and con", "0..1"),
        column("std_error", _REAL, "its standard error; null where it cannot be had", "0..1"),
        column("n", _INT, "respondents, unweighted; null where it cannot be had"),
    ]
)
"""Per population and topic: what people answered."""

CAPABILITY = pa.schema(
    [
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the benchmark"),
        column("benchmark", _TEXT, "name of the benchmark"),
        column("score", _REAL, "score", "0..1"),
        column("source", _TEXT, "where the figure was published"),
    ]
)
"""Per model, language and benchmark: a published or measured score."""

FEW_TOPICS = 5
"""A cell with fewer topics than this is kept and marked."""


def _figure(name: str, meaning: str) -> list[pa.Field[Any]]:
    return [
        column(name, _REAL, meaning),
        column(f"{name}_std_error", _REAL, "its standard error, from the joint topic bootstrap"),
        column(f"{name}_ci_low", _REAL, "lower end of its 95 % t interval over topics"),
        column(f"{name}_ci_high", _REAL, "upper end of its 95 % t interval over topics"),
    ]


CELLS = pa.schema(
    [
        column("model", _TEXT, "model as asked or imported, or a baseline"),
        column("family", _TEXT, "family of the model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels"),
        column("responses", _INT, "responses, whatever became of them"),
        column("used", _INT, "responses with a value polarity"),
        column("responses_with_ground_truth", _INT, "of those, on topics with ground truth"),
        column("topics", _INT, "topics with ground truth of the language's speakers"),
        column("note", _TEXT, "what a reader must know of this cell, such as too few topics"),
        *_figure("alignment_language", "alignment with the speakers of the prompt's language"),
        *_figure("alignment_us", "alignment with people in the US"),
        *_figure("alignment_native_mean", "mean alignment with the language's own countries"),
        *_figure("us_minus_native", "US bias: alignment_us minus alignment_native_mean"),
        *_figure("self_consistency", "correlation over pairs of different responses to a topic"),
        *_figure("alignment_language_topics", "the same as alignment_language over topic means"),
        *_figure("alignment_language_disattenuated", "r / sqrt(self_consistency)"),
        *_figure("alignment_us_topics", "the same as alignment_us over topic means"),
        *_figure("alignment_us_disattenuated", "r / sqrt(self_consistency)"),
        column("capability", _REAL, "mean of the language's benchmarks; null without any", "0..1"),
    ]
)
"""cells.csv: one row per model and language."""

REGRESSION = pa.schema(
    [
        column("term", _TEXT, "as in capability_within:family[gemma]"),
        column("estimate", _REAL, "coefficient"),
        column("std_error", _REAL, "its standard error"),
        column("df", _REAL, "degrees of freedom; infinite for a normal reference"),
        column("ci_low", _REAL, "lower end of the 95 % interval"),
        column("ci_high", _REAL, "upper end of the 95 % interval"),
        column("p_value", _REAL, "two-sided p value"),
        column("p_permutation", _REAL, "permutation p value; null where none was made"),
    ]
)
"""One row per coefficient of a regression."""

SPENDING = pa.schema(
    [
        column("ticket", _TEXT, "one attempt: request_id/attempt and a random end"),
        column("request_id", _TEXT, "hash of the request's key"),
        column("run", _TEXT, "whose request it was"),
        column("stage", _TEXT, "elicit, judge or translate"),
        column("model", _TEXT, "model or judge"),
        column("tier", _TEXT, "standard, flex, batch or priority, as served; as asked before that"),
        column("state", _TEXT, "settled, voided (nothing was billed), kept or open (at the most)"),
        column("reason", _TEXT, "why it was voided or kept"),
        column("dollars", _REAL, "what it is charged", "USD"),
        column("reserved", _REAL, "the most it could cost", "USD"),
        column("input_tokens", pa.int64(), "as billed; null where that is not known", "tokens"),
        column("cached_tokens", pa.int64(), "of those, read from the provider's cache", "tokens"),
        column("output_tokens", pa.int64(), "as billed, reasoning included", "tokens"),
        column("reasoning_tokens", pa.int64(), "of those, not shown", "tokens"),
        column("sent_at", pa.timestamp("ms", "UTC"), "when it was due to be sent"),
    ]
)
"""spending.arrow: one row per attempt to ask an API, with what it is charged."""

ROBUSTNESS = pa.schema(
    [
        column("check", _TEXT, "stability, extrapolability, steerability or conditioning"),
        column("model", _TEXT, "model as named in conf/model; null for all models together"),
        column("language", _TEXT, "language of the prompts; null for all languages together"),
        column("what", _TEXT, "which figure of the check"),
        column("estimate", _REAL, "the figure, in `unit`; null when it cannot be had"),
        column("std_error", _REAL, "its standard error over topics"),
        column("ci_low", _REAL, "lower end of the 95 % interval over topics"),
        column("ci_high", _REAL, "upper end of the 95 % interval over topics"),
        column("unit", _TEXT, "what 1 means"),
        column("reason", _TEXT, "why the figure or its interval is null"),
    ]
)
"""One row per figure of a robustness check."""
