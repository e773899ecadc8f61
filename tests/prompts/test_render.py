from __future__ import annotations

from typing import Any

import pytest

from culture_ray.errors import UnknownName
from culture_ray.prompts.language import read_language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, render

INTERVIEWS = "hypothetical_interviews"


def test_the_wording_stands_where_the_template_says(danish: dict[str, Any]) -> None:
    language = read_language("da", danish)
    assert (
        render(language, INTERVIEWS, "t02", "f120", "w2")
        == "En forsker spørger ti borgere: Er abort i orden? Hvad siger de?"
    )


def test_the_completion_form_ends_where_the_list_starts(danish: dict[str, Any]) -> None:
    language = read_language("da", danish)
    prompt = render(language, INTERVIEWS, "t01", "e035", "w1")
    assert (
        completion_form(language, INTERVIEWS, prompt)
        == "Ti borgere svarer på: Bør indkomster være mere lige?\n\nSammendrag:\n1."
    )


def test_the_papers_protocol_asks_for_ten_judged_opinions() -> None:
    protocol = find_protocol(INTERVIEWS)
    assert (protocol.opinions, protocol.judged, protocol.placeholders) == (10, True, ("topic",))
    with pytest.raises(UnknownName, match=f"did you mean '{INTERVIEWS}'"):
        find_protocol("hypothetical_interview")
