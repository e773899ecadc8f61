"""Every file of conf/cluster makes a plan, and a batch script that bash and sbatch can read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from culture_ray.config.compose import compose
from culture_ray.config.files import choices, conf_folder
from culture_ray.config.run_settings import cluster_from
from tests.conftest import Said

pytestmark = pytest.mark.slow

GPU_JOB = ("experiment=paper", "model=[gemma_2_2b]", "judge=[gemma_2_9b]")
NAMES = choices("cluster")
ON_SLURM = [name for name in NAMES if name != "local"]
SITES = [name for name in ON_SLURM if name not in {"slurm", "university"}]


def path_of(name: str) -> Path:
    return conf_folder() / "cluster" / f"{name}.yaml"


@pytest.mark.parametrize("name", NAMES)
def test_a_clusters_file_composes_to_a_cluster_of_its_name(name: str) -> None:
    content, _ = compose(["experiment=quickstart", f"cluster={name}"])
    cluster = cluster_from(content)
    assert cluster.name == name
    assert (cluster.slurm is not None) == (name in ON_SLURM)


@pytest.mark.parametrize("name", [name for name in ON_SLURM if name != "slurm"])
def test_a_clusters_file_inherits_and_holds_only_what_differs(name: str) -> None:
    whole = yaml.safe_load(path_of("slurm").read_text(encoding="utf-8"))
    own = yaml.safe_load(path_of(name).read_text(encoding="utf-8"))
    assert own.pop("defaults") == ["slurm", "_self_"]
    assert set(own) <= set(whole) and set(own["slurm"]) <= set(whole["slurm"])
    assert len(own) + len(own["slurm"]) < len(whole) + len(whole["slurm"]) - 10


@pytest.mark.parametrize("name", SITES)
def test_a_sites_file_says_what_it_rests_on_and_that_it_was_not_run_there(name: str) -> None:
    text = " ".join(path_of(name).read_text(encoding="utf-8").replace("\n#", " ").split())
    assert "Never run there" in text
    if name != "ucloud":
        assert re.search(r'Read on \d+ \w+ 20\d\d in [^"]*: "', text)
    assert re.search(r"# set\b", text)


@pytest.fixture
def read_by_sbatch(tmp_path: Path) -> Callable[[str], str]:
    """The installed sbatch reads every option and value of a script, and finds no controller."""
    settings, path = tmp_path / "slurm.conf", tmp_path / "script"
    settings.write_text(
        "ClusterName=any\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=1\nGresTypes=gpu\n"
        "MessageTimeout=1\n"  # sbatch asks again for as long as this
    )

    def read(script: str) -> str:
        path.write_text(script)
        return subprocess.run(
            ["sbatch", "--test-only", path],
            check=False, capture_output=True, text=True,
            env=os.environ | {"SLURM_CONF": str(settings)},
        ).stderr  # fmt: skip

    return read


@pytest.mark.slow
@pytest.mark.parametrize("name", ON_SLURM)
def test_bash_and_sbatch_can_read_every_line_of_the_batch_script(
    culture_ray: Callable[..., Said], read_by_sbatch: Callable[[str], str], name: str
) -> None:
    said = culture_ray("submit", *GPU_JOB, f"cluster={name}", "--dry-run")
    assert said.code == 0, said.err
    script = said.out[said.out.index("#!/bin/bash") :]
    read = subprocess.run(["bash", "-n"], input=script, check=False, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    lines = re.findall(r"^#SBATCH (.*)$", script, re.MULTILINE)
    assert {"--nodes", "--time", "--output"} <= {line.partition("=")[0] for line in lines}
    if shutil.which("sbatch") is not None:
        assert "Unable to contact slurm controller" in read_by_sbatch(script)
        wrong = script.replace("#SBATCH --nodes=", "#SBATCH --nods=")
        assert "unrecognized option" in read_by_sbatch(wrong)


@pytest.mark.slow
def test_help_lists_every_cluster(culture_ray: Callable[..., Said]) -> None:
    for name in NAMES:
        assert re.search(rf"\b{name}\b", culture_ray("submit", "--help").out), name
