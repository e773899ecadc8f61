"""Every Arrow schema of the project: each column with its meaning and unit.

Stages map tables to tables; this file is the contract between them. `SCHEMA_VERSION` goes into the
metadata of every shard and rises when a column changes its meaning.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

SCHEMA_VERSION = "2"


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
    column("persona", _TEXT, "country the respondents come from; null without a persona"),
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
        column("options", pa.list_(_INT), "answer codes offered, in the prompt's order; or null"),
        column("probabilities", pa.list_(_REAL), "of each option; null where not read", "0..1"),
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
        column("judge", _TEXT, "judge as named in conf/judge; rule where no judge is needed"),
        *_KEY[1:],
        column("status", _TEXT, "labelled, refusal, empty, failed, unparsable or error"),
        column("failure", _TEXT, "the reason when status is unparsable, failed or error"),
        column("pro", _INT, "described opinions judged pro"),
        column("con", _INT, "described opinions judged con"),
        column("neutral", _INT, "described opinions judged neutral"),
        column("opinions", _INT, "described opinions found by rule, without the judge"),
        column("stances", pa.list_(_TEXT), "the judge's stances, one per described opinion"),
        column("value_polarity", _REAL, "pro / (pro + con); null when both are 0", "0..1"),
        column("p_pro", _REAL, "probability of the pro answers offered; null with a judge", "0..1"),
        column("p_con", _REAL, "probability of the con answers offered; null with a judge", "0..1"),
        column("p_middle", _REAL, "probability of the middle answers; null with a judge", "0..1"),
        column("option_mass", _REAL, "probability of all options; low means no answer", "0..1"),
        column("judged_language", _TEXT, "language of the response in the judge's reading"),
        column("detected_language", _TEXT, "language of the response by an offline detector"),
        column("wrong_language", _FLAG, "the detector found a language other than the prompt's"),
        column("truncated", _FLAG, "the response was cut off at its token limit"),
        column("repetitive", _FLAG, "the response repeats itself"),
        column("repaired", _FLAG, "the judge's JSON was mended before it could be read"),
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
        column("persona", _TEXT, "country the respondents come from; null without a persona"),
        column("judge", _TEXT, "whose labels; rule where no judge is needed, null for baselines"),
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
        column("persona", _TEXT, "country the respondents come from; null without a persona"),
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
        column("persona", _TEXT, "country the respondents come from; null without a persona"),
        column("judge", _TEXT, "whose labels"),
        column("topics", _INT, "topics with at least two responses"),
        column("responses", _INT, "responses with a value polarity"),
        column("self_consistency", _REAL, "correlation over pairs of different responses"),
        column(
            "judge_error", _REAL, "opinions on a side that the judge takes for the other", "0..1"
        ),
        column("judge_error_source", _TEXT, "where the judge's error or reliability comes from"),
        column("judge_reliability", _REAL, "share of the variance that is not the judge's", "0..1"),
        column("judge_reliability_ci_low", _REAL, "the same at the upper end of the error's 95 %"),
        column("judge_reliability_ci_high", _REAL, "the same at the lower end of the error's 95 %"),
        column("self_consistency_judge_free", _REAL, "self_consistency / judge_reliability"),
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
        column("count_mismatch", _INT, "labels with more or fewer stances than opinions by rule"),
        column("not_as_asked", _INT, "responses with more or fewer opinions than asked for"),
        column("repaired", _INT, "judge answers that were mended before they could be read"),
        column("unparsable", _INT, "judge answers that could not be read"),
        column("judge_errors", _INT, "judge requests that did not come back"),
        column("undefined", _INT, "labels without any pro or con stance"),
        column("excluded", _INT, "labels that a rule of exclusion leaves out: judging.exclude"),
        column("used", _INT, "labels with a value polarity that are measured"),
        column("low_mass", _INT, "responses with less than half the probability on the options"),
        column("option_mass", _REAL, "mean probability of all options; null with a judge", "0..1"),
    ]
)
"""Per model and language: what became of every request."""

TEXTS = pa.schema(
    [
        column("request_id", _TEXT, "hash of the request's key"),
        column("step", _TEXT, "translate, vary, back or polarity"),
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the file that is made"),
        column("place", _TEXT, "where the text stands in it, as in topics.f120.pro"),
        column("attempt", _INT, "which time this text is asked for, from 0"),
        column("prompt", _TEXT, "the text sent, before any chat template"),
        column("schema", _TEXT, "JSON schema that the answer follows"),
        column("text", _TEXT, "what came back; null when nothing did"),
        column("failure", _TEXT, "why nothing came back; null for an answer"),
        column("prompt_tokens", _INT, "length of the prompt", "tokens"),
        column("output_tokens", _INT, "length of the answer", "tokens"),
        column("replica", _TEXT, "which replica answered"),
        column("finished_at", pa.timestamp("ms", "UTC"), "when it was answered"),
    ]
)
"""One row per request of translate and vary: a text of a language file, or a check of one."""

GROUND_TRUTH = pa.schema(
    [
        column("population", _TEXT, "DK, speakers:da, or world"),
        column("kind", _TEXT, "country, language or world"),
        column("languages", _TEXT, "languages these people speak, separated by blanks"),
        column("topic", _TEXT, "survey item"),
        column("value_polarity", _REAL, "weighted share of pro among pro and con", "0..1"),
        column("std_error", _REAL, "its standard error; null where it cannot be had", "0..1"),
        column("n", _INT, "respondents, unweighted; null where it cannot be had"),
        column("effective_n", _REAL, "(sum w)^2 / sum w^2 of those; null where it cannot be had"),
        column("label", _TEXT, "what people call the population; null or empty: its code"),
    ]
)
"""Per population and topic: what people answered."""

POPULATIONS = pa.schema(
    [
        column("population", _TEXT, "DK, speakers:da, or world"),
        column("label", _TEXT, "what people call it"),
        column("kind", _TEXT, "country, language, region, group or world"),
        column("languages", _TEXT, "languages these people speak, separated by blanks"),
        column("respondents", _INT, "people with a positive weight, whatever they answered"),
        column("topics", _INT, "topics with a figure"),
        column("smallest_n", _INT, "answers to the topic that fewest answered"),
        column("median_std_error", _REAL, "over topics; null where there is none", "0..1"),
        column("self_consistency", _REAL, "of groups of ten people, in closed form"),
    ]
)
"""Per population that was computed from microdata: how much its figures rest on."""

CAPABILITY = pa.schema(
    [
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the benchmark"),
        column("benchmark", _TEXT, "name of the benchmark"),
        column("score", _REAL, "score", "0..1"),
        column("source", _TEXT, "where the figure was published"),
        column("std_error", _REAL, "its standard error; null where it is not told", "0..1"),
    ]
)
"""Per model, language and benchmark: a published or measured score."""

CAPABILITY_MEANS = pa.schema(
    [
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the benchmarks"),
        column("capability", _REAL, "mean of the language's benchmarks", "0..1"),
        column("std_error", _REAL, "of that mean, from the benchmarks' own; null if one lacks it"),
        column("benchmarks", _INT, "how many"),
        column("names", pa.list_(_TEXT), "which ones"),
    ]
)
"""Per model and language, from results of benchmark harnesses: what regressions take."""


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
        column("persona", _TEXT, "country the respondents come from; null without a persona"),
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
        *_figure("alignment_language_disattenuated", "r free of response and survey noise"),
        *_figure("alignment_us_topics", "the same as alignment_us over topic means"),
        *_figure("alignment_us_disattenuated", "r free of response and survey noise"),
        column("capability", _REAL, "mean of the language's benchmarks; null without any", "0..1"),
        column("judge_reliability", _REAL, "share of the variance that is not the judge's", "0..1"),
        *_figure("self_consistency_judge_free", "self_consistency / judge_reliability"),
        *_figure("alignment_language_judge_free", "alignment_language / sqrt(judge_reliability)"),
        *_figure("alignment_us_judge_free", "alignment_us / sqrt(judge_reliability)"),
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

JUDGE_MOVES = pa.schema(
    [
        column("figure", _TEXT, "which column of cells.csv"),
        column("model", _TEXT, "model as named in conf/model"),
        column("language", _TEXT, "language of the prompts"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "by whose labels"),
        column("value", _REAL, "the figure by this judge's labels"),
        column("reference", _REAL, "the figure by the labels that regressions take"),
        column("moves", _REAL, "value minus reference"),
    ]
)
"""Per figure, cell and further judge: how far it moves when another judge reads."""

JUDGE_REGRESSIONS = pa.schema(
    [
        column("regression", _TEXT, "us_bias or multilingual"),
        column("term", _TEXT, "as in capability_within:family[gemma]"),
        column("judge", _TEXT, "by whose labels"),
        column("estimate", _REAL, "coefficient"),
        column("std_error", _REAL, "its standard error"),
        column("ci_low", _REAL, "lower end of the 95 % interval"),
        column("ci_high", _REAL, "upper end of the 95 % interval"),
        column("p_value", _REAL, "two-sided p value, without permutation"),
        column("reference", _REAL, "the coefficient by the labels that regressions take"),
        column("moves", _REAL, "estimate minus reference"),
    ]
)
"""Per coefficient and further judge: how far it moves when another judge reads."""

EXCLUSIONS = pa.schema(
    [
        column("rule", _TEXT, "rule of exclusion, as in judging.exclude"),
        column("in_force", _FLAG, "whether this run's measures leave its labels out"),
        column("model", _TEXT, "model as named in conf/model; null for all of the run"),
        column("language", _TEXT, "language of the prompts; null for all of the run"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("judge", _TEXT, "whose labels"),
        column("responses", _INT, "responses with a value polarity that the rule is about"),
        column("alignment_with", _REAL, "alignment with the language's speakers, with them"),
        column("alignment_without", _REAL, "the same without them; other rules as in force"),
        column("moves", _REAL, "alignment_without minus alignment_with; a mean for all of the run"),
        column("most", _REAL, "the largest such move in either direction"),
    ]
)
"""Per rule of exclusion and cell, and per rule over all cells: how far it moves alignment."""

RELIABILITY = pa.schema(
    [
        column("kind", _TEXT, "what responses are grouped by: all, language, length, topic, ..."),
        column("group", _TEXT, "which group"),
        column("responses", _INT, "gold responses of the group"),
        column("statements", _INT, "described opinions on whose stance both readers agree"),
        column("missing", _INT, "of these, the ones to which the judge gave no stance"),
        column("extra", _INT, "stances of the judge beyond the last true one"),
        column("disputed", _INT, "described opinions on which the readers differ; left out"),
        column("accuracy", _REAL, "share of right stances among those given", "0..1"),
        column("error", _REAL, "share of wrong stances among those given", "0..1"),
        column("error_ci_low", _REAL, "lower end of its 95 % interval, clustered by response"),
        column("error_ci_high", _REAL, "upper end of its 95 % interval, clustered by response"),
        column("flipped", _REAL, "pro read as con or con as pro, among those on a side", "0..1"),
        column("flipped_ci_low", _REAL, "lower end of its 95 % interval, clustered by response"),
        column("flipped_ci_high", _REAL, "upper end of its 95 % interval, clustered by response"),
        column("pro_as_con", _REAL, "true pro read as con, among those read on a side", "0..1"),
        column("con_as_pro", _REAL, "true con read as pro, among those read on a side", "0..1"),
        column("kappa", _REAL, "Cohen's kappa; null where chance alone agrees fully"),
        column("kappa_ci_low", _REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("kappa_ci_high", _REAL, "upper end of its 95 % interval, jackknife over responses"),
        *(
            column(f"{true}_read_{given}", _INT, f"true {true} stances that the judge read {given}")
            for true in ("pro", "con", "neutral")
            for given in ("pro", "con", "neutral")
        ),
    ]
)
"""One row per group of gold responses: a judge's error against the true stances."""

