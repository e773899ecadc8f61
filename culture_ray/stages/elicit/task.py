"""Task of the stage elicit: one row per request, with the response or the reason why it failed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from culture_ray.stages.elicit.answer_fields import answer_fields
from culture_ray.stages.elicit.conversations import Conversations
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import RESPONSES

_UNASKED = "an earlier question has no answer, so this one was not asked"


@dataclass(frozen=True)
class ElicitTask:
    """The elicit stage's task for the executor."""

    languages: Mapping[str, Language]
    sampling: Mapping[str, Sampling]
    """Sampling parameters by protocol."""
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
        """Render the unit's requests; none for a row whose earlier answers are not all there."""
        if unit.rows is None:
            raise ValueError(f"unit {unit.path.stem} has no requests")
        rows = unit.rows
        earlier = Conversations.read(unit.needs)
        return Loaded(rows, [self._request(row, earlier) for row in rows.to_pylist()])

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the responses as a shard (RESPONSES schema)."""
        now = datetime.now(UTC)
        rows = [
            row
            | answer_fields(request, response, attempts, _UNASKED)
            | {"options": self._codes(row), "finished_at": now}
            | {"replica": replica if response is not None else "none"}
            for row, request, response in zip(
                loaded.rows.to_pylist(), loaded.requests, responses, strict=True
            )
        ]
        return pa.Table.from_pylist(rows, schema=RESPONSES)

    def _request(self, row: Mapping[str, Any], earlier: Conversations) -> Request | None:
        turns = earlier.before(row)
        if turns is None:
            return None
        language, protocol = self.languages[row["language"]], row["protocol"]
        items = row["items"] or ()
        prompt = render(
            language, protocol, row["template"], row["topic"], row["wording"], row["persona"],
            Variant.read(row["variant"]), self.person, items,
        )  # fmt: skip
        if row["model"] in self.base_models:
            prompt = completion_form(language, protocol, prompt)
        options, answers = self._options(row), find_protocol(protocol).answers
        sampling = self.sampling[protocol]
        return Request(
            row["request_id"],
            prompt,
            replace(sampling, max_tokens=sampling.max_tokens * max(1, len(items))),
            schema=_choice_schema(options) if options and answers == "choice" else None,
            options=options.labels if options and answers == "probability" else (),
            turns=turns,
        )

    def _options(self, row: Mapping[str, Any]) -> OfferedOptions | None:
        if not find_protocol(row["protocol"]).offers_options or row["items"]:
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
