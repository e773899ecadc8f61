"""`culture-ray translate`: the texts of a language, made by a model and to be reviewed."""

from __future__ import annotations

from culture_ray.stages.ask_texts import TextRun
from culture_ray.stages.translate import TextsAsked, TextsMade, translate
from culture_ray.verbs.texts import Words, make_texts


def act(overrides: list[str]) -> int:
    """Translate; return 0, or 3 when some texts could not be made."""

    def make(asked: TextsAsked, run: TextRun, _: Words) -> TextsMade:
        return translate(asked, run)

    return make_texts("translate", overrides, make)
