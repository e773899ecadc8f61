from __future__ import annotations

import pytest
import yaml

from culture_ray.config.files import conf_folder
from culture_ray.survey.topics import Topic, read_topics


@pytest.fixture(scope="module")
def topics() -> tuple[Topic, ...]:
    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    return read_topics(yaml.safe_load(text))
