"""Answers survive the process that got them, and are forgotten once they are stored."""

from __future__ import annotations

import subprocess
import sys

from culture_ray.engines.interface import Response
from culture_ray.engines.openai.answer_cache import AnswerCache, CachedAnswer
from culture_ray.spending.account import TokenUsage
from tests.api_server.running import ROOT

DYING = """
import os, signal, sys
from pathlib import Path
from culture_ray.engines.interface import Response
from culture_ray.engines.openai.answer_cache import Answer, KeptAnswers
from culture_ray.spending.account import Usage
kept = KeptAnswers(Path(sys.argv[1]))
kept.open()
for name in ("a", "b"):
    kept.keep(Answer(Response(name, "text æ", "stop", probabilities=(0.5, 0.25)), "t" + name, Usage(3, 4)))
os.write(kept._file, b'{"response": {"request_id": "c"')
os.kill(os.getpid(), signal.SIGKILL)
"""  # noqa: E501


def answer(name, text="text"):
    return CachedAnswer(Response(name, text, "stop"))


def opened(folder):
    kept = AnswerCache(folder)
    kept.open()
    return kept


def test_what_a_killed_process_had_is_found_and_a_torn_line_is_not(tmp_path):
    subprocess.run([sys.executable, "-c", DYING, tmp_path], check=False, cwd=ROOT)
    kept = opened(tmp_path)
    found = kept.find("a")
    assert found.response == Response("a", "text æ", "stop", probabilities=(0.5, 0.25))
    assert (found.ticket, found.usage) == ("ta", TokenUsage(3, 4))
    assert kept.find("b") is not None
    assert kept.find("c") is None


def test_what_a_living_process_has_is_its_own(tmp_path):
    one, other = opened(tmp_path), opened(tmp_path)
    one.keep(answer("a"))
    assert other.find("a") is None
    one.close()
    assert other.find("a").response.text == "text"


def test_what_is_stored_leaves_nothing_behind(tmp_path):
    kept = opened(tmp_path)
    kept.keep(answer("a"))
    kept.keep(answer("b"))
    kept.stored(["a", "b"])
    kept.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_grows_is_begun_anew_with_what_is_not_stored(tmp_path, monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.answer_cache._ROOM", 2000)
    kept = opened(tmp_path)
    for number in range(100):
        kept.keep(answer(f"r{number}", "x" * 50))
        if number != 7:
            kept.stored([f"r{number}"])
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 3000
    kept.close()
    assert opened(tmp_path).find("r7") is not None
