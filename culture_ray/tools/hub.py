"""Data sets on the Hugging Face hub: a folder pushed there, and one pulled from there."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from culture_ray.errors import HubProblem, MissingExtra, WrongValue

PREFIX = "hub:"
"""Beginning of a name of a data set, where a file could be named instead."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_REVISION = re.compile(r"[\w.-]+(?:/[\w.-]+)*")


def check_name(key: str, name: str) -> None:
    """Raise WrongValue unless a value of `key` can be the name of a data set."""
    if not _NAME.fullmatch(name):
        raise WrongValue(key, name, "the name of a data set on the hub, such as organisation/name")


def push_folder(folder: Path, name: str, *, private: bool, message: str) -> str:
    """Upload a folder as a data set, in place of what an earlier push has left; return its address.

    The data set is made if it does not exist; `private` holds only for a new one. Raises
    MissingExtra, and HubProblem if the hub cannot be reached or refuses.
    """
    _check_installed("pushing to the hub")
    from huggingface_hub import HfApi

    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    with _told(name, "pushed"):
        api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        made = api.upload_folder(
            repo_id=name,
            folder_path=folder,
            repo_type="dataset",
            commit_message=message,
            delete_patterns=["data/*"],  # shards of an earlier push with more of them
        )
    return str(made.commit_url)


def pull_data_set(name: str) -> tuple[Path, str]:
    """Download a data set, given as NAME or NAME@REVISION; return its folder and its commit.

    The folder is in the hub's cache. Raises WrongValue for something that is no name, MissingExtra
    and HubProblem.
    """
    wanted, at, revision = name.partition("@")
    check_name("file", wanted)
    if at and not _REVISION.fullmatch(revision):
        raise WrongValue("file", name, "a commit, branch or tag after @")
    _check_installed("importing from the hub")
    from huggingface_hub import snapshot_download

    with _told(name, "pulled"):
        folder = snapshot_download(
            wanted,
            repo_type="dataset",
            revision=revision or None,
            endpoint=os.environ.get("HF_ENDPOINT"),
        )
    return Path(folder), Path(folder).name


@contextmanager
def _told(name: str, done: str) -> Iterator[None]:
    """Raise HubProblem with the first line of whatever the library raises."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        yield
    except Exception as problem:
        words = str(problem).strip().splitlines() or [type(problem).__name__]
        raise HubProblem(
            f"{name} cannot be {done}: {words[0]}; a private or gated data set, and every push, "
            f"needs HF_TOKEN in the environment"
        ) from problem


def _check_installed(needed_for: str) -> None:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise MissingExtra(needed_for, "hub")
