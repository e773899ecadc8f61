"""Lanes of the timeline, one per GPU, on a clock that leaves out long pauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from culture_ray.report.cell_refs import numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent

_JOINED = 0.003
"""Share of the axis: units of one model and stage that are closer are joined into one bar."""
_MAX_LANES = 48
"""Limit on the lanes of a figure."""
_SHORTEST_CUT = 0.15
"""Share of the busy time: shorter pauses are drawn at full length."""
_CUT_WIDTH = 0.02
"""Share of the busy time: width of a pause that is cut out."""
_TIMED_EVENTS = ("load", "unit")
_FAULTS = ("death", "refusal")


@dataclass(frozen=True)
class Bar:
    """Work of one model and stage on a lane, in seconds of the clock."""

    lane: int
    begin: float
    end: float
    model: str
    stage: str
    """load, elicit, benchmark, judge or translate."""
    first: Row
    """Numbered timeline row of the joined event that began first."""
    last: Row
    """Numbered timeline row of the joined event that ended last."""


@dataclass(frozen=True)
class Fault:
    """A replica that died or could not start."""

    lane: int
    at: float
    row: Row


@dataclass(frozen=True)
class Lanes:
    """Lanes of a timeline with their bars and faults."""

    clock: Clock
    names: tuple[str, ...]
    bars: tuple[Bar, ...]
    faults: tuple[Fault, ...]
    models: tuple[str, ...]
    """In order of appearance."""
    left_out: int
    """Number of lanes that are not shown."""


def timeline_lanes(content: ReportContent) -> Lanes | None:
    """Return the lanes of a run's timeline, one per GPU, or per replica without a GPU.

    A replica on several GPUs is on each of their lanes. Beyond the limit, evenly spaced lanes are
    kept. None without a timeline, or if nothing in it took time.
    """
    rows, spans = _rows(content), busy_spans(content)
    if not spans:
        return None
    clock = make_clock(spans)
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        for place in _places(row):
            found.setdefault(place, []).append(row)
    keys = sorted(found, key=lambda key: (key[0], _natural(key[1]), found[key][0]["at"]))
    step = max(1, -(-len(keys) // _MAX_LANES))
    shown_keys = keys[::step]
    bars = [bar for lane, key in enumerate(shown_keys) for bar in _bars(lane, found[key], clock)]
    faults = [
        Fault(lane, clock.place(row["at"]), row)
        for lane, key in enumerate(shown_keys)
        for row in found[key]
        if row["event"] in _FAULTS
    ]
    models = tuple(dict.fromkeys(bar.model for bar in sorted(bars, key=lambda bar: bar.begin)))
    return Lanes(
        clock,
        tuple(_names(shown_keys)),
        tuple(bars),
        tuple(faults),
        models,
        len(keys) - len(shown_keys),
    )


def busy_spans(content: ReportContent) -> list[tuple[datetime, datetime]]:
    """Return start and end of every load and unit; empty without a timeline."""
    return [(row["at"], end_time(row)) for row in _rows(content) if row["event"] in _TIMED_EVENTS]


def _rows(content: ReportContent) -> list[dict[str, Any]]:
    rows = [] if content.timeline is None else numbered_rows(content.timeline)
    return [row for row in rows if row["replica"]]


def end_time(row: Row) -> datetime:
    """Return the end of an event of the timeline."""
    end: datetime = row["at"] + timedelta(seconds=row["seconds"])
    return end


def _places(row: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return (machine, GPU, "gpu") per GPU, or (machine, replica, "replica")."""
    node = row["node"] or ""
    gpus = [part for part in (row["gpus"] or "").split(",") if part]
    return [(node, gpu, "gpu") for gpu in gpus] or [(node, row["replica"], "replica")]


def _bars(lane: int, rows: Sequence[dict[str, Any]], clock: Clock) -> Iterator[Bar]:
    """Yield the bars of a lane; units that overlap or follow closely are joined."""
    near = _JOINED * clock.length
    open_bars: dict[tuple[str, str], Bar] = {}
    for row in sorted(rows, key=lambda row: row["at"]):
        if row["event"] not in _TIMED_EVENTS:
            continue
        stage = "load" if row["event"] == "load" else row["stage"].partition(" ")[0]
        begin, end = clock.place(row["at"]), clock.place(end_time(row))
        key = (row["model"], stage)
        last = open_bars.get(key)
        if last is not None and begin - last.end <= near:
            latest = row if end_time(row) > end_time(last.last) else last.last
            open_bars[key] = Bar(lane, last.begin, max(end, last.end), *key, last.first, latest)
            continue
        if last is not None:
            yield last
        open_bars[key] = Bar(lane, begin, end, *key, row, row)
    yield from open_bars.values()


def _names(keys: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the names of lanes, with the machine if there are several."""
    several = len({node for node, *_ in keys}) > 1
    counted: dict[str, int] = {}
    for node, name_or_gpu, kind in keys:
        if kind == "gpu":
            name = f"GPU {name_or_gpu}"
        else:
            model = re.sub(r"-\d+-\d+$", "", name_or_gpu)
            counted[model] = counted.get(model, 0) + 1
            name = f"{model} #{counted[model]}"
        yield f"{node}  {name}" if several and node else name


def _natural(text: str) -> tuple[Any, ...]:
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", text))


@dataclass(frozen=True)
class Pause:
    """A pause that the axis leaves out."""

    at: float
    """Position on the axis, in seconds."""
    seconds: float
    """Length of the pause."""


@dataclass(frozen=True)
class Clock:
    """Map from times to seconds on an axis that leaves out long pauses."""

    began: datetime
    pauses: tuple[Pause, ...]
    length: float
    _stretches: tuple[tuple[float, float, float], ...]
    """Begin and end of each busy stretch in real seconds, and its begin on the axis."""

    def place(self, moment: datetime) -> float:
        """Return the position of a time on the axis, in seconds from its left end."""
        real = (moment - self.began).total_seconds()
        place = 0.0
        for begin, end, drawn in self._stretches:
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


def make_clock(spans: Sequence[tuple[datetime, datetime]]) -> Clock:
    """Return the clock of one or more busy spans; the gaps between them are pauses."""
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
    drawn_stretches, pauses, drawn = [], [], 0.0
    for i, (begin, end) in enumerate(stretches):
        if i:
            pause = begin - stretches[i - 1][1]
            if pause > _SHORTEST_CUT * busy:
                pauses.append(Pause(drawn + _CUT_WIDTH * busy / 2, pause))
                drawn += _CUT_WIDTH * busy
            else:
                drawn += pause
        drawn_stretches.append((begin, end, drawn))
        drawn += end - begin
    return Clock(began, tuple(pauses), max(drawn, 1e-9), tuple(drawn_stretches))


def duration_text(seconds: float) -> str:
    """Return a duration as text: 40 s, 12 min, 3.5 h, 2 days."""
    for size, name in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds:.0f} s"
