"""Division of a refused batch into smaller ones, until the refused requests are found; pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from culture_ray.engines.openai.batch.queue import PendingRequest


@dataclass(frozen=True)
class Division:
    """Batches to send in place of a refused one, and requests that are refused for good."""

    groups: tuple[tuple[PendingRequest, ...], ...]
    refused: tuple[PendingRequest, ...]


def divide(requests: Sequence[PendingRequest | None], named: Set[int]) -> Division:
    """Return the division of a refused batch; `named` are the places of the lines to blame.

    `requests` are those of the batch in the order of its lines, None if nobody waits for one. A
    named request is sent once more, without the others, and refused when it is named again. Without
    names the batch is halved, and a request that was alone is refused.
    """
    waited = [request for request in requests if request is not None]
    blamed = {id(requests[place]) for place in named if place < len(requests)}
    if not blamed:
        if len(waited) <= 1:
            return Division((), tuple(waited))
        middle = len(waited) // 2
        return Division((tuple(waited[:middle]), tuple(waited[middle:])), ())
    others = tuple(request for request in waited if id(request) not in blamed)
    suspects = [request for request in waited if id(request) in blamed]
    again = tuple(replace(r, refused=r.refused + 1) for r in suspects if not r.refused)
    groups = tuple(group for group in (others, again) if group)
    return Division(groups, tuple(request for request in suspects if request.refused))
