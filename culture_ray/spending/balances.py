"""The books: what a ledger's records come to, and whether one more reservation fits the caps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from culture_ray.spending.prices import Nano, dollars, nano_of
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided


@dataclass(frozen=True)
class Caps:
    """The most that may be spent, in nanodollars; None and absent names are without a cap."""

    total: Nano | None = None
    models: Mapping[str, Nano] = field(default_factory=dict)
    stages: Mapping[str, Nano] = field(default_factory=dict)

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

    def over(self, stage: str, model: str) -> Iterator[tuple[str, Nano, tuple[str, str]]]:
        """Yield every cap on a stage's requests to a model: its key, itself, and what it is on."""
        if self.total is not None:
            yield "spending.cap_dollars", self.total, ("", "")
        if model in self.models:
            yield f"spending.models.{model}", self.models[model], ("", model)
        if stage in self.stages:
            yield f"spending.stages.{stage}", self.stages[stage], (stage, "")


@dataclass
class Total:
    """What one stage has spent on one model."""

    attempts: int = 0
    settled: int = 0
    voided: int = 0
    unresolved: int = 0
    """Attempts that are charged at their maximum: in flight, timed out, or lost in a crash."""
    settled_nano: Nano = 0
    unresolved_nano: Nano = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def nano(self) -> Nano:
        """Return what is charged."""
        return self.settled_nano + self.unresolved_nano


class Balances:
    """The state of a ledger; apply its records in their order."""

    def __init__(self) -> None:
        self.totals: dict[tuple[str, str, str], Total] = defaultdict(Total)
        """By run, stage and model."""
        self.open: dict[str, Reserved] = {}
        """Reservations that may still be settled, by ticket."""
        self._charged: dict[tuple[str, str], Nano] = defaultdict(int)
        """By (stage, model), with an empty word for all of them."""

    @property
    def nano(self) -> Nano:
        """Return what is charged in all."""
        return self._charged["", ""]

    def dollars_by_model(self, run: str) -> dict[str, float]:
        """Return what a run is charged per model, in dollars."""
        found: dict[str, Nano] = defaultdict(int)
        for (of_run, _, model), total in list(self.totals.items()):
            if of_run == run:
                found[model] += total.nano
        return {model: dollars(nano) for model, nano in found.items()}

    def apply(self, record: Record) -> None:
        """Take a record in; one about a ticket that is not open changes nothing."""
        if isinstance(record, Reserved):
            if record.ticket not in self.open:
                self._reserve(record)
            return
        if not isinstance(record, Settled | Voided | Unresolved) or record.ticket not in self.open:
            return
        reserved = self.open.pop(record.ticket)
        if isinstance(record, Unresolved):
            return  # stays charged; it can only not be settled any more
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
        self, caps: Caps, stage: str, model: str, nano: Nano, hoped: Collection[Reserved] = ()
    ) -> str | None:
        """Return why a reservation does not fit, None when it does.

        `hoped` are reservations that are taken as if they cost nothing in the end.
        """
        for key, cap, (of_stage, of_model) in caps.over(stage, model):
            charged = self._charged[of_stage, of_model] - sum(
                r.nano for r in hoped if of_stage in {"", r.stage} and of_model in {"", r.model}
            )
            if charged + nano > cap:
                return (
                    f"the spending cap is reached: ${dollars(charged):.4f} of "
                    f"{key}=${dollars(cap):g} are spent or reserved, and the next {stage} request "
                    f"to {model} may cost ${dollars(nano):.4f}; raise {key} and run the same again"
                )
        return None

    def _reserve(self, record: Reserved) -> None:
        self.open[record.ticket] = record
        total = self.totals[record.run, record.stage, record.model]
        total.attempts += 1
        total.unresolved += 1
        total.unresolved_nano += record.nano
        self._charge(record, record.nano)

    def _charge(self, record: Reserved, nano: Nano) -> None:
        for of in (("", ""), ("", record.model), (record.stage, "")):
            self._charged[of] += nano
