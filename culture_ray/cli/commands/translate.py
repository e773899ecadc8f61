"""`culture-ray translate`: the texts of a language, made by a model and to be reviewed."""

from __future__ import annotations

from culture_ray.cli.commands.texts import Words, make_texts
from culture_ray.tools.texts.requests import TextRun
from culture_ray.tools.texts.translate import TextJob, TextResult, translate


def act(overrides: list[str]) -> int:
    """Translate; return 0, or 3 when some texts could not be made."""

    def make(asked: TextJob, run: TextRun, _: Words) -> TextResult:
        return translate(asked, run)

    return make_texts("translate", overrides, make)
