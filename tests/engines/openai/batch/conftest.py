from __future__ import annotations

import pytest

from tests.engines.accounts import RecordingAccount


@pytest.fixture
def account():
    return RecordingAccount()