AGREEMENT = pa.schema(
    [
        column("kind", _TEXT, "judge and human, judges, humans, or repeats of one judge"),
        column("raters", _TEXT, "who is compared, separated by commas"),
        column("language", _TEXT, "language of the prompts; all for all together"),
        column("responses", _INT, "responses that at least two of them rated"),
        column("statements", _INT, "described opinions that at least two of them rated"),
        column("agreement", _REAL, "equal pairs among all pairs of ratings", "0..1"),
        column("kappa", _REAL, "Cohen's kappa; null for more than two raters"),
        column("kappa_ci_low", _REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("kappa_ci_high", _REAL, "upper end of its 95 % interval, jackknife over responses"),
        column("alpha", _REAL, "Krippendorff's alpha, nominal"),
        column("alpha_ci_low", _REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("alpha_ci_high", _REAL, "upper end of its 95 % interval, jackknife over responses"),
    ]
)
"""One row per set of raters and language: how far they agree about described opinions."""

TIMELINE = pa.schema(
    [
        column("at", pa.timestamp("ms", "UTC"), "when it began, on the driver's clock"),
        column("seconds", _REAL, "how long it took", "s"),
        column("event", _TEXT, "load, unit, idle, death, refusal, drain, join or leave"),
        column("driver", _TEXT, "which session of the sweep tells it"),
        column("stage", _TEXT, "stage that was running"),
        column("model", _TEXT, "model as loaded; null for machines"),
        column("replica", _TEXT, "which copy of the model"),
        column("node", _TEXT, "addresses of its machines, separated by blanks"),
        column("gpus", _TEXT, "ids of its GPUs on the machine, as in CUDA_VISIBLE_DEVICES"),
        column("unit", _TEXT, "unit id, with its rows where it is a piece of a unit"),
        column("requests", _INT, "requests of it"),
        column("output_tokens", _INT, "output tokens of it", "tokens"),
        column("what", _TEXT, "the reason, where there is one"),
    ]
)
"""timeline.arrow: one row per thing that took time or went wrong while a sweep ran."""

EXPORTED_REGRESSIONS = pa.schema(
    [
        column("regression", _TEXT, "us_bias or multilingual, with its design where not the first"),
        column("inference", _TEXT, "valid, or paper: as published"),
        *REGRESSION,
    ]
)
"""Every regression of a run as one table, as `culture-ray export` writes it."""

CHANGES = pa.schema(
    [
        column("part", _TEXT, "what the entry belongs to: models, languages, prompts, judges, ..."),
        column("name", _TEXT, "which one, or which setting of it"),
        column("change", _TEXT, "added, removed or changed, from the first run to the second"),
        column("first", _TEXT, "as it was in the first run; null where it was not there"),
        column("second", _TEXT, "as it is in the second run; null where it is not there"),
    ]
)
"""One row per thing that differs between two runs that are compared."""

DIFFERENCES = pa.schema(
    [
        column("figure", _TEXT, "which column of cells.csv"),
        column("scope", _TEXT, "cell, or a mean over the cells of a model, a language, or of all"),
        column("model", _TEXT, "model in the first run; null for a mean over models"),
        column("model_second", _TEXT, "model in the second run, where it has another name there"),
        column("language", _TEXT, "language of the prompts; null for a mean over languages"),
        column("protocol", _TEXT, "how the opinion was elicited"),
        column("persona", _TEXT, "country the respondents come from; null without a persona"),
        column("judge_first", _TEXT, "whose labels in the first run"),
        column("judge_second", _TEXT, "whose labels in the second run"),
        column("topics", _INT, "topics that both runs have answers to; both sides rest on these"),
        column("cells", _INT, "pairs of cells that the difference is a mean of; 1 for a cell"),
        column("first", _REAL, "the figure of the first run"),
        column("second", _REAL, "the figure of the second run"),
        column("difference", _REAL, "second minus first; null where one of them is undefined"),
        column("std_error", _REAL, "of the difference, from draws of topics that both runs share"),
        column("ci_low", _REAL, "lower end of its 95 % t interval over topics"),
        column("ci_high", _REAL, "upper end of its 95 % t interval over topics"),
        column("note", _TEXT, "why there is no difference or interval, or what to know of it"),
    ]
)
"""Per figure: how far two runs differ, cell by cell and on average."""

USAGE = pa.schema(
    [
        column("stage", _TEXT, "elicit, judge or translate"),
        column("model", _TEXT, "model or judge"),
        column("requests", pa.int64(), "answered by its replicas; null without a timeline"),
        column("output_tokens", pa.int64(), "made by its replicas", "tokens"),
        column("replicas", _INT, "copies of it that were started, restarts among them"),
        column("hours", _REAL, "replica-hours, loading and waiting among them", "h"),
        column("gpu_hours", _REAL, "the same times the GPUs of a replica; null without any", "h"),
        column("attempts", pa.int64(), "paid attempts to ask an API; null where nothing is paid"),
        column("dollars", _REAL, "what they are charged", "USD"),
        column("unresolved", pa.int64(), "attempts without a bill, charged at their most"),
        column("unresolved_dollars", _REAL, "what those are charged", "USD"),
    ]
)
"""usage.csv: what each stage of each model took, from the timeline and the ledger."""

PEOPLE = pa.schema(
    [
        column("population", _TEXT, "DK, speakers:da, or world"),
        column("kind", _TEXT, "country, language, region, group or world"),
        column("topics", _INT, "topics of the run with a figure of these people"),
        column("self_consistency", _REAL, "of groups of ten of these people, in closed form"),
        column("reason", _TEXT, "why it is null"),
    ]
)
"""people.csv: self-consistency of the populations, over the run's topics."""

PEOPLE_CORRELATIONS = pa.schema(
    [
        column("population", _TEXT, "DK, speakers:da, or world"),
        column("other", _TEXT, "another population"),
        column("topics", _INT, "topics of the run with a figure of both"),
        column("correlation", _REAL, "Spearman correlation of value polarity over those topics"),
        column("reason", _TEXT, "why it is null"),
    ]
)
"""people_correlations.csv: how far populations agree with each other, one row per pair."""

JUDGE_RELIABILITY = pa.schema([column("judge", _TEXT, "judge that was checked"), *RELIABILITY])
"""judge_reliability.csv: the error of a run's judges, of those that judge-check has measured."""

REGRESSION_ROWS = pa.schema(
    [
        column("model", _TEXT, "model of the row"),
        column("language", _TEXT, "language of the row"),
        column("fitted", _REAL, "what the fixed terms say, without random intercepts"),
        column("residual", _REAL, "alignment minus what all other rows say, in standard errors"),
        column("leverage", _REAL, "1 where the row alone decides what is fitted to it", "0..1"),
        column("moves", _TEXT, "the term that changes most when this row is left out"),
        column("moves_by", _REAL, "that change, in standard errors; null where it is undefined"),
    ]
)
"""Per row of a regression: how it fits, and what the estimates owe to it."""
