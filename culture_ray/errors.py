"""Exceptions of the package, one per situation a user can meet.

A message is one line that says what was found, where, and what to do. The console prints it without
a traceback and exits with `exit_code`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import IntEnum

IN_QUOTES = "in quotes: YAML reads a bare yes, no, on or off as true or false"
"""Advice where a text was expected and a boolean came, such as Norway's code."""

_SHOWN = 16
"""Names that a message lists where none is near."""

_NEAR = 0.5
"""Similarity from which a name is taken for the one that was meant."""


class ExitCode(IntEnum):
    """Exit code of the console command, with its meaning as users read it."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> ExitCode:
        """Make a member that equals its number."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    DONE = 0, "done"
    INTERNAL = 1, "internal error"
    INVALID = 2, "invalid input"
    INCOMPLETE = 3, "ended, but not complete: the last lines say what is missing or failed"
    STOPPED = 75, "stopped before the end: the same command resumes it"


class CultureRayError(Exception):
    """Base class of every error that has a message for users."""

    exit_code: int = ExitCode.INTERNAL


class UserError(CultureRayError):
    """The input has to be changed before the same command can work."""

    exit_code = ExitCode.INVALID


class UnknownName(UserError):
    """A name does not exist; the message suggests the nearest one.

    Where none is near, it names the command that lists them, `listed_by`.
    """

    def __init__(
        self, kind: str, name: str, choices: Iterable[str], where: str = "", listed_by: str = ""
    ) -> None:
        place = f" in {where}" if where else ""
        hint = nearest(name, sorted(choices))
        more = f"; {listed_by} describes them" if listed_by and not hint.endswith("?") else ""
        super().__init__(f"unknown {kind} '{name}'{place}: {hint}{more}")


class WrongValue(UserError):
    """A configuration value has the wrong type or is outside its range."""

    def __init__(self, key: str, value: object, expected: str) -> None:
        super().__init__(f"{key}={value!r} cannot be used: expected {expected}")


class NoValue(WrongValue):
    """A key that needs a value is missing."""

    def __init__(self, key: str) -> None:
        UserError.__init__(
            self, f"{key} is missing: give it a value in its file, or as {key}=VALUE"
        )


class LacksKeys(WrongValue):
    """A file lacks keys that it needs; the message lists all of them."""

    def __init__(self, key: str, missing: Sequence[str]) -> None:
        UserError.__init__(self, f"{key} lacks {', '.join(missing)}: write them in its file")


class BadOverride(UserError):
    """An argument on the command line is not a Hydra override."""


class NoEffect(UserError):
    """A word on the command line would do nothing for the verb."""


class BadPrompts(UserError):
    """A template, wording or statement cannot be used as it is."""


class BadTable(UserError):
    """A data file lacks a column or contains values outside their range."""


class OtherSurvey(BadTable):
    """A data file is not of the survey whose mapping is used, but has the columns of another's."""

    def __init__(self, message: str, survey: str) -> None:
        super().__init__(f"{message}; the file has the columns of survey={survey}")
        self.survey = survey


class MissingGroundTruth(UserError):
    """Topics have no ground truth for a population that the run compares with."""


class NoSpeakers(MissingGroundTruth):
    """The figures have no speakers of a language."""


class RunMismatch(UserError):
    """The run directory belongs to another configuration."""


class NoSuchRun(UserError):
    """The run directory does not exist."""


class DiskProblem(UserError):
    """The file system is full, or the results directory cannot be written."""


class MissingExtra(UserError):
    """An optional dependency is not installed."""

    def __init__(self, needed_for: str, extra: str) -> None:
        super().__init__(
            f"{needed_for} needs packages that are not installed: "
            f'run pip install "culture-ray[{extra}]" (in a clone: make venv)'
        )


class ModelFilesMissing(UserError):
    """The files of a model are not on this machine and cannot be downloaded."""


class DataSetMissing(UserError):
    """The files of a benchmark's data set are not on this machine and cannot be downloaded."""


