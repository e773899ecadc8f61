"""`culture-ray vary`: new wordings or templates, made by a model and to be reviewed."""

from __future__ import annotations

from culture_ray.cli.commands.texts import Words, make_texts
from culture_ray.tools.texts.requests import TextRun
from culture_ray.tools.texts.translate import TextJob, TextResult, vary


def act(overrides: list[str]) -> int:
    """Propose new texts; return 0, or 3 when some could not be made."""

    def make(asked: TextJob, run: TextRun, words: Words) -> TextResult:
        return vary(asked, run, words.what, words.count)

    return make_texts("vary", overrides, make)
