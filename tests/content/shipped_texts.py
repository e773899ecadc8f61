"""Topics and language files of the project, as they stand in `conf`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

CATALOGUE_FILE = ROOT / "conf" / "topics" / "evs_wvs.yaml"

LANGUAGE_FILES = sorted((ROOT / "conf" / "language").glob("*.yaml"))

CATALOGUE: dict[str, Any] = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))

TOPICS: dict[str, dict[str, Any]] = CATALOGUE["topics"]

LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in LANGUAGE_FILES
}

PROTOCOL = "hypothetical_interviews"

each_language = pytest.mark.parametrize("language", LANGUAGES)


def templates_of(language: str) -> dict[str, str]:
    templates: dict[str, str] = LANGUAGES[language]["protocols"][PROTOCOL]["templates"]
    return templates


def texts_of(language: str) -> Iterator[tuple[str, str]]:
    """Every text of a language with the place where it stands."""
    content = LANGUAGES[language]
    yield from templates_of(language).items()
    yield "completion_lead", content["protocols"][PROTOCOL]["completion_lead"]
    for topic_id, topic in content["topics"].items():
        yield f"{topic_id} pro", topic["pro"]
        yield f"{topic_id} con", topic["con"]
        for wording_id, wording in topic["wordings"].items():
            yield f"{topic_id} {wording_id}", wording
