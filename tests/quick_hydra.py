"""Hydra compositions within tests, four times as fast and with the same result.

Hydra composes twice, the first time only to read `hydra.mode`, and each time parses every file of
the conf tree anew. Tests compose some thousand times.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hydra._internal.hydra import Hydra
from omegaconf import OmegaConf

_load, _get_mode = OmegaConf.load, Hydra.get_mode
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


def _mode(hydra: Hydra, config_name: str | None, overrides: list[str]) -> Any:
    spoken_of = any("hydra" in word for word in overrides)
    return _get_mode(hydra, config_name, overrides) if spoken_of else None


@pytest.fixture(scope="session", autouse=True)
def quick_hydra() -> Iterator[None]:
    """Parse each configuration file once per process and compose once per command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OmegaConf, "load", staticmethod(_load_once))
        patch.setattr(Hydra, "get_mode", _mode)
        yield
