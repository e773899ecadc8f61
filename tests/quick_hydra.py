"""Hydra compositions within tests, much faster and with the same result.

Hydra parses every file of the conf tree anew each time, and tests compose some thousand times.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf, _utils

_load = OmegaConf.load
_parsed: dict[tuple[str, Any], bytes] = {}
"""Pickled configurations by the text of their files, so that a changed file is read anew, and by
the loader that read it."""


def _load_once(file: Any) -> Any:
    if isinstance(file, (str, Path)):
        return _load(file)
    text = file.read()
    kind = (text, _utils.get_yaml_loader())
    if kind not in _parsed:
        file.seek(0)  # from the file itself, whose name is in messages about it
        _parsed[kind] = pickle.dumps(_load(file))
    return pickle.loads(_parsed[kind])


@pytest.fixture(scope="session", autouse=True)
def quick_hydra() -> Iterator[None]:
    """Parse each configuration file once per process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OmegaConf, "load", staticmethod(_load_once))
        yield
