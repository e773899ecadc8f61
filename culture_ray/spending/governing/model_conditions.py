"""Conditions of a run's models: an outage, a stop, and what the user is to be told; pure."""

from __future__ import annotations

import random
from collections.abc import Mapping

from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.breaker import CircuitBreaker, Outage
from culture_ray.spending.messages import Answered, ModelNotice, StopModel, Unavailable


class ModelConditions:
    """Circuit breaker of each model, by the name that workers use, and the notices of all."""

    def __init__(self, models: Mapping[str, ModelBilling]) -> None:
        chance = random.Random()
        self._breakers = {
            name: CircuitBreaker(model.give_up_after_s, chance.random)
            for name, model in models.items()
        }
        self._notices: dict[tuple[str, str], None] = {}

    @property
    def notices(self) -> tuple[tuple[str, str], ...]:
        """Return the sentences for the user as (model, sentence), each once."""
        return tuple(self._notices)

    def outages(self, now: float) -> dict[str, Outage]:
        """Return the outages that requests wait for, by model."""
        found = {name: breaker.outage(now) for name, breaker in self._breakers.items()}
        return {name: outage for name, outage in found.items() if outage is not None}

    def receive(
        self, message: Answered | Unavailable | StopModel | ModelNotice, now: float
    ) -> None:
        """Take in what an attempt shows of its model."""
        match message:
            case Answered():
                self.answered(message.model)
            case Unavailable():
                self._breakers[message.model].failed(message.ticket, message.fault, now)
            case StopModel():
                self._breakers[message.model].stop(message.reason)
            case ModelNotice():
                self._notices[message.model, message.sentence] = None

    def answered(self, model: str) -> None:
        """Note that a model has answered a request."""
        self._breakers[model].answered()

    def is_answering(self, model: str) -> bool:
        """Return True unless the model's requests wait for a probe."""
        return self._breakers[model].state == "closed"

    def refusal(self, model: str, now: float) -> str | None:
        """Return why no further request is sent to a model, None while some may be."""
        return self._breakers[model].refusal(now)

    def holds(self, model: str, now: float, *, urgent: bool) -> bool:
        """Return True if a request has to wait for the provider to answer another one."""
        breaker = self._breakers[model]
        return not breaker.permits(now, urgent=urgent) and breaker.refusal(now) is None

    def sent(self, model: str, ticket: str, at: float) -> None:
        """Note an attempt that was admitted and is sent at `at`."""
        self._breakers[model].sent(ticket, at)

    def withdrawn(self, ticket: str, now: float) -> None:
        """Note that an attempt has ended without an answer or a passing fault."""
        for breaker in self._breakers.values():
            breaker.withdrawn(ticket, now)