class HubProblem(UserError):
    """The hub cannot be reached, or refuses what was asked of it."""


class TrackingProblem(UserError):
    """A tracking server cannot be reached, or refuses a run."""


class MissingKey(UserError):
    """The environment variable with the key of an API model is not set."""

    def __init__(self, model: str, variable: str) -> None:
        super().__init__(
            f"model {model} needs an API key, but the environment variable {variable} is not set: "
            f"run export {variable}=... first, or name another variable in the model's file "
            f"(api.key_variable; null for a server without keys)"
        )


class BadKey(UserError):
    """The key in an environment variable cannot be sent; the message never contains it."""

    def __init__(self, variable: str, problem: str, position: int, length: int) -> None:
        super().__init__(
            f"the environment variable {variable} holds {problem} at character {position} of "
            f"{length}: a key is one line of ASCII characters; copy it again and set the variable "
            f"anew"
        )


class KeyInConfiguration(UserError):
    """The configuration holds a key; the message never shows it."""

    def __init__(self, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{place} holds {what}, which would be stored with the run: {remedy}")


class BadApiSettings(UserError):
    """The `api` part of a model's file cannot be used; the message contains no secret."""

    def __init__(self, model: str, key: str, problem: str) -> None:
        super().__init__(f"model {model}: api.{key} {problem}")


class NeedsGpu(UserError):
    """A model needs more GPUs than the cluster has."""


class ModelDoesNotFit(UserError):
    """A model does not fit into the available memory."""


class NoRay(CultureRayError):
    """Ray does not start, or cannot be joined; the same command may resume the sweep."""


class RayLost(CultureRayError):
    """Ray's head ended while it was used; the same command resumes the sweep."""

    exit_code = ExitCode.STOPPED


class NoSlurm(UserError):
    """The commands of Slurm are not installed, or its controller does not answer."""


class JobLost(CultureRayError):
    """A job of a Hydra launcher ended without a result; the same command resumes it."""

    exit_code = ExitCode.INCOMPLETE


class SlurmRefused(UserError):
    """Slurm rejected a job; the message is Slurm's own."""


class JobTooSmall(UserError):
    """A sweep does not fit into a job of the size that the cluster's configuration allows."""


class EngineFailed(CultureRayError):
    """An engine could not start; the message is its own."""


class ModelStops(CultureRayError):
    """A model cannot continue, and retrying does not help; its responses are kept."""


class CapReached(ModelStops):
    """The highest possible price of a request no longer fits under the spending cap."""


class ReservationExceeded(ModelStops):
    """A provider billed more for a request than the most it was expected to cost."""


class UnknownPrice(UserError):
    """The price of an API model is unknown."""


class NoCap(UserError):
    """Requests cost money, and no spending cap is set."""


class NotConfirmed(UserError):
    """The cost of a run had to be confirmed, and was not."""


class BadLedger(UserError):
    """The spending ledger cannot be used: it belongs to another run, or is damaged."""


class Drained(CultureRayError):
    """The run was stopped on request; the same command resumes it."""

    exit_code = ExitCode.STOPPED


def nearest(name: str, known: list[str]) -> str:
    """Return "did you mean ...?" for a mistyped name, or else the choices."""
    matcher = difflib.SequenceMatcher(None, "", name.lower())
    best, near = _NEAR, list[str]()
    for key in known:
        matcher.set_seq1(key.lower())
        # The bounds are quick, and most keys of a configuration are unlike the one that was typed.
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        ratio = matcher.ratio()
        if ratio > best:
            best, near = ratio, []
        if ratio == best:
            near.append(key)
    if near:
        # Of equally near ones, that which begins alike: 'da' for 'dk', not 'uk'.
        match = next((k for k in near if k[:1].lower() == name[:1].lower()), near[0])
        return f"did you mean '{match}'?"
    shown = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return f"the choices are {shown}" if known else "there are no choices"
