"""Check of a key before its first use: what cannot be sent in an HTTP header is refused."""

from __future__ import annotations

from culture_ray.errors import BadKey
from culture_ray.redaction.secrets import KNOWN


def checked_key(variable: str, value: str) -> str:
    """Return the key in an environment variable, without surrounding blanks, empty if it has none.

    The key counts as a secret of this process from here on. Raises BadKey, which names the variable
    and the position but never the key, for a character that an HTTP header cannot hold.
    """
    key = value.strip()
    for position, character in enumerate(key, 1):
        problem = _problem(character)
        if problem is not None:
            raise BadKey(variable, problem, position, len(key))
    KNOWN.add(key)
    return key


def _problem(character: str) -> str | None:
    if character in "\r\n":
        return "a line break"
    if ord(character) < 0x20 or ord(character) == 0x7F:
        return "a control character"
    return None if character.isascii() else "a character that is not ASCII"
