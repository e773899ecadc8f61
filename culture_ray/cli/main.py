"""The console command: `culture-ray VERB [overrides]`."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Sequence

from culture_ray import __version__
from culture_ray.cli.catalogue import VERBS
from culture_ray.errors import CultureRayError, ExitCode, UnknownName
from culture_ray.redaction.secrets import scrub_message
from culture_ray.redaction.visible import visible, visible_line
from culture_ray.store.atomic import disk_problem
from culture_ray.submission.submitted_command import command_of_sweep


def main(argv: Sequence[str] | None = None) -> None:
    """Run a verb and exit with its `ExitCode`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["--version"]:
        print(f"culture-ray {__version__}")
        sys.exit(0)
    if words[:1] == ["help"] and len(words) > 1:
        words = [words[1], *words[2:], "--help"]
    if not words or words[0] in {"-h", "--help", "help"}:
        from culture_ray.cli.help import overview

        print(overview())
        sys.exit(0)
    sys.exit(_guarded(lambda: _dispatch(words[0], words[1:]), words))


def run_verb(verb: str) -> None:
    """Run a verb with the arguments of the command line; called by the scripts in jobs/."""
    main([verb, *sys.argv[1:]])


def _dispatch(verb: str, overrides: list[str]) -> int:
    if verb not in VERBS:
        raise UnknownName("verb", verb, VERBS)
    if "--help" in overrides or "-h" in overrides:
        from culture_ray.cli.help import verb_help

        print(verb_help(verb, overrides[0]))
        return 0
    return VERBS[verb].act(overrides)


def _guarded(act: Callable[[], int], words: Sequence[str]) -> int:
    """Return the exit code of `act`, with one line on standard error for each way to fail."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        return act()
    except CultureRayError as error:
        _complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        sweeps = words[0] == "sweep"
        command = command_of_sweep(words[1:]) if sweeps else shlex.join(["culture-ray", *words])
        _complain(f"interrupted; committed results are safe. Resume with: {command}")
        return ExitCode.STOPPED
    except BrokenPipeError:  # the reader of a pipe has left, as in `culture-ray plan | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if isinstance(error, OSError) and (problem := disk_problem(error)) is not None:
            _complain(str(problem))
            return problem.exit_code
        print(visible(scrub_message(traceback.format_exc())), end="", file=sys.stderr)
        _complain(
            "this is a bug in culture_ray, not a mistake in your input; committed results are safe"
        )
        return ExitCode.INTERNAL


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _complain(message: str) -> None:
    print(f"culture-ray: {visible_line(scrub_message(message))}", file=sys.stderr)


if __name__ == "__main__":
    main()
