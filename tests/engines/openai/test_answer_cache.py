"""Answers survive the process that got them, and are forgotten once they are stored."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from culture_ray.engines.interface import Response
from culture_ray.engines.openai.answer_cache import (
    AnswerCache,
    CachedAnswer,
    clear_cache,
    forget_answers,
)
from culture_ray.spending.account import TokenUsage
from tests.api_server.running import ROOT

DYING = """
import os, signal, sys
from pathlib import Path
from culture_ray.engines.interface import Response
from culture_ray.engines.openai.answer_cache import AnswerCache, CachedAnswer
from culture_ray.spending.account import TokenUsage
cache = AnswerCache(Path(sys.argv[1]))
cache.open()
for name in ("a", "b"):
    cache.add(CachedAnswer(Response(name, "text æ", "stop", probabilities=(0.5, 0.25)), "t" + name, TokenUsage(3, 4)))
os.write(cache._file, b'{"response": {"request_id": "c"')
os.kill(os.getpid(), signal.SIGKILL)
"""  # noqa: E501


def answer(name, text="text"):
    return CachedAnswer(Response(name, text, "stop"))


def opened(folder):
    cache = AnswerCache(folder)
    cache.open()
    return cache


def test_what_a_killed_process_had_is_found_and_a_torn_line_is_not(tmp_path):
    subprocess.run([sys.executable, "-c", DYING, tmp_path], check=False, cwd=ROOT)
    cache = opened(tmp_path)
    found = cache.find("a")
    assert found.response == Response("a", "text æ", "stop", probabilities=(0.5, 0.25))
    assert (found.ticket, found.usage) == ("ta", TokenUsage(3, 4))
    assert cache.find("b") is not None
    assert cache.find("c") is None


def test_what_a_living_process_has_is_its_own(tmp_path):
    one, other = opened(tmp_path), opened(tmp_path)
    one.add(answer("a"))
    assert other.find("a") is None
    one.close()
    assert other.find("a").response.text == "text"


def test_what_is_stored_leaves_nothing_behind(tmp_path):
    cache = opened(tmp_path)
    cache.add(answer("a"))
    cache.add(answer("b"))
    cache.stored(["a", "b"])
    cache.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_grows_is_begun_anew_with_what_is_not_stored(tmp_path, monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.answer_cache._MAX_BYTES", 2000)
    cache = opened(tmp_path)
    for number in range(100):
        cache.add(answer(f"r{number}", "x" * 50))
        if number != 7:
            cache.stored([f"r{number}"])
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 3000
    cache.close()
    assert opened(tmp_path).find("r7") is not None


def test_answers_to_requests_that_are_asked_again_are_forgotten(tmp_path):
    first = AnswerCache(tmp_path)
    first.open()
    for name in ("again", "kept"):
        first.add(CachedAnswer(Response(name, "text", "stop")))
    forget_answers(tmp_path, ["again"])
    assert len(next(tmp_path.glob("*.jsonl")).read_bytes().splitlines()) == 2, "it is in use"
    os.close(first._file)  # the process dies
    forget_answers(tmp_path, ["again"])
    second = AnswerCache(tmp_path)
    second.open()
    assert second.find("again") is None
    assert second.find("kept") is not None


GOOD = '{"response": {"request_id": "good", "text": "text", "finish_reason": "stop"}}'


@pytest.mark.parametrize(
    "line",
    [
        '{"response": {"request_id": "a", "text": ["text"], "finish_reason": "stop"}}',
        '{"response": {"request_id": "a", "text": "text", "finish_reason": "stop"},'
        ' "ticket": "t", "usage": {"input_tokens": null, "output_tokens": "4"}}',
        '{"response": {"request_id": "a", "text": "text", "finish_reason": "stop"},'
        ' "ticket": "t", "usage": {"input_tokens": 3, "output_tokens": 1e9}}',
        '{"response": {"request_id": "a"}}',
        '{"other": 1}',
        "[]",
        "not JSON",
        "\udcff",
        "[" * 100_000,
    ],
)
def test_a_kept_answer_that_cannot_be_read_is_set_aside_and_said_once(tmp_path, line):
    content = f"{line}\n{GOOD}\n".encode("utf-8", "surrogateescape")
    (tmp_path / "dead.jsonl").write_bytes(content)
    cache = opened(tmp_path)
    assert cache.find("a") is None
    assert cache.find("good").response.text == "text"
    (notice,) = cache.take_notices()
    assert notice.startswith("1 paid answer of an earlier session cannot be read")
    assert notice.endswith("dead.unreadable")
    aside = (tmp_path / "dead.unreadable").read_bytes()
    assert aside == f"{line}\n".encode("utf-8", "surrogateescape")
    assert cache.take_notices() == ()
    later = opened(tmp_path)
    assert later.find("a") is None
    assert later.take_notices() == ()
    clear_cache(tmp_path)
    assert (tmp_path / "dead.unreadable").exists()
