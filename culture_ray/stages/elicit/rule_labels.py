"""Rule labels: labels of protocols that need no judge, read from the options offered and chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.judging.answers import chosen_option, side_probabilities
from culture_ray.labels.read import RULE
from culture_ray.plan.stage_units import label_path
from culture_ray.prompts.language import Language
from culture_ray.prompts.render import options_of
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit, read
from culture_ray.survey.topics import Scale
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Unit
from culture_ray.tables import LABELS, REQUESTS


def label_by_rule(
    run: RunDirectory,
    languages: Mapping[str, Language],
    scales: Mapping[str, Scale],
    elicited: Iterable[Unit],
    done: frozenset[Path],
) -> int:
    """Commit the labels of every unit of responses that needs no judge; return their number.

    `scales` are the answer scales by topic. A unit without responses is left to the next sweep.
    Raises DiskProblem.
    """
    made = 0
    for unit in elicited:
        path = label_path(run, RULE, unit)
        if unit.judged or path in done or not unit.path.exists():
            continue
        made += commit(path, rule_labels(read(unit.path), languages, scales))
    return made


def rule_labels(
    responses: pa.Table, languages: Mapping[str, Language], scales: Mapping[str, Scale]
) -> pa.Table:
    """Return one label per response (LABELS schema).

    Where the engine gave no probabilities, the option that the text chooses has all of it.
    """
    now = datetime.now(UTC)
    rows = [
        _head(row, now) | _read(row, languages[row["language"]], scales[row["topic"]])
        for row in responses.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=LABELS)


def _head(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {name: row[name] for name in REQUESTS.names} | {
        "request_id": request_id("rule", row["request_id"]),
        "response_id": row["request_id"],
        "judge": RULE,
        # One word has no language, is not cut off and does not repeat itself; no judge was paid.
        "wrong_language": False,
        "truncated": False,
        "repetitive": False,
        "prompt_tokens": 0,
        "output_tokens": 0,
        "finished_at": now,
    }


def _read(row: Mapping[str, Any], language: Language, scale: Scale) -> dict[str, Any]:
    if row["text"] is None:
        return {"status": "failed", "failure": row["failure"] or "no text came back"}
    probabilities = row["probabilities"]
    if probabilities is None:
        options = options_of(language, row["topic"], row["wording"])
        place = chosen_option(row["text"], options.letters, options.texts)
        if place is None:
            return {"status": "unparsable", "failure": "the answer is none of the options"}
        probabilities = [float(place == index) for index in range(len(options.codes))]
    found = side_probabilities(row["options"], probabilities, scale)
    return {
        "status": "labelled",
        "p_pro": found.pro,
        "p_con": found.con,
        "p_middle": found.middle,
        "option_mass": found.mass,
        "value_polarity": found.value_polarity,
    }
