"""Sensitivity of a study to assumptions, single parts, wordings, and the method of inference."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

_ALIKE = "; under random_topics, it misses its level where that in `regressions` does"

ITEM_ASSUMPTIONS = pa.schema(
    [
        column(
            "items",
            TEXT,
            "random_topics: topics are a sample; random_batteries: batteries of topics are; "
            "fixed_topics: only these topics are of interest, responses are a sample; "
            "fixed_topics_surveyed: respondents of the surveys as well",
        ),
        column("regression", TEXT, "us_bias, or multilingual in its default design"),
        column("term", TEXT, "term of the regression"),
        column("estimate", REAL, "coefficient, the same under every assumption but for weights"),
        column("std_error", REAL, "standard error under the assumption"),
        column("df", REAL, "degrees of freedom"),
        column("ci_low", REAL, f"lower end of the 95 % interval{_ALIKE}"),
        column("ci_high", REAL, f"upper end of the 95 % interval{_ALIKE}"),
        column("p_value", REAL, f"two-sided p value{_ALIKE}"),
    ]
)

INFLUENCE = pa.schema(
    [
        column("left_out", TEXT, "topic, model or language"),
        column("name", TEXT, "the one that is left out"),
        column("regression", TEXT, "us_bias, or multilingual in its default design"),
        column("term", TEXT, "mean US bias, or a slope"),
        column("estimate", REAL, "estimate with everything"),
        column("without", REAL, "estimate without it; null if it cannot be computed"),
        column("change", REAL, "change in the estimate"),
        column("change_in_std_errors", REAL, "the same, in standard errors of the estimate"),
    ]
)

ITEM_FUNCTIONING = pa.schema(
    [
        column("topic", TEXT, "topic id, as in conf/topics"),
        column("language", TEXT, "language of the prompts"),
        column(
            "residual",
            REAL,
            "mean value polarity of the models minus that of the language's speakers, beyond what "
            "the topic has in all languages and the language in all topics",
        ),
        column("t", REAL, "the residual, in standard errors from all other residuals"),
        column("p_value", REAL, "two-sided p value that it is one of them"),
        column("p_holm", REAL, "the same, adjusted for the number of topics and languages"),
        column("models", INT, "models in the mean"),
        column("suspect", FLAG, "true if the adjusted p value is below .05"),
    ]
)

BAYESIAN = pa.schema(
    [
        column("design", TEXT, "name of the design in inference.designs"),
        column("outcome", TEXT, "outcome of the regression, as inference.outcome"),
        column("term", TEXT, "term of the formula, as in multilingual.csv"),
        column("mean", REAL, "mean of the posterior; null, as the next four, where withheld"),
        column("std_dev", REAL, "standard deviation of the posterior"),
        column("ci_low", REAL, "lower end of the 95 % interval: 2.5 % of the posterior lie below"),
        column("ci_high", REAL, "upper end of the 95 % interval: 2.5 % of the posterior lie above"),
        column("p_above_zero", REAL, "share of the posterior above 0", "0..1"),
        column("rhat", REAL, "R-hat of the term: 1 if its chains agree"),
        column("ess", REAL, "independent draws that the term's draws are worth (effective size)"),
        column("divergences", INT, "draws of all terms at which the sampler left the posterior"),
        column("rows", INT, "models and languages in the regression"),
        column("reason", TEXT, "reason why the posterior is withheld; null where it is not"),
    ]
)

_WRITTEN_BY = "`sweep`, stage regress, and `analyse`, with inference=valid"

TABLES = (
    Table(
        name="item_assumptions",
        schema=ITEM_ASSUMPTIONS,
        meaning=(
            "One row per coefficient and assumption about the survey items: its standard error and "
            "interval under it."
        ),
        file="item_assumptions.csv",
        written_by=_WRITTEN_BY,
        order="assumption, then US bias and the multilingual regression",
        optional=True,
        note="It is left out for a study of more than 400 cells.",
    ),
    Table(
        name="influence",
        schema=INFLUENCE,
        meaning="One row per topic, model or language left out, and coefficient: the change in it.",
        file="influence.csv",
        written_by=_WRITTEN_BY,
        order="topics, models, languages",
        optional=True,
        note=(
            "Without a topic, the variances of the regression are kept; without a model or a "
            "language, it is fitted again."
        ),
    ),
    Table(
        name="item_functioning",
        schema=ITEM_FUNCTIONING,
        meaning=(
            "One row per topic and language: whether the models' answers to its wordings differ "
            "from what the topic and the language make them elsewhere."
        ),
        file="item_functioning.csv",
        written_by=_WRITTEN_BY,
        order="adjusted p value",
        optional=True,
        note=(
            "Known as differential item functioning. A suspect may be a wording that says "
            "something else, or a topic on which models know a language's speakers badly: read "
            "its texts."
        ),
    ),
    Table(
        name="bayesian",
        schema=BAYESIAN,
        meaning=(
            "One row per coefficient of the default regression: its posterior in a Bayesian fit "
            "of the same rows and design."
        ),
        file="regression/bayesian.csv",
        written_by="`sweep`, stage regress, and `analyse`, with inference.bayesian=true",
        order="that of multilingual.csv",
        optional=True,
        note=(
            "Figures are withheld, with the reason, where the chains have not converged (R-hat "
            "above 1.01, fewer than 400 effective draws, or divergences) or the regression has "
            "fewer than 2 degrees of freedom for a term."
        ),
    ),
)
