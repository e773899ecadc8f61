"""Fills run directories with responses and labels through the stages' own tasks, without models.

Only what a model would say is made up; rendering, reading, schemas and commits are the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.thoughts.split import CUT_OFF
from culture_ray.plan.engines import base_models, engine_names
from culture_ray.plan.requests import request_plan, request_table
from culture_ray.plan.stage_units import elicit_units, judge_units
from culture_ray.prompts.render import options_of
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.rule_labels import label_by_rule
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.store.shards import commit, replace_table
from culture_ray.sweep.plan.units import Task, Unit

Fate = Callable[[Mapping[str, Any]], str]
"""Fate of a row of requests: one of FATES, `cut_thinking`, or `fine`."""

FATES = (
    "failed", "truncated", "refusal", "empty", "repetitive", "wrong_language", "unparsable",
    "judge_error", "undecided",
)  # fmt: skip

SAID = {
    "en": (
        "I have thought about this for years and my mind is made up.",
        "My parents taught me one thing, but life has shown me another.",
        "It depends on the family, though most neighbours would agree with me.",
        "People in the village talk about little else these days.",
        "The newspapers make too much of it, in my opinion.",
        "When I was young nobody would have asked such a question.",
        "My daughter and I argue about exactly this at dinner.",
        "The church has its view and I have mine.",
        "Politicians should listen to ordinary workers before they decide.",
        "I would rather not see any law about such private matters.",
    ),
    "da": (
        "Det har jeg tænkt over i mange år, og jeg er ikke i tvivl.",
        "Mine forældre lærte mig noget andet, men livet har ændret min mening.",
        "Det kommer an på familien, selv om de fleste naboer er enige med mig.",
        "Man taler næsten ikke om andet her i byen for tiden.",
        "Aviserne gør efter min mening alt for meget ud af det.",
        "Da jeg var ung, ville ingen have stillet sådan et spørgsmål.",
        "Min datter og jeg skændes om netop dette ved aftensbordet.",
        "Kirken har sit syn på sagen, og jeg har mit.",
        "Politikerne burde lytte til almindelige arbejdere, før de beslutter noget.",
        "Jeg vil helst ikke have love om så private forhold.",
    ),
}
SAID |= {"nl": SAID["en"], "pt": SAID["en"], "de": SAID["en"]}  # which the detector then tells

REFUSAL = {"en": "I'm sorry, but I can't help with that.", "da": "Beklager, det kan jeg ikke."}


def answer(settings: Settings, fate: Fate = lambda _: "fine", *, judge: bool = True) -> None:
    """Open the run, commit every shard that it lacks, and write its request tables.

    Models answer like the speakers of the prompt's language, with their own noise.
    """
    opened = RunContext(settings).open()
    plan = request_plan(settings)
    for model in settings.models:
        for language in settings.languages:
            table = request_table(plan, model, language)
            replace_table(settings.run.requests(model, language), table)
    sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
    elicit = ElicitTask(settings.languages, sampling, base_models(settings.models))
    units = list(elicit_units(settings, plan))
    truth = _truth(settings)
    for unit in units:
        if unit.path not in opened.done:
            _commit(elicit, unit, lambda row, one: _response(settings, row, one, fate(row), truth))
    if judge:
        scales = {topic.id: topic.scale for topic in settings.topics}
        label_by_rule(settings.run, settings.languages, scales, units, opened.done)
    names = engine_names(settings.models, settings.judges)
    for name, of in settings.judges.items() if judge else ():
        label = JudgeTask(
            name, of, settings.languages, base_models(settings.models), settings.phrases
        )
        for unit in judge_units(settings.run, name, settings.judges[name], names[name], units):
            if unit.path not in opened.done:
                _commit(label, unit, lambda row, one: _judgement(row, one, fate(row), truth))


def _commit(task: Task, unit: Unit, say: Callable[[Mapping[str, Any], Request], Response]) -> None:
    loaded = task.load(unit)
    rows = loaded.rows.to_pylist()
    said = [
        None if one is None else say(row, one)
        for row, one in zip(rows, loaded.requests, strict=True)
    ]
    assert commit(unit.path, task.table(loaded, said, "made-up", 1))


def _response(
    settings: Settings,
    row: Mapping[str, Any],
    request: Request,
    fate: str,
    truth: Mapping[tuple[str, str], float],
) -> Response:
    language = row["language"]
    if request.options and fate != "failed":
        return _answered(settings, row, request, truth)
    begun = row["model"] in base_models(settings.models)  # the prompt ends in "1."
    other = next(code for code in SAID if code != language)
    texts = {
        "refusal": REFUSAL.get(language, REFUSAL["en"]),
        "empty": " ",
        "repetitive": _listed((SAID.get(language, SAID["en"])[0],) * 10, begun),
        "wrong_language": _listed(SAID[other], begun),
    }
    if fate == "failed":
        return Response(request.request_id, None, "error", failure="the engine said no")
    if fate == "cut_thinking":
        return Response(
            request.request_id, None, "length", 50, 600, failure=CUT_OFF, thoughts="1. A nurse?",
            reasoning_tokens=600,
        )  # fmt: skip
    text = texts.get(fate, _listed(SAID.get(language, SAID["en"]), begun))
    reason = "length" if fate == "truncated" else "stop"
    return Response(request.request_id, text, reason, len(request.prompt) // 4, len(text) // 4)


def _answered(
    settings: Settings,
    row: Mapping[str, Any],
    request: Request,
    truth: Mapping[tuple[str, str], float],
) -> Response:
    """Nine tenths of the probability on the options, pro as often as among the speakers."""
    scale = next(topic.scale for topic in settings.topics if topic.id == row["topic"])
    codes = options_of(settings.languages[row["language"]], row["topic"], row["wording"]).codes
    share = truth[row["language"], row["topic"]]
    sides = {"pro": (scale.pro, share), "con": (scale.con, 1 - share)}
    weight = dict.fromkeys(codes, 0.0)
    for side, part in sides.values():
        offered = [code for code in codes if code in side]
        weight |= {code: 0.9 * part / len(offered) for code in offered}
    probabilities = tuple(weight[code] for code in codes)
    return Response(request.request_id, "A", "length", 50, 1, probabilities=probabilities)


def _listed(sentences: tuple[str, ...], begun: bool) -> str:
    text = "\n".join(f"{number}. {said}" for number, said in enumerate(sentences, 1))
    return text.removeprefix("1.") if begun else text


def _judgement(
    row: Mapping[str, Any], request: Request, fate: str, truth: Mapping[tuple[str, str], float]
) -> Response:
    if fate == "judge_error":
        return Response(request.request_id, None, "error", failure="the judge said no")
    share = truth[row["persona"] or row["language"], row["topic"]]
    pro = int(np.random.default_rng(request.seed).binomial(10, share))
    stances = ["neutral"] * 10 if fate == "undecided" else ["pro"] * pro + ["con"] * (10 - pro)
    said = (
        "as I see it"
        if fate == "unparsable"
        else json.dumps({"language": row["language"], "stances": stances})
    )
    return Response(request.request_id, said, "stop", 100, 40)


def _truth(settings: Settings) -> dict[tuple[str, str], float]:
    truth = ground_truth_of(settings)
    found = {
        (country, topic): 0.5 if np.isnan(figure) else float(figure)  # not all were asked all
        for protocol in settings.protocols.values()
        for country in protocol.countries
        for topic, figure in zip(
            truth.topics, truth.value_polarity[truth.row(country)], strict=True
        )
    }
    for language in settings.languages:
        speakers = truth.speakers_of(language)
        name = truth.populations[0].name if speakers is None else speakers.name
        figures = truth.value_polarity[truth.row(name)]
        found |= {
            (language, topic): float(figure)
            for topic, figure in zip(truth.topics, figures, strict=True)
        }
    return found
