"""Verbs about models: probe."""

from __future__ import annotations

from culture_ray.cli.verbs.verb import Verb

PROBE = Verb(
    name="probe",
    code="models.probe:act",
    summary="show what an API model supports and costs",
    description=(
        "Sends about ten short requests to a model behind an API, under a cap of a few cents, and "
        "prints what its provider supports: structured output, log probabilities, seeds, stop "
        "sequences, system messages, temperature and top_p, the output limit, limits in headers, "
        "the usage it reports, thoughts, and whether its price agrees with the table. --write puts "
        "the settings that follow into the model's YAML file; the rest of the file is unchanged."
    ),
    flags=("--write",),
    examples=(
        ("culture-ray probe 'model=[gpt_4o]'", "about ten requests, at most 5 cents"),
        (
            "culture-ray probe 'model=[gpt_4o]' spending.cap_dollars=0.5 --write",
            "a higher cap; the settings go into the model's file",
        ),
    ),
    root="probe",
)
