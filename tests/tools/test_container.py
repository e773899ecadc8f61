"""A recipe installs the wheels that were saved, and nothing from an index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from culture_ray.cli.commands.container import act
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.tools.container import FORMATS, recipe


@pytest.mark.parametrize("form", FORMATS)
def test_a_recipe_installs_saved_wheels_for_the_same_python(form: str) -> None:
    text = recipe(form, "3.12", "saved")
    assert "library/python:3.12-slim-bookworm" in text
    assert "saved /wheels" in text
    assert "pip install --no-cache-dir --no-index --no-deps /wheels/*.whl" in text
    assert text.index("/wheels\n") < text.index("pip install") < text.index("culture-ray --version")


def test_each_runtime_gets_its_own_form() -> None:
    assert recipe("apptainer", "3.12", "w").startswith(
        "Bootstrap: docker\nFrom: library/python:3.12-slim-bookworm\n\n%files\n    w /wheels\n"
    )
    assert recipe("containerfile", "3.12", "w").splitlines()[:2] == [
        "FROM docker.io/library/python:3.12-slim-bookworm",
        "COPY w /wheels",
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_another_base_is_taken_as_it_is(form: str) -> None:
    text = recipe(form, "3.12", "w", "docker.io/vllm/vllm-openai-rocm:v0.32.0")
    assert "vllm/vllm-openai-rocm:v0.32.0\n" in text
    assert "apt-get" not in text


def test_the_steps_of_a_definition_file_are_shell() -> None:
    steps = recipe("apptainer", "3.12", "w").partition("%post\n")[2]
    assert subprocess.run(["bash", "-n"], input=steps, text=True, check=False).returncode == 0


def test_the_command_writes_the_form_of_the_files_name_and_refuses_other_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert act([]) == 0
    assert Path("culture_ray.def").read_text() == recipe("apptainer", python, "wheels")
    said = capsys.readouterr().out
    assert "apptainer build culture_ray.sif culture_ray.def" in said
    assert "first:  culture-ray fetch ... --wheels wheels, since wheels has no wheels here" in said
    Path("saved").mkdir()
    Path("saved/culture_ray-0.1.0-py3-none-any.whl").write_text("")
    assert act(["--file", "Containerfile", "--wheels=saved"]) == 0
    assert Path("Containerfile").read_text() == recipe("containerfile", python, "saved")
    assert "first:" not in capsys.readouterr().out
    with pytest.raises(UnknownName, match="flag"):
        act(["experiment=paper"])
    with pytest.raises(WrongValue, match="--wheels"):
        act(["--wheels"])
