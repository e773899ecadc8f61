"""One exception per situation a user can meet; each message says what, where and what to do.

Every message is a single line. The console prints it without a traceback and ends with `exit_code`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CultureRayError(Exception):
    """Something went wrong that the project knows about."""

    exit_code = 1


class UserError(CultureRayError):
    """The input has to change before the same command can work."""

    exit_code = 2


class UnknownName(UserError):
    """A name that does not exist, with the nearest ones that do."""

    def __init__(self, kind: str, name: str, choices: Iterable[str], where: str = "") -> None:
        known = sorted(choices)
        place = f" in {where}" if where else ""
        super().__init__(f"unknown {kind} '{name}'{place}: {nearest(name, known)}")


class WrongValue(UserError):
    """A configuration value of the wrong type or outside its range."""

    def __init__(self, key: str, value: object, expected: str) -> None:
        super().__init__(f"{key}={value!r} cannot be used: expected {expected}")


class BadOverride(UserError):
    """Words on the command line that are not a Hydra override."""


class BadPrompts(UserError):
    """A template, wording or statement that cannot be used as it is."""


class BadTable(UserError):
    """A data file that lacks a column or holds values outside their range."""


class MissingGroundTruth(UserError):
    """Topics without a figure for a population that the run compares with."""


class RunMismatch(UserError):
    """A run directory that was made by another configuration."""


class NoSuchRun(UserError):
    """A run directory that does not exist."""


class DiskProblem(UserError):
    """The results directory is full or cannot be written."""


class MissingExtra(UserError):
    """An optional part of the installation is missing."""

    def __init__(self, needed_for: str, extra: str) -> None:
        super().__init__(
            f"{needed_for} needs packages that are not installed: "
            f'run pip install "culture-ray[{extra}]" (in a clone: make venv)'
        )


class ModelFilesMissing(UserError):
    """A model's files are neither here nor to be had from here."""


class MissingKey(UserError):
    """An API model without its key in the environment."""

    def __init__(self, model: str, variable: str) -> None:
        super().__init__(
            f"model {model} needs an API key, and the environment variable {variable} is not set: "
            f"run export {variable}=... first, or name another one in its file (api.key_variable)"
        )


class NeedsGpu(UserError):
    """A model that needs more GPUs than the cluster has."""


class ModelDoesNotFit(UserError):
    """A model that does not fit into the memory there is."""


class NoRay(CultureRayError):
    """A Ray that does not start, or does not let this sweep join; the same command may go on."""


class NoSlurm(UserError):
    """Slurm's commands are not on this machine, or its controller does not answer."""


class JobLost(CultureRayError):
    """A job of a launcher that ended without saying how; the same command goes on."""

    exit_code = 3


class SlurmRefused(UserError):
    """A job that Slurm did not take, in Slurm's own words."""


class JobTooSmall(UserError):
    """A sweep that does not fit what a cluster's configuration allows a job."""


class EngineFailed(CultureRayError):
    """An engine that could not start, in its own words."""


class ModelStops(CultureRayError):
    """A model that cannot go on whatever is tried again; what it has answered stays."""


class CapReached(ModelStops):
    """A request whose highest price does not fit the spending cap any more."""


class UnknownPrice(UserError):
    """A model that costs money, nobody knows how much."""


class NoCap(UserError):
    """Requests that cost money, and no word on how much may be spent."""


class NotConfirmed(UserError):
    """A run that was to be confirmed before it costs money, and was not."""


class BadLedger(UserError):
    """A spending ledger that cannot be used: another run's, or damaged."""


class Drained(CultureRayError):
    """The run stopped before its end on request; the same command goes on."""

    exit_code = 75


def nearest(name: str, known: list[str]) -> str:
    """Return 'did you mean ...' for a mistyped name, or the list of what exists."""
    close = difflib.get_close_matches(name.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    if close:
        match = next(k for k in known if k.lower() == close[0])
        return f"did you mean '{match}'?"
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"there is {shown}" if known else "there is none"
