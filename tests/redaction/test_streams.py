"""Output of a process holds no key in its log."""

from __future__ import annotations

import io
import sys

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.redaction.streams import scrubbed_output


def test_a_key_that_a_library_prints_is_not_in_the_log(monkeypatch):
    monkeypatch.setenv("LOG_TEST_KEY", "a-key-that-is-printed")
    key = ApiSettings(key_variable="LOG_TEST_KEY").key("model")
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with scrubbed_output():
        print("sent with", key)
        print(f"header: {key!r}", file=sys.stderr)
        sys.stderr.writelines([f"{key}\n"])
    assert out.getvalue() == "sent with [key]\n"
    assert err.getvalue() == "header: '[key]'\n[key]\n"
    assert (sys.stdout, sys.stderr) == (out, err)
