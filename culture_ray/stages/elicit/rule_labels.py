"""Rule labels: labels of protocols without a judge, read from the option that a model chose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.judging.answers import side_probabilities
from culture_ray.labels.read import RULE
from culture_ray.plan.stage_units import label_path
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.stages.elicit.option_answers import OptionAnswer, option_answers
from culture_ray.store.columns import completed
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit, read
from culture_ray.survey.topics import Scale
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Unit
from culture_ray.tables import LABELS, REQUESTS, RESPONSES


def label_by_rule(
    run: RunDirectory,
    languages: Mapping[str, Language],
    scales: Mapping[str, Scale],
    elicited: Iterable[Unit],
    done: frozenset[Path],
) -> int:
    """Commit the labels of every unit of responses that needs no judge; return their number.

    `scales` are the answer scales by topic. Units without responses are left for the next sweep.
    Raises DiskProblem.
    """
    labels = 0
    for unit in elicited:
        path = label_path(run, RULE, unit)
        if unit.judged or path in done or not unit.path.exists():
            continue
        labels += commit(
            path, rule_labels(completed(read(unit.path), RESPONSES), languages, scales)
        )
    return labels


def rule_labels(
    responses: pa.Table, languages: Mapping[str, Language], scales: Mapping[str, Scale]
) -> pa.Table:
    """Return one label per response, and for a battery one per topic (LABELS schema).

    `option_answers` says how answers are read.
    """
    now = datetime.now(UTC)
    rows = [
        label
        for row in responses.to_pylist()
        for label in _labels_of(row, languages[row["language"]], scales, now)
    ]
    return pa.Table.from_pylist(rows, schema=LABELS)


def _labels_of(
    row: Mapping[str, Any], language: Language, scales: Mapping[str, Scale], now: datetime
) -> Iterator[dict[str, Any]]:
    common = _common_fields(row, now)
    topics = row["items"] or [row["topic"]]
    if row["text"] is None:
        failed = {"status": "failed", "failure": row["failure"] or "no text came back"}
        answers = [(topic, failed) for topic in topics]
    else:
        answers = [
            (answer.topic, _label_fields(answer, row["protocol"], scales[answer.topic]))
            for answer in option_answers(row, language)
        ]
    for topic, fields in answers:
        item = (topic,) if row["items"] else ()
        label_id = request_id("rule", row["request_id"], *item)
        yield common | fields | {"request_id": label_id, "topic": topic}


def _common_fields(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {name: row[name] for name in REQUESTS.names} | {
        "response_id": row["request_id"],
        "judge": RULE,
        # An answer of one word has no language, is not truncated and cannot repeat itself, and no
        # judge read it.
        "wrong_language": False,
        "truncated": False,
        "repetitive": False,
        "prompt_tokens": 0,
        "output_tokens": 0,
        "finished_at": now,
    }


def _label_fields(answer: OptionAnswer, protocol: str, scale: Scale) -> dict[str, Any]:
    if answer.probabilities is None:
        return {"status": "unparsable", "failure": _unread(protocol)}
    sides = side_probabilities(answer.codes, answer.probabilities, scale)
    return {
        "status": "labelled",
        "p_pro": sides.pro,
        "p_con": sides.con,
        "p_middle": sides.middle,
        "option_mass": sides.mass,
        "value_polarity": sides.value_polarity,
    }


def _unread(protocol: str) -> str:
    asked = find_protocol(protocol)
    if asked.answers == "percentages":
        return "the text states no percentages of the options that add up to 100"
    if asked.putting == "battery":
        return "the text gives no one option for this question of the battery"
    return "the answer is none of the options"
