"""Vocabulary of the languages that come with the project, and the opinions it finds."""

from __future__ import annotations

from culture_ray.config.phrases import known_phrases
from culture_ray.judging.opinions import Split, split_opinions
from culture_ray.judging.vocabulary import vocabulary

SHIPPED = vocabulary(known_phrases({}))


def shipped_split(text: str, *, continues_list: bool = False) -> Split:
    """Return the opinions of a response in any language of the project."""
    return split_opinions(text, SHIPPED, continues_list=continues_list)
