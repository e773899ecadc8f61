"""Hydra compositions within tests, much faster and with the same result.

Hydra parses every file of the conf tree anew each time, and tests compose some thousand times.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

_load = OmegaConf.load
_parsed: dict[str, bytes] = {}
"""Pickled configurations by the text of their files, so that a changed file is read anew."""


def _load_once(file: Any) -> Any:
    if isinstance(file, (str, Path)):
        return _load(file)
    text = file.read()
    if text not in _parsed:
        file.seek(0)  # from the file itself, whose name is in messages about it
        _parsed[text] = pickle.dumps(_load(file))
    return pickle.loads(_parsed[text])


@pytest.fixture(scope="session", autouse=True)
def quick_hydra() -> Iterator[None]:
    """Parse each configuration file once per process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OmegaConf, "load", staticmethod(_load_once))
        yield
