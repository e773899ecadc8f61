"""Every language that comes with the project can be asked in every way, by everyone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from culture_ray.config.files import choices
from culture_ray.prompts.protocols import PROTOCOLS
from tests.conftest import Said

LANGUAGES = sorted(choices("language"))
SMALL = ("experiment=quickstart", "design.prompts_per_language=8")
TOPICS = "topics.only=[d054,d059,e069_02,e069_04,f120]"


@pytest.mark.slow
def test_all_languages_are_planned_with_all_protocols_and_personas(
    culture_ray: Callable[..., Said],
) -> None:
    ways = [name for name in choices("protocol") if name in PROTOCOLS]
    assert {"persona", "battery", "sequence"} <= set(ways)
    said = culture_ray(
        "plan", *SMALL, TOPICS, f"language=[{','.join(LANGUAGES)}]",
        f"protocol=[{','.join(ways)}]", "protocol.persona.countries=[DK,US]",
    )  # fmt: skip
    assert said.code == 0, said.err
    text = " ".join(said.out.split())
    assert f"{len(LANGUAGES)} languages" in text
    for way in ways:
        assert f"{way}: " in text or f"{way} (main): " in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("language=[nb]",), "culture-ray translate language=nb 'model=[NAME]' writes them"),
        (("language=[pt-br]",), "unknown language 'pt-br': did you mean 'pt-BR'?"),
        (("language=[Danish]",), "unknown language 'Danish': did you mean 'da' (Danish)?"),
        (("language=[]",), "language=[] cannot be used: expected at least one of ar, bn, cs"),
        (
            ("language=[sw]", "protocol=[persona]", "protocol.persona.countries=[KE,XX]"),
            "language sw: no phrase for XX of protocol.persona.countries; add them to countries",
        ),
        (
            ("language=[sw]", "protocol=[battery]", "protocol.battery.factors.labels=[numbers]"),
            "expected letters or words: the questions of a battery have the numbers",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_to_write(
    culture_ray: Callable[..., Said], words: tuple[str, ...], told: str
) -> None:
    assert told in culture_ray("plan", *SMALL, TOPICS, *words).complaint
