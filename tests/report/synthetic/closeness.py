"""Leaderboard, gaps and map of a synthetic report, by the code of the stage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray import tables
from culture_ray.measures.resampling.bootstrap import bootstrap_cell, study_topics
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.report.content import ReportContent
from culture_ray.stages.regress.closeness.culture_map import map_rows
from culture_ray.stages.regress.closeness.leaderboard import leaderboard
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.stages.regress.closeness.topic_gaps import topic_gaps
from culture_ray.stages.regress.count_tables import study_cells
from culture_ray.survey.ground_truth import GroundTruth, Population


def main_cells(content: ReportContent) -> MainCells:
    """Return the cells of a content's models, with draws of their topics."""
    names = tuple(topic.id for topic in content.topics)
    truth = ground_truth(content, names)
    studied = pa.array([model.name for model in content.studied])
    own = content.distributions.filter(pc.is_in(content.distributions["model"], studied))
    keys, study = study_cells("US", own, truth)
    cells = {(r["model"], r["language"]): r for r in (content.cells or own).to_pylist()}
    aligned = [
        {f"alignment_language{part}": cells[key["model"], key["language"]].get(
            f"alignment_language{part}") for part in ("", "_std_error", "_ci_low", "_ci_high")}
        for key in keys
    ]  # fmt: skip
    rows = pd.DataFrame(keys).join(pd.DataFrame(aligned, dtype=float))
    drawn = Resampling(DrawLevel.JOINT_TOPICS, 40, 1)
    topics = study_topics(study)
    rounds = [
        bootstrap_cell(cell, truth.value_polarity, drawn, topics).alignment_rounds[:, 0]
        for cell in study
    ]
    return MainCells(rows, tuple(study), truth, np.column_stack(rounds), topics, 1)


def ground_truth(content: ReportContent, topics: tuple[str, ...]) -> GroundTruth:
    """Return the ground truth of a content as the stages read it."""
    people = tuple(Population(p.id, p.kind, p.languages, p.label) for p in content.populations)
    figures = np.full((3, len(people), len(topics)), np.nan)
    place = {p.name: i for i, p in enumerate(people)}
    for row in content.ground_truth.to_pylist():
        at = place[row["population"]], topics.index(row["topic"])
        for layer, name in zip(figures, ("value_polarity", "std_error", "n"), strict=True):
            layer[at] = np.nan if row[name] is None else row[name]
    return GroundTruth(people, topics, *figures, "a test")


def with_closeness(content: ReportContent) -> ReportContent:
    """Return the content with leaderboard, gaps and map, made by the stage's own code."""
    main = main_cells(content)
    points, topics = map_rows(main)
    return replace(
        content,
        leaderboard=pa.Table.from_pylist(leaderboard(main), schema=tables.LEADERBOARD),
        topic_gaps=pa.Table.from_pylist(topic_gaps(main), schema=tables.TOPIC_GAPS),
        culture_map=pa.Table.from_pylist(points, schema=tables.CULTURE_MAP),
        culture_map_topics=pa.Table.from_pylist(topics, schema=tables.CULTURE_MAP_TOPICS),
    )
