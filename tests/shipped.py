"""Vocabulary of the languages that come with the project."""

from __future__ import annotations

from culture_ray.config.phrases import known_phrases
from culture_ray.judging.vocabulary import vocabulary

SHIPPED = vocabulary(known_phrases({}))
