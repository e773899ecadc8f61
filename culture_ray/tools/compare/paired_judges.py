"""Agreement of the judges of two runs on the responses that both runs hold."""

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
    """Return the language of every response that both runs hold, by its id.

    A response is the same where its request and its text are; the models `renamed` are called
    otherwise in the second run, so that none of their requests is the same.
    """
    before, after = _texts(first), _texts(second)
    common = before.index.intersection(after.index)
    equal = common[before.loc[common, "text"].to_numpy() == after.loc[common, "text"].to_numpy()]
    mine = before.loc[equal]
    mine = mine[~mine["model"].isin(list(renamed))]
    return dict(zip(mine.index, mine["language"], strict=True))


def judges_compared(
    runs: tuple[str, str], labelled: tuple[pa.Table, pa.Table], shared: Mapping[str, str]
) -> pa.Table | None:
    """Return the agreement of every judge of one run with every judge of another.

    `runs` are their names, `labelled` their labels with stances, `shared` the language of each
    response that both hold. AGREEMENT schema, by language and for all; None without a pair.
    """
    before, after = (_stances(table, shared) for table in labelled)
    rows = []
    for one in before:
        for other in after:
            readings = before[one], after[other]
            both = sorted(readings[0].keys() & readings[1].keys())
            for language, members in _by_language(both, shared):
                found = rate_agreement(
                    [f"{one} in {runs[0]}", f"{other} in {runs[1]}"],
                    [side_by_side([side[name] for side in readings]) for name in members],
                )
                rows.append(("judges", language, found))
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
    """Return stances by judge and response, of responses that are in both runs."""
    rows = labelled.select(["judge", "response_id", "stances"])
    found: dict[str, dict[str, Sequence[str | None]]] = {}
    row: dict[str, Any]
    for row in rows.to_pylist():
        if row["judge"] != RULE and row["response_id"] in same:
            found.setdefault(row["judge"], {})[row["response_id"]] = row["stances"] or ()
    return found


def _by_language(members: list[str], same: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    yield "all", members
    for code in sorted({same[one] for one in members}):
        yield code, [one for one in members if same[one] == code]
