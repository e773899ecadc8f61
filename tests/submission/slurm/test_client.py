"""Jobs are submitted, listed and cancelled on the cluster that they belong to; none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import NoSlurm, SlurmRefused
from culture_ray.submission.slurm import client
from culture_ray.submission.slurm.job_id import JobId
from tests.submission.standin_slurm import CONFIG, StandInSlurm

SCRIPT = Path("/shared/results/x/slurm/sweep.sbatch")


def submitted(**more: str) -> JobId:
    return client.submit(SCRIPT, "culture-ray-x-a1b2c3", **more)


def test_an_id_alone_is_kept_with_the_cluster_of_the_login_node(slurm_bin: StandInSlurm) -> None:
    slurm_bin.says(sbatch="12", scontrol=CONFIG["alpha"])
    assert submitted() == JobId("12", "alpha")
    [call] = slurm_bin.called("sbatch")
    assert "--parsable" in call
    assert "--job-name=culture-ray-x-a1b2c3" in call
    assert not slurm_bin.called("squeue")


def test_where_more_is_printed_the_name_finds_the_job(slurm_bin: StandInSlurm) -> None:
    # The number above is not the job's: only Slurm can tell.
    slurm_bin.says(sbatch="core hours left:\n5000\nyour job is in", squeue="12|")
    assert submitted() == JobId("12")
    [call] = slurm_bin.called("squeue")
    assert "--name=culture-ray-x-a1b2c3" in call


def test_a_job_that_has_left_the_queue_already_is_known_by_what_was_printed(
    slurm_bin: StandInSlurm,
) -> None:
    slurm_bin.says(sbatch="** welcome **\n5000\nSubmitted batch job 12 on cluster beta", squeue="")
    slurm_bin.runs(
        scontrol="case $* in *job?12*) echo 'JobId=12 JobName=culture-ray-x-a1b2c3 UserId=me';; "
        "*) echo 'JobId=5000 JobName=another UserId=me';; esac"
    )
    assert submitted() == JobId("12", "beta")


@pytest.mark.parametrize("text", ["your request was noted", "", "core hours left:\n5000"])
def test_without_any_id_the_text_and_the_name_are_told(slurm_bin: StandInSlurm, text: str) -> None:
    slurm_bin.says(sbatch=text, squeue="", scontrol="JobId=5000 JobName=another UserId=me")
    with pytest.raises(SlurmRefused) as said:
        submitted()
    shown = " ".join(text.split()) or "nothing"
    assert f"sbatch printed no job id ({shown})" in str(said.value)
    assert "scancel --name=culture-ray-x-a1b2c3" in str(said.value)


def test_a_wrapper_that_fails_after_it_has_submitted_orphans_nothing(
    slurm_bin: StandInSlurm,
) -> None:
    slurm_bin.runs(sbatch="echo Submitted batch job 12; exit 1")
    slurm_bin.says(squeue="12+0|\n12+1|")
    assert submitted() == JobId("12")


def test_a_controller_that_answers_too_late_orphans_nothing(
    slurm_bin: StandInSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object) -> None:
        raise NoSlurm("sbatch got no answer")

    slurm_bin.says(squeue="12|")
    monkeypatch.setattr(client, "completed_command", too_late)
    assert submitted() == JobId("12")
    slurm_bin.says(squeue="")
    with pytest.raises(NoSlurm, match="no answer"):
        submitted()


def test_a_refusal_is_one_line_in_slurms_words(slurm_bin: StandInSlurm) -> None:
    slurm_bin.runs(
        sbatch="printf 'sbatch: error: Specify a project.\\nsbatch: error: Batch job submission "
        "failed: Unspecified error\\n' >&2; exit 1"
    )
    with pytest.raises(SlurmRefused) as said:
        submitted()
    assert str(said.value) == (
        "Slurm refused (sbatch): Specify a project.; Batch job submission failed: Unspecified error"
    )
    assert not slurm_bin.called("squeue")


def test_a_successor_is_submitted_to_the_cluster_of_the_job_before(
    slurm_bin: StandInSlurm,
) -> None:
    slurm_bin.says(sbatch="13;beta", scontrol=CONFIG["alpha"])
    after = client.Dependency("afternotok", [JobId("12", "beta")])
    assert client.submit(SCRIPT, "name", after, clusters="alpha,beta") == JobId("13", "beta")
    [call] = slurm_bin.called("sbatch")
    assert "--clusters=beta --dependency=afternotok:12 " in call


def test_two_clusters_with_one_job_number_are_told_apart(slurm_bin: StandInSlurm) -> None:
    slurm_bin.says(scontrol=CONFIG["alpha"])
    slurm_bin.runs(
        squeue="case $* in *--clusters=beta*) echo 'CLUSTER: beta'; echo '5|PENDING|0:00|N/A|x';;"
        " *--clusters*) exit 1;;"
        " *) echo '5|RUNNING|1:00|N/A|n1'; echo '6|RUNNING|1:00|N/A|n1';; esac",
        scancel="",
    )
    both = [JobId("5", "alpha"), JobId("5", "beta")]
    assert [(s.cluster, s.state) for s in client.states(both)] == [
        ("alpha", "RUNNING"),
        ("beta", "PENDING"),
    ]
    client.cancel(both[1:])
    client.cancel(both[:1])
    assert slurm_bin.called("scancel") == ["scancel --clusters=beta 5", "scancel 5"]


def test_messages_of_a_site_are_no_jobs(slurm_bin: StandInSlurm) -> None:
    slurm_bin.says(squeue="* 12 nodes are down *\n12|RUNNING|1:00|N/A|n1\n12 | news | of | today")
    [state] = client.states([JobId("12")])
    assert (state.part, state.where) == ("12", "n1")


def test_runs_of_other_folders_are_found_by_their_script(slurm_bin: StandInSlurm) -> None:
    slurm_bin.says(
        squeue="1|/a/results/x/slurm/sweep.sbatch\n2|/a/results/x/slurm/sweep.sbatch\n"
        "3|/b/results/xx/slurm/sweep.sbatch\n4|(null)"
    )
    assert client.results_of("x") == [Path("/a/results")]
    assert client.results_of("y") == []
