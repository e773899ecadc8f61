"""Steerability: change of responses towards the population that a prompt refers to."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.products import row_products
from culture_ray.measures.resampling.spread import mean_of_defined, variance_of_defined
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.conditioning import count_tensor
from culture_ray.regression.robustness.study import MIN_TOPICS, UNKNOWN, Study

CHECK = "steerability"
GAIN = "gain in alignment from prompts in the population's language"
SPREAD = "spread of value polarity between languages"

_TWO_LANGUAGES = (
    f"Fewer than two languages have {MIN_TOPICS} topics with responses and ground truth of their "
    "speakers."
)
_NOT_STEERED = (
    f"Fewer than {MIN_TOPICS} topics have responses and ground truth of the language's speakers."
)
_NO_TOPIC = (
    "No topic has two responses in each of two languages and ground truth of their speakers."
)


def steerability(study: Study) -> list[Check]:
    """Return gains in alignment per model and language, and spread ratios per model."""
    found = []
    for row in range(len(study.responses.models)):
        found += [*_gains(study, row), _spread(study, row)]
    return found


def matching_gain(aligned: FloatArray) -> FloatArray:
    """Return the gain in alignment from prompts that refer to the population compared with.

    `aligned` is (B, K, K): the alignment of responses to prompts that refer to population i with
    population j. The result is (B, K + 1): per population the alignment of its own prompts minus
    the mean of the others', then the mean over populations. A population's general ease of
    agreement cancels in its difference, and that of a kind of prompt in the mean over populations.
    """
    count = aligned.shape[1]
    own = np.diagonal(aligned, axis1=1, axis2=2)
    gain = own - (aligned.sum(axis=1) - own) / (count - 1)
    return np.concatenate([gain, gain.mean(axis=1, keepdims=True)], axis=1)


def squared_spread_ratio(
    counts: FloatArray, polarity: FloatArray, human: FloatArray, weights: FloatArray
) -> tuple[FloatArray, int]:
    """Return a model's variance between prompts over that between populations, and the topics used.

    `counts` (K, T, V) are responses per kind of prompt, topic and value polarity, whose values are
    `polarity` (V,); `human` (K, T) is the ground truth of the population that each kind of prompt
    refers to, and `weights` (B, T) the weight of each topic. The ratio (B,) is of variances over
    populations, summed over topics; it is 1 for a model that differs as much as people do, in
    whatever direction. The chance variation of responses is subtracted from the model's variance,
    which may therefore be negative; NaN where people do not differ. A topic is used with the
    populations for which it has two responses and ground truth, if there are at least two.
    """
    size = counts.sum(axis=2)
    used: BoolArray = (size >= 2) & ~np.isnan(human)
    n = used.sum(axis=0)
    used &= n >= 2
    m = np.maximum(size, 2.0)
    mean = counts @ polarity / m
    squares = counts @ polarity**2 - m * mean**2
    noise = mean_of_defined(np.where(used, squares / (m - 1.0) / m, np.nan))
    model = variance_of_defined(np.where(used, mean, np.nan)) - noise
    people = variance_of_defined(np.where(used, human, np.nan))
    sums = row_products(weights, np.nan_to_num(np.column_stack([model, people])))
    equal = sums[:, 1] <= 0
    ratio = sums[:, 0] / np.where(equal, 1.0, sums[:, 1])
    return np.where(equal, np.nan, ratio), int((n >= 2).sum())


def _gains(study: Study, row: int) -> list[Check]:
    languages = study.responses.languages
    heads = [
        Check(CHECK, GAIN, "alignment", study.responses.models[row], name)
        for name in (*languages, None)
    ]
    chosen = _steered(study, row)
    if chosen.size < 2:
        return [head.failed(_TWO_LANGUAGES) for head in heads[-1:]]
    speakers = study.surveyed.speakers[chosen]
    cells = [study.cells[row][language] for language in chosen]
    aligned = np.stack([study.aligned(cell, speakers).value for cell in cells], axis=1)
    gain = matching_gain(aligned)
    topics = np.unique(np.concatenate([cell.topics for cell in cells]))
    count = np.intersect1d(topics, study.compared_topics).size
    undefined = "One of the alignments is undefined because all responses agree."
    places = {int(head): place for place, head in enumerate([*chosen, len(languages)])}
    return [
        head.with_estimate(gain[:, places[index]], count, undefined)
        if index in places
        else head.failed(_NOT_STEERED)
        for index, head in enumerate(heads)
    ]


def _spread(study: Study, row: int) -> Check:
    head = Check(
        CHECK, SPREAD, "spread between the languages' speakers", study.responses.models[row]
    )
    chosen = _steered(study, row)
    if chosen.size < 2:
        return head.failed(_TWO_LANGUAGES)
    cells = [study.cells[row][language] for language in chosen]
    values = np.unique(np.concatenate([cell.values for cell in cells]))
    human = study.surveyed.ground_truth[study.surveyed.speakers[chosen]]
    counts = count_tensor(cells, human.shape[1])
    ratio, topics = squared_spread_ratio(counts, values, human, study.weights)
    return head.with_root(
        ratio, topics, _NO_TOPIC if topics == 0 else "The speakers do not differ."
    )


def _steered(study: Study, row: int) -> IntArray:
    """Return the languages in which a model can be compared with the language's speakers."""
    truth, speakers = study.surveyed.ground_truth, study.surveyed.speakers
    known = [
        index
        for index, cell in enumerate(study.cells[row])
        if speakers[index] != UNKNOWN
        and cell.coverage(truth[[speakers[index]]])[1][0] >= MIN_TOPICS
    ]
    return np.array(known, dtype=np.int64)
