"""Respondents of a survey by coarse profile, and how models answer as them."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.calibration import GAIN
from culture_ray.tables.table import INT, REAL, TEXT, Table, column

RESPONDENTS = pa.schema(
    [
        column("respondent", INT, "number of the respondent in this file, not in the survey's"),
        column("population", TEXT, "country of the respondent, as in the ground truth"),
        column("languages", TEXT, "codes of the languages spoken there, separated by blanks"),
        column("profile", TEXT, "country and coarse categories: DK: age=30-44, gender=man"),
        column("weight", REAL, "weight within the country"),
        column("stratum", INT, "number of the stratum of the sample"),
        column("cluster", INT, "number of the primary sampling unit"),
    ]
)

_OF_GAIN = f"; that of `gain` is {GAIN.remark}"

GROUPS = pa.schema(
    [
        column("model", TEXT, "name of the model, as asked"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol, one that offers the survey's answers"),
        column("population", TEXT, "country of the respondents"),
        column("characteristic", TEXT, "age, gender, ...; `profile` for all of them together"),
        column("category", TEXT, "category of the group; null for figures over all categories"),
        column(
            "measure",
            TEXT,
            "of a group: wasserstein, jensen_shannon, total_variation, mean_similarity, "
            "mean_difference or gain; over groups: people_variance, model_variance, "
            "variance_kept, steerability or item_correlation",
        ),
        column("topics", INT, "topics with answers of the model and of the people"),
        column("profiles", INT, "profiles that the model was asked as, in this group"),
        column("people", INT, "respondents of these profiles"),
        column("value", REAL, "the figure, less what sampling adds to it; null if undefined"),
        column("std_error", REAL, "standard error over resamples of respondents and prompts"),
        column(
            "ci_low",
            REAL,
            f"lower end of the 95 % interval over respondents and prompts{_OF_GAIN}",
        ),
        column(
            "ci_high",
            REAL,
            f"upper end of the 95 % interval over respondents and prompts{_OF_GAIN}",
        ),
        column("topic_std_error", REAL, "standard error over topics, by the jackknife"),
        column("floor", REAL, "a distance between two random halves of the group's people"),
        column("ceiling", REAL, "item_correlation of a model with the people's own profile means"),
        column("reason", TEXT, "reason why a value or an interval is null"),
    ]
)

TABLES = (
    Table(
        name="groups",
        schema=GROUPS,
        meaning=(
            "One row per model, language, country, group of respondents and measure: how well a "
            "model that was asked as people of the group answers like them."
        ),
        file="groups.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="protocol, model, language, country, characteristic, category, measure",
        optional=True,
        note=(
            "Only for runs with persona=respondents. The people are all respondents of the "
            "profiles that were asked. docs/statistics.md defines each measure."
        ),
    ),
    Table(
        name="respondents",
        schema=RESPONDENTS,
        meaning="One row per respondent of a survey: profile, weight and answers.",
        file="populations/{name}.respondents.csv",
        written_by="`populations` with respondents.by",
        order="profile",
        folder="conf",
        optional=True,
        note=(
            "Named by `respondents` in the populations' file. After these columns comes one for "
            "each topic, named by its id, with the code of the answer on the topic's scale; "
            "-1 is no answer. It stays on this machine: only the words of a profile go into "
            "prompts."
        ),
    ),
)
