"""A download says which files are here: on one line of a terminal, in plain lines elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from culture_ray.tools.download_progress import DownloadProgress
from tests.benchmarks.scripted_hub import ScriptedHub, scripted_hub

hub_library = pytest.importorskip("huggingface_hub")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"a.csv": b"x" * 3000, "b.csv": b"y" * 1000}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def hub() -> Iterator[ScriptedHub]:
    with scripted_hub("org/items", COMMIT, FILES) as server:
        yield server


def fetch(hub: ScriptedHub, cache: Path, out: io.StringIO, name: str = "a model") -> str:
    """Download the hub's data set with the library, and return what was written meanwhile."""
    out.truncate(0)
    with DownloadProgress(name, out) as progress:
        hub_library.snapshot_download(
            "org/items", repo_type="dataset", endpoint=hub.url, cache_dir=cache, max_workers=1,
            tqdm_class=progress.bar_class,
        )  # fmt: skip
    return out.getvalue()


def test_a_file_gets_a_plain_line_per_file_and_none_for_what_was_there(
    hub: ScriptedHub, tmp_path: Path
) -> None:
    first, second = fetch(hub, tmp_path, io.StringIO()).splitlines()
    assert first in ("a model: 1 of 2 files, 3.0 kB", "a model: 1 of 2 files, 1.0 kB")
    assert second == "a model: 2 of 2 files, 4.0 kB"
    assert fetch(hub, tmp_path, io.StringIO()) == ""


def test_a_terminal_shows_one_line_which_is_gone_at_the_end(
    hub: ScriptedHub, tmp_path: Path
) -> None:
    shown = fetch(hub, tmp_path, Terminal(), "a\x1b[31m model")
    assert "\n" not in shown
    assert "\x1b" not in shown
    empty, *frames, last, end = shown.split("\r")
    assert (empty, last.strip(), end) == ("", "", "")
    assert len({len(frame) for frame in (*frames, last)}) == 1
    assert frames[0].strip() == "a\\x1b[31m model: asking the hub"
    assert frames[-1].strip() == "a\\x1b[31m model: 2 of 2 files, 4.0 kB"


def test_a_download_that_fails_leaves_no_line(hub: ScriptedHub) -> None:
    out = Terminal()
    with pytest.raises(OSError), DownloadProgress("a model", out):
        raise OSError
    assert out.getvalue().split("\r")[-2:] == [" " * 72, ""]
