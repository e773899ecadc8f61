"""Judges of known skill: they find the true stance of gold opinions by their text."""

from __future__ import annotations

import json
import re
from functools import cache

import numpy as np

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.judging.gold_set import gold_set
from culture_ray.judging.opinions import split_opinions
from tests.shipped import SHIPPED

OPPOSITE = {"pro": "con", "con": "pro", "neutral": "neutral"}


class GoldReader:
    """Reads gold opinions right, except that it takes a side for its opposite as often as told."""

    def __init__(self, model: Model) -> None:
        self.in_flight = model.in_flight
        env = model.env
        self._pro, self._con = float(env.get("PRO_AS_CON", 0)), float(env.get("CON_AS_PRO", 0))
        self._always = env.get("ALWAYS")
        self._breaks = env.get("BREAKS")

    async def start(self) -> None:
        """Be ready."""

    async def generate(self, request: Request) -> Response:
        """Return the stances of the opinions in the prompt's last text."""
        text = re.findall(r"<text>\n(.*?)\n</text>", request.prompt, re.S)[-1]
        chance = np.random.default_rng(request.seed)
        stances = [self._read(stance, chance) for stance in known(text)]
        said = json.dumps({"language": "en", "stances": stances})
        if request.choices:
            said = stances[0]
        elif self._breaks == "cut":
            said = said[:-3]
        elif self._breaks == "words":
            said = "I would rather not say."
        return Response(request.request_id, said, "stop", 100, 20)

    async def close(self) -> None:
        """Hold nothing."""

    def _read(self, stance: str, chance: np.random.Generator) -> str:
        if self._always:
            return self._always
        wrong = {"pro": self._pro, "con": self._con, "neutral": 0.0}[stance]
        return OPPOSITE[stance] if chance.random() < wrong else stance


def known(text: str) -> list[str]:
    """Return the true stances of a text of gold opinions; of a whole summary, all of them."""
    if text in _summaries():
        return list(_summaries()[text])
    by_text = _opinions()
    return [
        by_text[one] for one in split_opinions(text, SHIPPED).opinions or (text,) if one in by_text
    ] or [by_text[text]]


@cache
def _opinions() -> dict[str, str]:
    found = {}
    for one in gold_set():
        split = split_opinions(one.text, SHIPPED, continues_list=one.continues_list)
        if len(split.opinions) == len(one.stances):
            found |= dict(zip(split.opinions, one.stances, strict=True))
    return found


@cache
def _summaries() -> dict[str, tuple[str, ...]]:
    return {one.text.strip(): one.stances for one in gold_set() if one.form == "summary"}
