"""Sentences on the tests that a planned run will make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from culture_ray.settings.inference import InferenceSettings
from culture_ray.settings.run import Settings

_OUTCOMES = {
    "responses": "over single responses",
    "topics": "over topic means",
    "disattenuated": "over responses, without their noise",
}


def planned_tests(settings: Settings) -> list[str]:
    """Return a sentence for every test, in the order of the report."""
    tests = list(_of_study(settings)) if settings.protocols else []
    tests += [
        f"Benchmark {name}: its figures for each model and language, with intervals over clusters "
        f"of items."
        for name in settings.benchmarks
    ]
    return tests


def _of_study(settings: Settings) -> Iterator[str]:
    inference = settings.inference
    yield (
        "Alignment of every model with the speakers of every language: Spearman correlation of "
        f"value polarity under {settings.main_protocol}, {_OUTCOMES[inference.outcome]}. Above "
        "zero if its 95 % interval is."
    )
    yield (
        f"US bias of every model and language: alignment with {settings.populations.us} minus the "
        "mean alignment with the other countries where the language is spoken, against zero."
    )
    families = Counter(model.family for model in settings.models.values())
    several = [family for family, models in families.items() if models > 1]
    if several:
        yield (
            "Capability: within a family of models, alignment in a language does not depend on "
            f"capability in it (design {inference.design}; families with several models: "
            f"{', '.join(several)}), tested on the slope by t test"
            f"{' and permutations' if inference.permutations else ''} at the 5 % level, two-sided."
        )
    else:
        yield "Capability: no test within families, as no two models share a family."
    yield from _of_inference(inference)


def _of_inference(inference: InferenceSettings) -> Iterator[str]:
    if inference.smallest_effect is not None:
        yield (
            f"Equivalence: US bias is smaller than {inference.smallest_effect:g} points of "
            "alignment, by two one-sided tests."
        )
    if inference.smallest_slope is not None:
        yield (
            f"Equivalence: the slope of capability is smaller than {inference.smallest_slope:g} "
            "points of alignment from capability 0 to 1, by two one-sided tests."
        )
    if inference.bayesian:
        yield (
            f"Bayesian check: design {inference.design} on the same rows, with weakly informative "
            "priors; beside the regression, which decides."
        )
    yield (
        f"Ranks and differences of models: paired, over {inference.rounds:,} joint draws of "
        "topics, for all pairs at once."
        if inference.mode == "valid"
        else f"Inference as published: {inference.published_rounds} bootstrap rounds used as rows."
    )
    yield (
        "Topics count as a sample of topics that could have been asked."
        if inference.topics == "random"
        else "Topics count as the only ones of interest."
    )
