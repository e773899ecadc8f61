"""Agreement of the judges of two runs on the responses that both runs have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.judging.raters import rate_agreement
from culture_ray.labels.read import RULE, response_slices
from culture_ray.stages.judge.check_files import agreement_table, side_by_side
from culture_ray.store.run_directory import RunDirectory


def shared_responses(
    first: RunDirectory, second: RunDirectory, renamed: Collection[str]
) -> dict[str, str]:
    """Return the language of every response that both runs have, by its id.

    Two responses are the same if their request ids and texts are equal. The models `renamed` have
    other names in the second run, and so other request ids.
    """
    before, after = _texts(first), _texts(second)
    common = before.index.intersection(after.index)
    equal = common[before.loc[common, "text"].to_numpy() == after.loc[common, "text"].to_numpy()]
    same_texts = before.loc[equal]
    same_texts = same_texts[~same_texts["model"].isin(list(renamed))]
    return dict(zip(same_texts.index, same_texts["language"], strict=True))


def judges_compared(
    runs: tuple[str, str], labelled: tuple[pa.Table, pa.Table], shared: Mapping[str, str]
) -> pa.Table | None:
    """Return the agreement of every judge of one run with every judge of another.

    `runs` are their names, `labelled` their labels with stances, `shared` the language of each
    response that both have. AGREEMENT schema, by language and for all; None without a pair.
    """
    before, after = (_stances(table, shared) for table in labelled)
    rows = []
    for first_judge in before:
        for second_judge in after:
            readings = before[first_judge], after[second_judge]
            members_read = sorted(readings[0].keys() & readings[1].keys())
            for language, members in _by_language(members_read, shared):
                agreement = rate_agreement(
                    [f"{first_judge} in {runs[0]}", f"{second_judge} in {runs[1]}"],
                    [side_by_side([side[name] for side in readings]) for name in members],
                )
                rows.append(("judges", language, agreement))
    return agreement_table(rows) if rows else None


def _texts(run: RunDirectory) -> pd.DataFrame:
    """Return model, language and a hash of the text of every response, by request id."""
    parts = [pd.DataFrame({"model": [], "language": [], "text": np.zeros(0, np.uint64)})]
    for table in response_slices(run, ["request_id", "model", "language", "text"]):
        rows = table.filter(pc.is_valid(table.column("text"))).to_pandas()
        hashed = pd.util.hash_array(rows["text"].to_numpy(dtype=object), categorize=False)
        parts.append(rows.assign(text=hashed).set_index("request_id"))
    return pd.concat(parts)


def _stances(
    labelled: pa.Table, same: Mapping[str, str]
) -> dict[str, dict[str, Sequence[str | None]]]:
    """Return stances by judge and response, for the responses that are in both runs."""
    rows = labelled.select(["judge", "response_id", "stances"])
    stances: dict[str, dict[str, Sequence[str | None]]] = {}
    row: dict[str, Any]
    for row in rows.to_pylist():
        if row["judge"] != RULE and row["response_id"] in same:
            stances.setdefault(row["judge"], {})[row["response_id"]] = row["stances"] or ()
    return stances


def _by_language(members: list[str], same: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    yield "all", members
    for code in sorted({same[response] for response in members}):
        yield code, [response for response in members if same[response] == code]
