"""Tables of the project: schemas with the meaning and unit of each column, and their files.

Stages map tables to tables; this package is the contract between them. `SCHEMA_VERSION` goes into
the metadata of every shard and rises when a column changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.tables import (
    answers,
    benchmark_scores,
    benchmarks,
    capability,
    cells,
    closeness,
    comparison,
    judges,
    labels,
    measures,
    populations,
    ratings,
    regression,
    requests,
    respondents,
    sensitivity,
    texts,
    usage,
)
from culture_ray.tables.answers import ANSWERS, DISTANCES
from culture_ray.tables.benchmark_scores import (
    BENCHMARK_QUALITY,
    BENCHMARKS,
    CAPABILITY_DRAWS,
    CAPABILITY_SLOPES,
    SCORES,
)
from culture_ray.tables.benchmarks import BENCHMARK_ANSWERS, ITEMS
from culture_ray.tables.capability import CAPABILITY, CAPABILITY_MEANS
from culture_ray.tables.cells import CELLS, LABEL_CORRECTED
from culture_ray.tables.closeness import (
    CULTURE_MAP,
    CULTURE_MAP_TOPICS,
    LEADERBOARD,
    TOPIC_GAPS,
)
from culture_ray.tables.comparison import CHANGES, DIFFERENCES, LEADERBOARD_OF_RUNS
from culture_ray.tables.judges import (
    AGREEMENT,
    HUMAN_LABELS,
    JUDGE_MOVES,
    JUDGE_REGRESSIONS,
    JUDGE_RELIABILITY,
    RELIABILITY,
)
from culture_ray.tables.labels import LABELS, QUALITY
from culture_ray.tables.measures import ALIGNMENT, CONSISTENCY, DISTRIBUTIONS, EXCLUSIONS
from culture_ray.tables.populations import (
    ANSWER_MEANS,
    ANSWER_SHARES,
    GROUND_TRUTH,
    PEOPLE,
    PEOPLE_CORRELATIONS,
    POPULATIONS,
)
from culture_ray.tables.ratings import RATING_AGREEMENT, RATING_QUALITY, RATINGS
from culture_ray.tables.regression import (
    EQUIVALENCE,
    OUTCOMES,
    REGRESSION,
    REGRESSION_ROWS,
    REGRESSIONS,
    ROBUSTNESS,
    SIMULTANEOUS,
)
from culture_ray.tables.requests import REQUESTS, RESPONSES
from culture_ray.tables.respondents import GROUPS, RESPONDENTS
from culture_ray.tables.sensitivity import (
    BAYESIAN,
    INFLUENCE,
    ITEM_ASSUMPTIONS,
    ITEM_FUNCTIONING,
)
from culture_ray.tables.table import Table, column, is_later
from culture_ray.tables.texts import TEXTS
from culture_ray.tables.usage import SPENDING, TIMELINE, USAGE

__all__ = [
    "AGREEMENT",
    "ALIGNMENT",
    "ANSWERS",
    "ANSWER_MEANS",
    "ANSWER_SHARES",
    "BAYESIAN",
    "BENCHMARKS",
    "BENCHMARK_ANSWERS",
    "BENCHMARK_QUALITY",
    "CAPABILITY",
    "CAPABILITY_DRAWS",
    "CAPABILITY_MEANS",
    "CAPABILITY_SLOPES",
    "CELLS",
    "CHANGES",
    "CONSISTENCY",
    "CULTURE_MAP",
    "CULTURE_MAP_TOPICS",
    "DIFFERENCES",
    "DISTANCES",
    "DISTRIBUTIONS",
    "EQUIVALENCE",
    "EXCLUSIONS",
    "GROUND_TRUTH",
    "GROUPS",
    "HUMAN_LABELS",
    "INFLUENCE",
    "ITEMS",
    "ITEM_ASSUMPTIONS",
    "ITEM_FUNCTIONING",
    "JUDGE_MOVES",
    "JUDGE_REGRESSIONS",
    "JUDGE_RELIABILITY",
    "LABELS",
    "LABEL_CORRECTED",
    "LEADERBOARD",
    "LEADERBOARD_OF_RUNS",
    "OUTCOMES",
    "PEOPLE",
    "PEOPLE_CORRELATIONS",
    "POPULATIONS",
    "QUALITY",
    "RATINGS",
    "RATING_AGREEMENT",
    "RATING_QUALITY",
    "REGRESSION",
    "REGRESSIONS",
    "REGRESSION_ROWS",
    "RELIABILITY",
    "REQUESTS",
    "RESPONDENTS",
    "RESPONSES",
    "ROBUSTNESS",
    "SCHEMA_VERSION",
    "SCORES",
    "SIMULTANEOUS",
    "SPENDING",
    "TABLES",
    "TEXTS",
    "TIMELINE",
    "TOPIC_GAPS",
    "USAGE",
    "Table",
    "column",
    "is_later",
]

SCHEMA_VERSION = "2"

_GROUPS = (
    requests, labels, benchmarks, measures, cells, answers, respondents, closeness, regression,
    sensitivity, judges, populations, usage, comparison, texts, capability, benchmark_scores,
    ratings,
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    table.name: table
    for folder in ("run", "results", "conf")
    for group in _GROUPS
    for table in group.TABLES
    if table.folder == folder
}
"""Every table by its name, those of a run first."""
