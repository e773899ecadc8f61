"""`culture-ray vary`: new wordings or templates, made by a model and to be reviewed."""

from __future__ import annotations

from culture_ray.stages.ask_texts import TextRun
from culture_ray.stages.translate import TextsAsked, TextsMade, vary
from culture_ray.verbs.texts import Words, make_texts


def act(overrides: list[str]) -> int:
    """Propose new texts; return 0, or 3 when some could not be made."""

    def make(asked: TextsAsked, run: TextRun, words: Words) -> TextsMade:
        return vary(asked, run, words.what, words.count)

    return make_texts("vary", overrides, make)
