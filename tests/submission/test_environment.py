"""A job has what it needs whatever sbatch passes on, and no key is written anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.submission.environment import (
    exported_names,
    kept_variables,
    key_notices,
    submitting_environment,
)

API = Model("openai", "gpt", "gpt-4o", api=ApiSettings(key_variable="MY_KEY"))
LOCAL = Model("vllm", "gemma", "google/gemma-2-2b-it")


def test_folders_of_the_job_are_kept_by_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = kept_variables(
        {"HF_HOME": "hub", "CULTURE_RAY_CONF": "/shared/conf", "PYTHONPATH": "/p", "USER": "me"},
        own=False,
    )
    assert found == {"HF_HOME": f"{tmp_path}/hub", "CULTURE_RAY_CONF": "/shared/conf"}
    assert kept_variables({"PYTHONPATH": "/p"}, own=True) == {"PYTHONPATH": "/p"}


def test_no_secret_is_kept() -> None:
    secrets = {"OPENAI_API_KEY": "k", "HF_TOKEN": "k", "https_proxy": "http://me:secret@proxy:1"}
    assert kept_variables({**secrets, "no_proxy": ".local"}, own=True) == {"no_proxy": ".local"}


def test_variables_of_sbatch_do_not_override_the_script() -> None:
    given = {
        "SBATCH_TIMELIMIT": "1", "SBATCH_PARTITION": "other", "SBATCH_MEM_PER_CPU": "1G",
        "SBATCH_EXPORT": "NONE", "SBATCH_ACCOUNT": "lab", "SLURM_CLUSTERS": "b", "HOME": "/h",
    }  # fmt: skip
    left = submitting_environment([{"time": "90", "mem": "4G"}, {"partition": "gpu"}], given)
    assert set(left) == {"SBATCH_EXPORT", "SBATCH_ACCOUNT", "SLURM_CLUSTERS", "HOME"}
    assert "SLURM_CLUSTERS" not in submitting_environment([{"clusters": "a"}], given)


@pytest.mark.parametrize(
    ("options", "environment", "names"),
    [
        ({}, {}, None),
        ({"export": "ALL,A=1"}, {}, None),
        ({"export": "NONE"}, {}, {"NONE"}),
        ({}, {"SBATCH_EXPORT": "NONE"}, {"NONE"}),
        ({"export": "A,B=2"}, {}, {"A", "B"}),
        ({"export": "ALL"}, {"SBATCH_EXPORT": "NONE"}, None),
    ],
)
def test_what_is_passed_on_is_known(
    options: dict[str, str], environment: dict[str, str], names: set[str] | None
) -> None:
    assert exported_names(options, environment) == names


def test_a_key_that_is_not_passed_on_is_told_in_one_line() -> None:
    models = {"a": API, "b": replace(API, family="x"), "c": LOCAL}
    [line] = key_notices(models, {"NONE"}, ())
    assert line.startswith("MY_KEY is not passed to the job, since sbatch exports NONE: ")
    assert "mode 600" in line
    in_header = ApiSettings(key_variable=None, headers={"api-key": "$MY_KEY"})
    assert list(key_notices({"a": replace(API, api=in_header)}, {"NONE"}, ())) == [line]
    assert not list(key_notices(models, None, ()))
    assert not list(key_notices(models, {"MY_KEY"}, ()))
    assert not list(key_notices({"c": LOCAL}, {"NONE"}, ()))


def test_a_key_comes_from_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("export MY_KEY=secret\n")
    file.chmod(0o644)
    setup = ["module load cuda", f"source {file}"]
    with pytest.raises(WrongValue, match=f"chmod 600 {file}"):
        list(key_notices({"a": API}, {"NONE"}, setup))
    file.chmod(0o600)
    assert not list(key_notices({"a": API}, {"NONE"}, setup))


def test_a_key_in_a_setup_line_is_refused_without_repeating_it() -> None:
    with pytest.raises(WrongValue) as said:
        list(key_notices({"a": API}, None, ["export MY_KEY='sk-secret'"]))
    assert "sk-secret" not in str(said.value)
    assert not list(key_notices({"a": API}, None, ["export MY_KEY=$(cat ~/key)"]))
