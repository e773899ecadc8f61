"""Ids of submitted jobs: a number and a cluster, as read from what `sbatch` prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_PARSABLE = re.compile(r"(\d+)(?:;([\w.-]+))?")
_SENTENCE = re.compile(r"Submitted batch job (\d+)(?: on cluster ([\w.-]+))?")


@dataclass(frozen=True)
class JobId:
    """Id of a submitted job; the parts of a heterogeneous job have one in common."""

    number: str
    cluster: str | None = None
    """Cluster that knows the number; None if it was not recorded, as in older runs."""

    def __str__(self) -> str:
        """Return the id as `sbatch --parsable` prints it: 12, or 12;cluster."""
        return self.number if self.cluster is None else f"{self.number};{self.cluster}"


def parsed_id(text: str) -> JobId | None:
    """Return the id that `sbatch --parsable` printed; None if there is other text around it."""
    match = _PARSABLE.fullmatch(text.strip())
    return JobId(*match.groups()) if match else None


def printed_ids(text: str) -> list[JobId]:
    """Return every id in what a wrapper of `sbatch` printed, without repetitions.

    An id is a line of its own in the form 12 or 12;cluster, or follows "Submitted batch job".
    Colour codes are ignored.
    """
    found = []
    for line in _COLOURS.sub("", text).splitlines():
        match = _SENTENCE.search(line) or _PARSABLE.fullmatch(line.strip())
        if match:
            found.append(JobId(*match.groups()))
    return list(dict.fromkeys(found))
