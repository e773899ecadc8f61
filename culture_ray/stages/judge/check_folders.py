"""Folders of judge checks, one for each judge as it is defined."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from culture_ray.judging.prompt import prompt_digest
from culture_ray.settings.judging import Judge

CHECK = "check.json"
"""File that the statistics read: the measured error by language, and the gold set it is from."""


def checks_folder(results: Path) -> Path:
    """Return the folder of judge checks, beside the runs."""
    return results / "judge-check"


def fingerprint(judge: Judge) -> str:
    """Return a hash of everything that affects a judge's labels: model, sampling and prompt."""
    decisive: dict[str, Any] = {"model": judge.model.decisive, "sampling": asdict(judge.sampling)}
    decisive |= {"answers": judge.answers, "prompt": prompt_digest()}
    if judge.examples:
        decisive["examples"] = True
    if judge.model.is_api:
        # The same model name on another server is another judge.
        decisive["base_url"] = judge.model.api.base_url
    text = json.dumps(decisive, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
