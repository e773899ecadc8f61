"""Fixture: the embedded model as described in conf/model."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest
import yaml

from culture_ray.config.build import build
from culture_ray.config.files import conf_folder
from culture_ray.engines import embedded
from culture_ray.engines.model import Model


@pytest.fixture(scope="session")
def embedded_model() -> Model:
    """The embedded model, small enough to load twice in one test run."""
    content = yaml.safe_load((conf_folder() / "model" / "gemma_3_270m.yaml").read_text())
    model = build(Model, content, "model.gemma_3_270m")
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    for key, value in model.env.items():
        os.environ.setdefault(key, value.format(prefix=sys.prefix, cpus=cores))
    embedded.prepare()
    return replace(model, max_model_len=512)
