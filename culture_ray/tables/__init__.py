"""Every Arrow schema of the project: each column with its meaning and unit.

Stages map tables to tables; this package is the contract between them. `SCHEMA_VERSION` goes into
the metadata of every shard and rises when a column changes its meaning.
"""

from culture_ray.tables.capability import CAPABILITY, CAPABILITY_MEANS
from culture_ray.tables.comparison import CHANGES, DIFFERENCES
from culture_ray.tables.judges import (
    AGREEMENT,
    JUDGE_MOVES,
    JUDGE_REGRESSIONS,
    JUDGE_RELIABILITY,
    RELIABILITY,
)
from culture_ray.tables.labels import LABELS, QUALITY
from culture_ray.tables.measures import ALIGNMENT, CELLS, CONSISTENCY, DISTRIBUTIONS, EXCLUSIONS
from culture_ray.tables.populations import GROUND_TRUTH, PEOPLE, PEOPLE_CORRELATIONS, POPULATIONS
from culture_ray.tables.regression import (
    EXPORTED_REGRESSIONS,
    REGRESSION,
    REGRESSION_ROWS,
    ROBUSTNESS,
)
from culture_ray.tables.requests import REQUESTS, RESPONSES
from culture_ray.tables.table import column
from culture_ray.tables.texts import TEXTS
from culture_ray.tables.usage import SPENDING, TIMELINE, USAGE

__all__ = [
    "AGREEMENT",
    "ALIGNMENT",
    "CAPABILITY",
    "CAPABILITY_MEANS",
    "CELLS",
    "CHANGES",
    "CONSISTENCY",
    "DIFFERENCES",
    "DISTRIBUTIONS",
    "EXCLUSIONS",
    "EXPORTED_REGRESSIONS",
    "GROUND_TRUTH",
    "JUDGE_MOVES",
    "JUDGE_REGRESSIONS",
    "JUDGE_RELIABILITY",
    "LABELS",
    "PEOPLE",
    "PEOPLE_CORRELATIONS",
    "POPULATIONS",
    "QUALITY",
    "REGRESSION",
    "REGRESSION_ROWS",
    "RELIABILITY",
    "REQUESTS",
    "RESPONSES",
    "ROBUSTNESS",
    "SCHEMA_VERSION",
    "SPENDING",
    "TEXTS",
    "TIMELINE",
    "USAGE",
    "column",
]

SCHEMA_VERSION = "2"
