"""`culture-ray plan --preregister`: a dated document of what a run will ask and test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from culture_ray.cli.flags import without_flag
from culture_ray.errors import NoEffect

if TYPE_CHECKING:
    from culture_ray.run.preregistration import Registration
    from culture_ray.stages.context import RunContext

_FLAG, _HYPOTHESES = "--preregister", "--hypotheses"


@dataclass(frozen=True)
class WrittenRegistration:
    """Preregistration as written: its version, and the path of its text."""

    registered: Registration
    path: Path

    def sentences(self) -> tuple[str, ...]:
        """Return lines for the terminal: the file, its hash, and what to do with them."""
        return (
            f"preregistration, version {self.registered.version}: {self.path}",
            f"SHA-256: {self.registered.sha256}",
            "deposit the files of this version, or the hash, where others can see the date, and "
            "then sweep; the report says whether the run kept to it",
        )

    def as_json(self) -> dict[str, str | int]:
        """Return the version, the hash and the path for JSON."""
        found = self.registered
        return {
            "version": found.version,
            "made_at": found.made_at,
            "sha256": found.sha256,
            "path": str(self.path),
        }


def preregistered_words(words: list[str]) -> tuple[list[str], str | None]:
    """Return the words without the flags of a preregistration, and the text of its hypotheses.

    The text is empty without --hypotheses, and None without --preregister. Raises WrongValue for a
    file that cannot be used, and NoEffect for hypotheses without a preregistration.
    """
    expected = f"a text file after it, such as {_HYPOTHESES} hypotheses.txt"
    words, path = without_flag(words, _HYPOTHESES, expected)
    if _FLAG not in words:
        if path is not None:
            raise NoEffect(f"{_HYPOTHESES} has no effect without {_FLAG}: add it")
        return words, None
    from culture_ray.tools.preregistration.preregister import read_hypotheses

    text = "" if path is None else read_hypotheses(Path(path))
    return [word for word in words if word != _FLAG], text


def written_registration(context: RunContext, hypotheses: str) -> WrittenRegistration:
    """Write the preregistration of a run; raises the errors of `preregister`."""
    from culture_ray.tools.preregistration.preregister import preregister

    return WrittenRegistration(*preregister(context, hypotheses, datetime.now(UTC)))
