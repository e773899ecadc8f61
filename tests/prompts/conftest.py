"""A small language file as it comes out of YAML."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def danish() -> dict[str, Any]:
    return {
        "code": "da",
        "name": "Danish",
        "native_name": "dansk",
        "made_by": "a test",
        "reviewed": True,
        "protocols": {
            "hypothetical_interviews": {
                "templates": {
                    "t01": "Ti borgere svarer på: {topic}",
                    "t02": "En forsker spørger ti borgere: {topic} Hvad siger de?",
                },
                "completion_lead": "Sammendrag:",
            }
        },
        "topics": {
            "f120": {
                "pro": "Abort kan forsvares.",
                "con": "Abort kan ikke forsvares.",
                "wordings": {"w1": "Kan abort forsvares?", "w2": "Er abort i orden?"},
            },
            "e035": {
                "pro": "Indkomster bør være mere lige.",
                "con": "Indkomstforskelle bør være større.",
                "wordings": {"w1": "Bør indkomster være mere lige?", "w2": "Er ulighed for stor?"},
            },
        },
    }
