"""Bodies of one model's requests, adapted to what its server has refused so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request
from culture_ray.engines.openai.adaptations import Adaptation, adaptation_for
from culture_ray.engines.openai.body import NO_THINKING, Thinking, request_body
from culture_ray.engines.openai.problems import Problem, decide


class ModelBodies:
    """Request bodies of one model; what one refusal teaches holds for all further requests."""

    def __init__(
        self,
        source: str,
        api: ApiSettings,
        notice: Callable[[str], Awaitable[None]],
        thinking: Thinking = NO_THINKING,
    ) -> None:
        """Make bodies for the model that the API calls `source`; `notice` tells the user."""
        self._source, self._api, self._notice, self._thinking = source, api, notice, thinking
        self.adaptations: tuple[Adaptation, ...] = ()
        """Adaptations of all further bodies, in the order in which they were learnt."""

    def make(self, request: Request, unreadable: int = 0) -> dict[str, Any]:
        """Return the body of a request, with all adaptations that were learnt.

        `unreadable` counts the answers so far that could not be parsed.
        """
        logprobs = self._api.logprobs and not any(a.about_probabilities for a in self.adaptations)
        body = request_body(
            request,
            self._source,
            self._api,
            thinking=self._thinking,
            unreadable=unreadable,
            logprobs=logprobs,
        )
        for adaptation in self.adaptations:
            body = adaptation.applied(body)
        return body

    async def adapt(self, problem: Problem, body: Mapping[str, Any]) -> bool:
        """Return True if a refusal of `body` is met by a change of all further requests.

        The change is told to the user when it is new. A body that has it already holds nothing to
        change, so that no request is sent for ever.
        """
        adaptation = adaptation_for(problem, body, self._api.extra_fields)
        if adaptation is None:
            return False
        if adaptation not in self.adaptations:
            if adaptation.undoes(self.adaptations):
                return False
            self.adaptations += (adaptation,)
            await self._notice(adaptation.sentence(decide(problem).reason))
        return True
