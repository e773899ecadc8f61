"""Settings of personas that are profiles of a survey's respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from culture_ray.prompts.profile_draw import Draw
from culture_ray.prompts.profile_texts import Person


@dataclass(frozen=True)
class RespondentPersonas:
    """Draw of the profiles that prompts are asked as, and to whom they may be sent."""

    profiles: Annotated[int, Ge(1)] = 24
    """Profiles drawn for each country."""
    draw: Draw = "weight"
    person: Person = "first"
    """Form in which the prompt speaks of the respondent: I, or this person."""
    countries: tuple[str, ...] | None = None
    """Countries whose people are asked for in every language; None takes those that speak it."""
    smallest: Annotated[int, Ge(1)] = 10
    """Fewest respondents of a profile that may go into a prompt."""
    allow_api: bool = False
    """True if models behind an API may be sent profiles."""
