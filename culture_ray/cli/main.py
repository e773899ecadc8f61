"""The console command: `culture-ray VERB [overrides]`."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Sequence

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.help import overview, verb_help
from culture_ray.errors import CultureRayError, UnknownName

INTERRUPTED = 75


def main(argv: Sequence[str] | None = None) -> None:
    """Run one verb and leave with its exit code: 0 done, 1 our fault, 2 the input, 3, 75."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help", "help"}:
        print(overview())
        sys.exit(0)
    sys.exit(_guarded(lambda: _dispatch(words[0], words[1:]), words))


def run_verb(verb: str) -> None:
    """Run one verb with the words of the command line; what the scripts in jobs/ call."""
    main([verb, *sys.argv[1:]])


def _dispatch(verb: str, overrides: list[str]) -> int:
    if verb not in VERBS:
        raise UnknownName("verb", verb, VERBS)
    if "--help" in overrides or "-h" in overrides:
        print(verb_help(verb))
        return 0
    return VERBS[verb].act(overrides)


def _guarded(act: Callable[[], int], words: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        return act()
    except CultureRayError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        command = shlex.join(["culture-ray", *words])
        _say(f"interrupted; what is committed is safe. Resume with: {command}")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe left, as `culture-ray plan | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        _say("this is a fault of culture_ray itself, not of your input; what is committed is safe")
        return 1


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _say(message: str) -> None:
    print(f"culture-ray: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
