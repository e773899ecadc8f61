"""Balances of a ledger, and the check of a new reservation against the caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from culture_ray.spending.money import Nanodollars, dollars, nano_of
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided


@dataclass(frozen=True)
class Caps:
    """Spending caps in nanodollars; None, and names that are absent, mean no cap."""

    total: Nanodollars | None = None
    models: Mapping[str, Nanodollars] = field(default_factory=dict)
    stages: Mapping[str, Nanodollars] = field(default_factory=dict)

    @classmethod
    def of_dollars(
        cls,
        total: float | None = None,
        models: Mapping[str, float] | None = None,
        stages: Mapping[str, float] | None = None,
    ) -> Caps:
        """Return caps given in dollars."""
        return cls(
            None if total is None else nano_of(total),
            {name: nano_of(cap) for name, cap in (models or {}).items()},
            {name: nano_of(cap) for name, cap in (stages or {}).items()},
        )

    def applying_to(
        self, stage: str, model: str
    ) -> Iterator[tuple[str, Nanodollars, tuple[str, str]]]:
        """Yield (key, cap, (stage, model)) of every cap on a stage's requests to a model.

        An empty stage or model means all of them.
        """
        if self.total is not None:
            yield "spending.cap_dollars", self.total, ("", "")
        if model in self.models:
            yield f"spending.models.{model}", self.models[model], ("", model)
        if stage in self.stages:
            yield f"spending.stages.{stage}", self.stages[stage], (stage, "")


@dataclass
class SpendingTotal:
    """Spending of one run and stage on one model."""

    attempts: int = 0
    settled: int = 0
    voided: int = 0
    unresolved: int = 0
    """Attempts that are charged at their maximum: in flight, timed out, or lost in a crash."""
    settled_nano: Nanodollars = 0
    unresolved_nano: Nanodollars = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def charged_nano(self) -> Nanodollars:
        """Return the amount charged."""
        return self.settled_nano + self.unresolved_nano


class Balances:
    """State of a ledger; apply its records in order."""

    def __init__(self) -> None:
        self.totals: dict[tuple[str, str, str], SpendingTotal] = defaultdict(SpendingTotal)
        """By run, stage and model."""
        self.open_reservations: dict[str, Reserved] = {}
        """Reservations that may still be settled, by ticket."""
        self._charged: dict[tuple[str, str], Nanodollars] = defaultdict(int)
        """By (stage, model); an empty string stands for all of them."""

    @property
    def charged_nano(self) -> Nanodollars:
        """Return the total charged."""
        return self._charged["", ""]

    def dollars_by_model(self, run: str) -> dict[str, float]:
        """Return the dollars charged to a run per model."""
        charged: dict[str, Nanodollars] = defaultdict(int)
        for (total_run, _, model), total in list(self.totals.items()):
            if total_run == run:
                charged[model] += total.charged_nano
        return {model: dollars(nano) for model, nano in charged.items()}

    def apply(self, record: Record) -> None:
        """Apply a record; one about a ticket without an open reservation changes nothing."""
        if isinstance(record, Reserved):
            if record.ticket not in self.open_reservations:
                self._reserve(record)
            return
        if (
            not isinstance(record, Settled | Voided | Unresolved)
            or record.ticket not in self.open_reservations
        ):
            return
        reserved = self.open_reservations.pop(record.ticket)
        if isinstance(record, Unresolved):
            return  # stays charged, but can no longer be settled
        total = self.totals[reserved.run, reserved.stage, reserved.model]
        total.unresolved -= 1
        total.unresolved_nano -= reserved.nano
        if isinstance(record, Voided):
            total.voided += 1
            self._charge(reserved, -reserved.nano)
            return
        total.settled += 1
        total.settled_nano += record.nano
        total.input_tokens += record.input_tokens
        total.cached_tokens += record.cached_tokens
        total.output_tokens += record.output_tokens
        total.reasoning_tokens += record.reasoning_tokens
        self._charge(reserved, record.nano - reserved.nano)

    def refusal(
        self,
        caps: Caps,
        stage: str,
        model: str,
        nano: Nanodollars,
        refundable: Collection[Reserved] = (),
    ) -> str | None:
        """Return why a reservation does not fit under the caps, None if it does.

        `refundable` reservations count as if they were refunded in full.
        """
        for key, cap, (cap_stage, cap_model) in caps.applying_to(stage, model):
            charged = self._charged[cap_stage, cap_model] - sum(
                r.nano
                for r in refundable
                if cap_stage in {"", r.stage} and cap_model in {"", r.model}
            )
            if charged + nano > cap:
                return (
                    f"the spending cap is reached: ${dollars(charged):.4f} of "
                    f"{key}=${dollars(cap):g} is spent or reserved, and the next {stage} request "
                    f"to {model} may cost ${dollars(nano):.4f}; raise {key} "
                    f"and run the same command again"
                )
        return None

    def _reserve(self, record: Reserved) -> None:
        self.open_reservations[record.ticket] = record
        total = self.totals[record.run, record.stage, record.model]
        total.attempts += 1
        total.unresolved += 1
        total.unresolved_nano += record.nano
        self._charge(record, record.nano)

    def _charge(self, record: Reserved, nano: Nanodollars) -> None:
        for key in (("", ""), ("", record.model), (record.stage, "")):
            self._charged[key] += nano
