"""Task of the stage elicit: one row per request, with the response or the reason why it failed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.prompts.factors import Variant
from culture_ray.prompts.language import Language
from culture_ray.prompts.options import OfferedOptions
from culture_ray.prompts.profile_texts import Person
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, options_of, render
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import RESPONSES


@dataclass(frozen=True)
class ElicitTask:
    """The elicit stage's task for the executor."""

    languages: Mapping[str, Language]
    sampling: Mapping[str, Sampling]
    """By protocol."""
    base_models: frozenset[str]
    """Models without a chat template."""
    person: Person = "first"
    """Form in which prompts speak of a respondent."""
    stage: str = "elicit"

    @property
    def schema(self) -> pa.Schema:
        """Return RESPONSES."""
        return RESPONSES

    def load(self, unit: Unit) -> Loaded:
        """Render the unit's requests."""
        if unit.rows is None:
            raise ValueError(f"unit {unit.path.stem} has no requests")
        rows = unit.rows
        return Loaded(rows, [self._request(row) for row in rows.to_pylist()])

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the responses as a shard (RESPONSES schema)."""
        requests = [r for r in loaded.requests if r is not None]
        answers = [r for r in responses if r is not None]
        now = datetime.now(UTC)
        added: dict[str, Any] = {
            "prompt": [r.prompt for r in requests],
            "text": [a.text for a in answers],
            "finish_reason": [a.finish_reason for a in answers],
            "failure": [a.failure for a in answers],
            "seed": [r.seed for r in requests],
            "prompt_tokens": [a.prompt_tokens for a in answers],
            "output_tokens": [a.output_tokens for a in answers],
            "options": [self._codes(row) for row in loaded.rows.to_pylist()],
            "probabilities": [a.probabilities for a in answers],
            "attempts": [attempts - 1 + a.attempts for a in answers],
            "seconds": [a.seconds for a in answers],
            "dollars": [a.dollars for a in answers],
            "replica": [replica] * len(answers),
            "finished_at": [now] * len(answers),
            "thoughts": [a.thoughts for a in answers],
            "reasoning_tokens": [a.reasoning_tokens for a in answers],
            "rendered_prompt": [a.rendered_prompt for a in answers],
        }
        columns = {name: loaded.rows.column(name) for name in loaded.rows.column_names}
        return pa.table(columns | added, schema=RESPONSES)

    def _request(self, row: Mapping[str, Any]) -> Request:
        language, protocol = self.languages[row["language"]], row["protocol"]
        prompt = render(
            language, protocol, row["template"], row["topic"], row["wording"], row["persona"],
            Variant.read(row["variant"]), self.person,
        )  # fmt: skip
        if row["model"] in self.base_models:
            prompt = completion_form(language, protocol, prompt)
        options, answers = self._options(row), find_protocol(protocol).answers
        return Request(
            row["request_id"],
            prompt,
            self.sampling[protocol],
            schema=_choice_schema(options) if options and answers == "choice" else None,
            options=options.labels if options and answers == "probability" else (),
        )

    def _options(self, row: Mapping[str, Any]) -> OfferedOptions | None:
        if not find_protocol(row["protocol"]).offers_options:
            return None
        language, variant = self.languages[row["language"]], Variant.read(row["variant"])
        return options_of(language, row["topic"], row["wording"], variant)

    def _codes(self, row: Mapping[str, Any]) -> tuple[int, ...] | None:
        options = self._options(row)
        return None if options is None else options.codes


def _choice_schema(options: OfferedOptions) -> str:
    """Return the JSON schema of an answer that is one of the options.

    Every engine and API confines an answer to a schema; only some confine it to words.
    """
    return json.dumps(
        {
            "type": "object",
            "properties": {"answer": {"enum": list(options.answers)}},
            "required": ["answer"],
            "additionalProperties": False,
        },
        ensure_ascii=False,
    )
