"""Links, anchors, pictures, files, verbs, keys and settings that pages name exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.cli.catalogue import VERBS
from culture_ray.config.build import build
from culture_ray.config.files import conf_folder
from culture_ray.config.run_settings import cluster_from
from culture_ray.engines.model import Model
from tests.docs.examples import PAGE as EXTENDING
from tests.docs.keys import is_known, keys_in_files, known_keys, roots
from tests.docs.pages import PAGES, ROOT, anchors, blocks, links, prose, spans

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
_FOLDERS = ("conf", "culture_ray", "docs", "jobs", "slurm", "tests", "requirements")
_SETTINGS = ("design", "spending", "judging", "cluster", "inference")


@each_page
def test_links_and_anchors_resolve(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no {target}"
        assert not anchor or anchor in anchors(target), f"{link}: {sorted(anchors(target))}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        reached.add(page)
        found = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
        left += [one for one in found if one.suffix == ".md" and one not in reached]
    assert set(PAGES) <= reached


def test_every_page_in_docs_is_in_their_list() -> None:
    listed = {link.partition("#")[0] for link in links(ROOT / "docs" / "README.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= listed


def test_every_picture_is_shown_somewhere_and_is_one() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert pictures
    for picture in pictures:
        assert picture in shown, f"{picture.name} is on no page"
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" or picture.suffix == ".svg"


@each_page
def test_files_of_the_project_that_a_page_names_are_there(page: Path) -> None:
    for span in spans(page):
        if re.fullmatch(rf"({'|'.join(_FOLDERS)})/[a-z0-9_./-]*", span):
            assert (ROOT / span).exists(), span


def test_the_readme_lists_every_verb_once_and_no_other() -> None:
    rows = re.findall(r"^\| `culture-ray ([a-z-]+)` \|", prose(ROOT / "README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(VERBS)


def test_every_verb_stands_in_a_command_to_paste() -> None:
    shown = " ".join(block.text for page in PAGES for block in blocks(page) if block.kind == "bash")
    for verb in VERBS:
        assert re.search(rf"culture-ray {verb}\b", shown), verb


@each_page
def test_verbs_in_sentences_exist(page: Path) -> None:
    for span in spans(page):
        for verb in re.findall(r"\bculture-ray ([a-z][a-z-]*)", span):
            assert verb in VERBS, span


@each_page
def test_keys_in_sentences_exist(page: Path) -> None:
    every = frozenset().union(*map(known_keys, roots()))
    plain = frozenset().union(*map(keys_in_files, roots()))
    for span in spans(page):
        words = re.findall(r"(?<![\w/.=\[{,'\"-])(\+?[a-z_]+(?:\.\w+)*)=(?![\s=\"])", span)
        words += re.findall(rf"^((?:{'|'.join(_SETTINGS)})\.[\w.]+)$", span)
        for key in words:
            assert is_known(key, every), f"{key} in `{span}`"
            assert key.startswith("+") or is_known(key, plain), f"`{span}` needs a + at {key}"


@each_page
def test_parts_of_a_models_file_can_stand_in_one(page: Path) -> None:
    least = {"engine": "openai", "family": "some", "source": "some"}
    for block in blocks(page):
        if block.kind == "yaml" and page != EXTENDING:
            build(Model, least | yaml.safe_load(block.text), f"line {block.line}")


def test_settings_for_typical_clusters_can_stand_in_a_clusters_file() -> None:
    base = yaml.safe_load((conf_folder() / "cluster" / "slurm.yaml").read_text(encoding="utf-8"))
    seen = 0
    for span in spans(ROOT / "slurm" / "README.md"):
        if re.match(r"[a-z_]+: \S", span):
            cluster_from({"cluster": _merged(base, yaml.safe_load(span))})
            seen += 1
    assert seen > 8


def _merged(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return base | {key: _merged(base.get(key), value) for key, value in change.items()}
