"""Log of a job: what its last lines tell about its end."""

from __future__ import annotations

import re
from pathlib import Path

from culture_ray.redaction.visible import visible_line

_READ = 65_536
"""Bytes read from the end of a log."""

_CODE = re.compile(r"^sweep\.sbatch: exit code (\d+)$")
_SLURM_ENDS = re.compile(r"slurmstepd\S*: error: \*\*\* JOB .* CANCELLED AT \S+ ?(.*?) ?\*\*\*")
_NOISE = re.compile(
    r"^(sweep\.sbatch: (exit code|job \S+ of the chain|Ray's logs are in)|srun: "
    r"|slurmstepd\S*: error: \*\*\* STEP|/\S+: \w+ \d+: +\d+ \w.* run_in_job )"
)
"""Lines that follow the one that matters when a job ends.

The last is bash's, of a sweep that was killed: "/spool/slurm_script: line 95: 123 Killed run_in_job
...", in the user's language.
"""

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def last_line(log: Path) -> str:
    """Return the last line that says something, without colours; empty if there is none."""
    lines = [line for line in _lines(log) if not _NOISE.match(line)]
    return lines[-1] if lines else ""


def exit_code(log: Path) -> int | None:
    """Return the exit code with which the batch script ended last; None if it was cut short."""
    lines = _lines(log)
    match = _CODE.match(lines[-1]) if lines else None
    return int(match[1]) if match else None


def ended_by(log: Path) -> str:
    """Return Slurm's reason for ending the job, such as DUE TO TIME LIMIT; else empty."""
    found = [match for line in _lines(log) if (match := _SLURM_ENDS.match(line))]
    return found[-1][1].lower() if found else ""


def _lines(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _READ))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return []
    # A progress bar returns to the start of its line: what is seen is what was printed last.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return [visible_line(clean) for line in lines if (clean := _COLOURS.sub("", line).strip())]
