"""Models that billed more for a request than was reserved, for which the cap cannot be promised."""

from __future__ import annotations

from culture_ray.errors import ReservationExceeded
from culture_ray.spending.money import dollars
from culture_ray.spending.records import Reserved, Settled


class ExcessTracker:
    """First excess of each model in this session: nothing more is sent to such a model."""

    def __init__(self) -> None:
        self._errors: dict[str, ReservationExceeded] = {}

    def note(self, reserved: Reserved | None, settled: Settled) -> None:
        """Compare a settlement with its reservation, None if it is not known any more."""
        if reserved is not None and settled.nano > reserved.nano:
            error = ReservationExceeded(excess_sentence(reserved, settled))
            self._errors.setdefault(reserved.model, error)

    def error(self, model: str) -> ReservationExceeded | None:
        """Return the error of every further request to a model, None if it kept to its bounds."""
        return self._errors.get(model)

    def forget(self) -> None:
        """Forget what earlier sessions saw: the settings may have changed since."""
        self._errors.clear()


def excess_sentence(reserved: Reserved, settled: Settled) -> str:
    """Return one sentence: what was reserved and billed, and the setting that allows for it."""
    request = reserved.ticket.rpartition("/")[0]
    beyond = settled.output_tokens - reserved.output_tokens
    if beyond > 0:
        cause = (
            f"it used {settled.output_tokens} output tokens, where at most "
            f"{reserved.output_tokens} were expected"
        )
        remedy = (
            f"if its answers may be billed beyond their limit, for reasoning for example, set "
            f"api.extra_output_tokens in the file of {reserved.model} to the most by which they "
            f"may be (here {beyond})"
        )
    elif settled.input_tokens > reserved.input_tokens:
        cause = (
            f"it used {settled.input_tokens} input tokens, where at most {reserved.input_tokens} "
            f"were sent"
        )
        remedy = (
            f"if the provider adds to the prompts, or bills citations, set "
            f"api.extra_input_tokens in the file of {reserved.model} to the most by which it may "
            f"(here {settled.input_tokens - reserved.input_tokens})"
        )
    elif settled.tier == reserved.tier:
        cause = "its answer states this cost, where its tokens cost less at the prices of the run"
        remedy = (
            f"correct prices in the file of {reserved.model}, with a price per request if there is "
            f"one, or set api.stated_costs to false if the provider's costs are not in dollars"
        )
    else:
        cause = f"it was served at the tier {settled.tier}, where {reserved.tier} was expected"
        remedy = f"check api.tier and prices in the file of {reserved.model}"
    return (
        f"{reserved.model} billed ${dollars(settled.nano):.6f} for request {request}, and "
        f"${dollars(reserved.nano):.6f} was reserved as the most it could cost: {cause}; "
        f"nothing more is sent to it, or the cap could be passed: {remedy}, and run the same "
        f"command again"
    )
