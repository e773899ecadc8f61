"""Fixtures: the embedded model as described in conf/model, and one engine that has loaded it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import yaml

from culture_ray.config.build import build
from culture_ray.config.files import conf_folder
from culture_ray.engines import embedded
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine import VllmEngine
from culture_ray.sweep.execute.placement import environment
from tests.engines.vllm.shared_engine import SharedEngine


@pytest.fixture(scope="session")
def embedded_model() -> Model:
    """The embedded model, its files prepared."""
    content = yaml.safe_load((conf_folder() / "model" / "gemma_3_270m.yaml").read_text())
    model = build(Model, content, "model.gemma_3_270m")
    for key, value in environment(model).items():
        os.environ.setdefault(key, value)
    embedded.GEMMA.prepare()
    return model


@pytest.fixture(scope="package")
def shared_engine(embedded_model: Model) -> Iterator[SharedEngine]:
    """The embedded model, loaded once for all tests of this folder that only ask it."""
    from culture_ray.engines.factory import weights_of

    engine = SharedEngine(VllmEngine(embedded_model, weights_of(embedded_model)))
    yield engine
    engine.shut_down()
