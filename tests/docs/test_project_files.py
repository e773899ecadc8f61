"""Files about the project: architecture, contributing, changelog, citation, CI, hooks, forms."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT, blocks, links, prose, spans

ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
CONTRIBUTING, CHANGELOG = ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"
_ROOTS = ("culture_ray", "conf", "docs", "jobs", "slurm", "tests", ".github", ".ci")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "page", [ARCHITECTURE, CONTRIBUTING, CHANGELOG], ids=lambda page: page.name
)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = [span for span in spans(page) if span.partition("/")[0] in _ROOTS and "/" in span]
    for path in (*named, *(link for link in links(page) if "//" not in link)):
        where = page.parent if path not in named else ROOT
        assert (where / path.partition("#")[0]).exists(), f"{page.name}: {path}"


def test_git_ignores_what_jobs_and_commands_leave_in_a_clone(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    left = ["slurm-77.out", "77/n1.head.log", "77/ray/n1/raylet.out", "multirun/x", "wheels/x.whl"]
    ours = ["slurm/sweep.sbatch", "tests/slurm/77/x", "culture_ray_conf/cluster/mine.yaml"]
    told = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", *left, *ours],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.splitlines() == left


def test_every_module_that_the_architecture_names_exists() -> None:
    named = [span for span in spans(ARCHITECTURE) if re.fullmatch(r"culture_ray(\.\w+)+", span)]
    assert named
    assert all(find_spec(name) for name in named)


def test_every_name_in_the_architecture_is_in_the_files_beside_it() -> None:
    """Functions, classes, fields and files of one folder, row by row and paragraph by paragraph."""
    text = prose(ARCHITECTURE).partition("## Where to find things")[2]
    named = 0
    for part in re.split(r"\n(?=\|)|\n\n|\n(?=\d+\. )", text):
        words = re.findall(r"`([^`]+)`", part)
        paths = [ROOT / word for word in words if word.startswith("culture_ray/")]
        folders = [path if path.is_dir() else path.parent for path in paths]
        files = [file for path in paths for file in ([path], path.glob("*.py"))[path.is_dir()]]
        code = "\n".join(file.read_text(encoding="utf-8") for file in files)
        for word in words:
            if re.fullmatch(r"\w+\.py", word):
                assert any((folder / word).exists() for folder in folders), f"{word}: {part}"
            elif name := re.fullmatch(r"(\w+)(\(.*)?", word):
                assert re.search(rf"\b{name[1]}\b", code), f"{word}: {part}"
            named += "/" not in word
    assert named > 15


def test_the_architecture_shows_every_room_in_the_order_of_the_import_rules() -> None:
    (tree,) = [block.text for block in blocks(ARCHITECTURE) if "culture_ray/\n" in block.text]
    shown = re.findall(r"^  (\w+)", tree, re.MULTILINE)
    (contract,) = [
        one for one in PROJECT["tool"]["importlinter"]["contracts"]
        if one["type"] == "layers" and one["containers"] == ["culture_ray"]
    ]  # fmt: skip
    rooms = [room for layer in contract["layers"] for room in layer.split(" | ")]
    assert shown == [room for room in rooms if room != "__main__"]


def test_the_tree_of_the_architecture_is_there() -> None:
    (tree,) = [block.text for block in blocks(ARCHITECTURE) if "culture_ray/\n" in block.text]
    for line in tree.splitlines():
        folder = ROOT / "culture_ray" if line.startswith("  ") else ROOT
        name, _, about = line.strip().partition(" ")
        assert (folder / name).exists() or (folder / f"{name}.py").exists(), name
        for part in re.findall(r"\b(\w+/)", about):
            assert part == "conf/" or any((folder / name).rglob(part)), f"{name} {part}"


def test_questions_of_a_stranger_are_answered() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    for question in (
        "Where is a request sent?", "Where is the dollar cap enforced?",
        "Where is alignment computed?", "Where is a figure of the report drawn?",
    ):  # fmt: skip
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {question}")]
        assert "`culture_ray/" in row


@pytest.mark.slow
def test_code_names_no_page_that_is_not_there() -> None:
    for path in sorted((ROOT / "culture_ray").rglob("*.py")):
        for name in re.findall(r"[\w./-]*\w\.md\b", path.read_text(encoding="utf-8")):
            written = name in {"README.md", "review.md"}  # files that commands write
            there = any((folder / name).exists() for folder in (ROOT, path.parent, ROOT / "docs"))
            assert written or there, f"{path.relative_to(ROOT)}: {name}"


def test_the_citation_is_of_this_version() -> None:
    citation, project = loaded("CITATION.cff"), PROJECT["project"]
    assert citation["version"] == project["version"]
    assert citation["title"] == project["name"]
    assert citation["license"] == project["license"]
    assert citation["abstract"] == project["description"]


def test_the_changelog_has_the_version_and_what_is_to_come() -> None:
    versions = re.findall(r"^## \[([^]]+)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert PROJECT["project"]["version"] in versions


def test_hooks_run_the_linters_of_make_without_a_network() -> None:
    (repository,) = loaded(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        program = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert f"$(BIN)/{program}" in text


def test_forms_for_issues_have_what_a_form_needs() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    names = [form for form in forms if form.stem != "config"]
    assert names
    for form in names:
        content = loaded(str(form.relative_to(ROOT)))
        assert {"name", "description", "body"} <= set(content)
        ids = [field["id"] for field in content["body"]]
        assert len(ids) == len(set(ids))
