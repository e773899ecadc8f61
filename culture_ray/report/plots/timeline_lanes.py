"""What ran on which GPU: the timeline as lanes of a drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from culture_ray.report.cell_refs import numbered
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent

_JOINED = 0.003
"""Of the axis: units of one model and stage that lie closer are one bar."""
_MOST = 48
"""Lanes that a figure shows."""
_WORTH_CUTTING = 0.15
"""Of the time in which something ran: a shorter pause is drawn as it was."""
_DRAWN = 0.02
"""Of the same time: how wide a pause is that is left out."""
_TOOK = ("load", "unit")
_FAULTS = ("death", "refusal")


@dataclass(frozen=True)
class Bar:
    """Something that took time, in seconds of the clock."""

    lane: int
    begin: float
    end: float
    model: str
    stage: str
    """load, elicit, judge or translate."""
    first: Row
    """What began first of all that it joins, a numbered row of the timeline."""
    last: Row
    """What ended last."""


@dataclass(frozen=True)
class Fault:
    """A replica that died or could not start."""

    lane: int
    at: float
    row: Row


@dataclass(frozen=True)
class Lanes:
    """A drawing of a timeline."""

    clock: Clock
    names: tuple[str, ...]
    bars: tuple[Bar, ...]
    faults: tuple[Fault, ...]
    models: tuple[str, ...]
    """In order of appearance."""
    left_out: int
    """Lanes beyond those that are shown."""


def lanes_of(content: ReportContent) -> Lanes | None:
    """Return the lanes of a run's timeline, one per GPU, or per replica that has none.

    None without a timeline, or where nothing in it took time. A replica on several GPUs is on each
    of their lanes. Of many lanes, evenly spread ones are kept.
    """
    rows, spans = _rows(content), worked(content)
    if not spans:
        return None
    clock = clock_of(spans)
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        for place in _places(row):
            found.setdefault(place, []).append(row)
    keys = sorted(found, key=lambda key: (key[0], _natural(key[1]), found[key][0]["at"]))
    step = max(1, -(-len(keys) // _MOST))
    kept = keys[::step]
    bars = [bar for lane, key in enumerate(kept) for bar in _bars(lane, found[key], clock)]
    faults = [
        Fault(lane, clock.place(row["at"]), row)
        for lane, key in enumerate(kept)
        for row in found[key]
        if row["event"] in _FAULTS
    ]
    models = tuple(dict.fromkeys(bar.model for bar in sorted(bars, key=lambda bar: bar.begin)))
    return Lanes(
        clock,
        tuple(_names(kept)),
        tuple(bars),
        tuple(faults),
        models,
        len(keys) - len(kept),
    )


def worked(content: ReportContent) -> list[tuple[datetime, datetime]]:
    """Return when replicas loaded and answered; nothing without a timeline."""
    return [(row["at"], ended(row)) for row in _rows(content) if row["event"] in _TOOK]


def _rows(content: ReportContent) -> list[dict[str, Any]]:
    rows = [] if content.timeline is None else numbered(content.timeline)
    return [row for row in rows if row["replica"]]


def ended(row: Row) -> datetime:
    """Return when something of the timeline ended."""
    end: datetime = row["at"] + timedelta(seconds=row["seconds"])
    return end


def _places(row: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return (machine, GPU, "gpu") per GPU, or (machine, replica, "replica")."""
    node = row["node"] or ""
    gpus = [part for part in (row["gpus"] or "").split(",") if part]
    return [(node, gpu, "gpu") for gpu in gpus] or [(node, row["replica"], "replica")]


def _bars(lane: int, rows: Sequence[dict[str, Any]], clock: Clock) -> Iterator[Bar]:
    """Yield the bars of a lane; units that a replica has in hand together are one."""
    near = _JOINED * clock.length
    open_: dict[tuple[str, str], Bar] = {}
    for row in sorted(rows, key=lambda row: row["at"]):
        if row["event"] not in _TOOK:
            continue
        stage = "load" if row["event"] == "load" else row["stage"].partition(" ")[0]
        begin, end = clock.place(row["at"]), clock.place(ended(row))
        key = (row["model"], stage)
        last = open_.get(key)
        if last is not None and begin - last.end <= near:
            latest = row if ended(row) > ended(last.last) else last.last
            open_[key] = Bar(lane, last.begin, max(end, last.end), *key, last.first, latest)
            continue
        if last is not None:
            yield last
        open_[key] = Bar(lane, begin, end, *key, row, row)
    yield from open_.values()


def _names(keys: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield what lanes are called; machines only where there are several."""
    several = len({node for node, *_ in keys}) > 1
    counted: dict[str, int] = {}
    for node, what, kind in keys:
        if kind == "gpu":
            name = f"GPU {what}"
        else:
            model = re.sub(r"-\d+-\d+$", "", what)
            counted[model] = counted.get(model, 0) + 1
            name = f"{model} #{counted[model]}"
        yield f"{node}  {name}" if several and node else name


def _natural(text: str) -> tuple[Any, ...]:
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", text))


@dataclass(frozen=True)
class Pause:
    """A pause that is left out, in seconds."""

    at: float
    """Where it stands on the drawn axis."""
    seconds: float
    """How long it was."""


@dataclass(frozen=True)
class Clock:
    """Moments as seconds on an axis that leaves long pauses out."""

    began: datetime
    pauses: tuple[Pause, ...]
    length: float
    _pieces: tuple[tuple[float, float, float], ...]
    """Begin and end of each stretch in real seconds, and where it begins on the axis."""

    def place(self, moment: datetime) -> float:
        """Return where a moment stands on the axis, in seconds from its left end."""
        real = (moment - self.began).total_seconds()
        place = 0.0
        for begin, end, drawn in self._pieces:
            if real < begin:
                break
            place = drawn + (min(real, end) - begin)
        return place

    @property
    def unit(self) -> tuple[float, str]:
        """Return seconds per unit of the axis, and the unit's name."""
        if self.length < 180:
            return 1.0, "seconds"
        return (60.0, "minutes") if self.length < 3 * 3600 else (3600.0, "hours")


def clock_of(spans: Sequence[tuple[datetime, datetime]]) -> Clock:
    """Return the clock of spans of time, at least one; what lies between them are pauses."""
    began = min(begin for begin, _ in spans)
    stretches: list[list[float]] = []
    for begin, end in sorted(
        ((b - began).total_seconds(), (e - began).total_seconds()) for b, e in spans
    ):
        if stretches and begin <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], end)
        else:
            stretches.append([begin, end])
    busy = max(sum(end - begin for begin, end in stretches), 1e-9)
    pieces, pauses, drawn = [], [], 0.0
    for i, (begin, end) in enumerate(stretches):
        if i:
            pause = begin - stretches[i - 1][1]
            if pause > _WORTH_CUTTING * busy:
                pauses.append(Pause(drawn + _DRAWN * busy / 2, pause))
                drawn += _DRAWN * busy
            else:
                drawn += pause
        pieces.append((begin, end, drawn))
        drawn += end - begin
    return Clock(began, tuple(pauses), max(drawn, 1e-9), tuple(pieces))


def lasting(seconds: float) -> str:
    """Return a time as people say it: 40 s, 12 min, 3.5 h, 2 days."""
    for size, name in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds:.0f} s"
