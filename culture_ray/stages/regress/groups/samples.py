"""Respondents and responses of one country as the arrays that measures compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers, People
from culture_ray.prompts.language import Language
from culture_ray.stages.measure.answers import response_shares
from culture_ray.survey.microdata.sample import halves_of
from culture_ray.survey.profiles import Profile
from culture_ray.survey.respondents import Respondents
from culture_ray.survey.topics import Topic

_PROMPT = ["topic", "template", "wording", "sample", "variant"]


def people_of(
    respondents: Respondents, profiles: Sequence[Profile], topics: Sequence[Topic]
) -> People:
    """Return the respondents of some profiles, with their answers to the topics."""
    number = {profile: at for at, profile in enumerate(profiles)}
    place = np.array([number.get(profile, -1) for profile in respondents.profiles])
    profile = place[respondents.profile]
    rows = np.flatnonzero(profile >= 0)
    nothing = np.full(len(respondents.profile), -1, dtype=np.int64)
    answers = [respondents.answers.get(topic.id, nothing)[rows] for topic in topics]
    stratum, cluster = respondents.stratum[rows], respondents.cluster[rows]
    return People(
        profile=profile[rows],
        weight=respondents.weight[rows],
        stratum=stratum,
        cluster=cluster,
        half=halves_of(*(np.unique(x, return_inverse=True)[1] for x in (stratum, cluster))),
        answers=np.stack(answers, axis=1),
        scales=tuple(len(topic.scale.answers) for topic in topics),
    )


def response_frame(
    rows: Sequence[Mapping[str, Any]],
    languages: Mapping[str, Language],
    topics: Sequence[Topic],
) -> pd.DataFrame:
    """Return the readable responses: model, protocol, language, persona, topic, prompt and share.

    `topic` is a place in `topics`, `prompt` a number that is the same for the same prompt without
    its persona, and `share` the distribution over the topic's answers.
    """
    scales = {topic.id: topic.scale for topic in topics}
    found = []
    for row in rows:
        answers = response_shares(row, languages[row["language"]], scales)
        found += [{**row, "topic": topic, "share": shares} for topic, shares in answers]
    columns = ["model", "protocol", "language", "persona", *_PROMPT, "share"]
    frame = pd.DataFrame(found, columns=[*columns])
    frame["prompt"] = frame.groupby(_PROMPT, dropna=False).ngroup()
    frame["topic"] = frame["topic"].map({topic.id: at for at, topic in enumerate(topics)})
    return frame


def responses_of(
    frame: pd.DataFrame, profiles: Sequence[Profile], topics: Sequence[Topic]
) -> ModelAnswers:
    """Return the responses of one cell as these profiles, and those without a persona."""
    number: dict[str | None, int] = {profile.text: at for at, profile in enumerate(profiles)}
    number[None] = NOBODY
    personas = [x if isinstance(x, str) else None for x in frame["persona"]]
    kept = np.array([persona in number for persona in personas], dtype=bool)
    own = frame[kept]
    most = max(len(topic.scale.answers) for topic in topics)
    share = np.zeros((len(own), most))
    for row, shares in enumerate(own["share"]):
        share[row, : len(shares)] = shares
    return ModelAnswers(
        profile=np.array([number[p] for p in personas if p in number], dtype=np.int64),
        topic=own["topic"].to_numpy(np.int64),
        prompt=own["prompt"].to_numpy(np.int64),
        share=share,
    )


def fewest_prompts(responses: ModelAnswers, *, plain: bool = False) -> int:
    """Return the number of prompts of the topic with the fewest; 0 without any response.

    With `plain`, only those without a persona count.
    """
    rows = responses.profile == NOBODY if plain else np.ones(len(responses.profile), np.bool_)
    prompts = np.unique(np.stack([responses.topic[rows], responses.prompt[rows]]), axis=1)
    return int(np.unique(prompts[0], return_counts=True)[1].min(initial=len(responses.prompt)))
