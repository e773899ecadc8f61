"""Flags with a value, taken from the words of a command."""

from __future__ import annotations

from culture_ray.errors import WrongValue


def without_flag(words: list[str], flag: str, expected: str) -> tuple[list[str], str | None]:
    """Return the words without a flag, and the value after it; None if the flag is not there.

    Raises WrongValue, which names what is expected, for a flag without a value.
    """
    if flag not in words:
        return words, None
    at = words.index(flag)
    if at + 1 == len(words) or "=" in words[at + 1] or words[at + 1].startswith("--"):
        raise WrongValue(flag, None, expected)
    return words[:at] + words[at + 2 :], words[at + 1]
