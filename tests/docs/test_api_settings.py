"""Every setting of an API model stands in docs/extending.md."""

from __future__ import annotations

from dataclasses import fields

import pytest

from culture_ray.engines.api_settings import ApiSettings, BatchSettings
from tests.docs.pages import ROOT

NAMES = [field.name for field in fields(ApiSettings) if field.name != "batching"]
NAMES += [f"batching.{field.name}" for field in fields(BatchSettings)]


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_in_the_table(name):
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert any(f"`{name}`" in row.split("|")[1] for row in rows)
