"""The last line of a log that matters is found below Slurm's and the script's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.submission.slurm.log_file import ended_by, exit_code, last_line

CUT = (
    "working\nslurmstepd: error: *** JOB 5 ON n1 CANCELLED AT 2026-11-30T01:02:03 DUE TO TIME "
    "LIMIT ***\n"
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\ntwo\n", "two"),
        ("culture-ray: no model\nsrun: error: n1: task 0\nsweep.sbatch: exit code 2\n",
         "culture-ray: no model"),
        ("why\nslurmstepd: error: *** STEP 5.0 ON n1 CANCELLED AT 2026 ***\n", "why"),
        ("why\nslurmstepd-n1: error: *** STEP 5.0 ON n1 CANCELLED AT 2026 ***\n", "why"),
        ("why\nsweep.sbatch: Ray's logs are in /runs/x\nsweep.sbatch: exit code 3\n", "why"),
        ("why\n/var/spool/slurmd/job00012/slurm_script: line 95: 12345 Killed                  "
         'run_in_job culture-ray sweep "$@" cluster.address="$ray_address"\n', "why"),
        ("why\n/spool/job7/slurm_script: Zeile 95:   345 Speicherzugriffsfehler  (core dumped) "
         'run_in_job culture-ray sweep "$@"\n', "why"),
        ("/etc/site.sh: line 3: 12 Killed my_program\n",
         "/etc/site.sh: line 3: 12 Killed my_program"),
        ("10 %\r50 %\r90 %\r\n\n", "90 %"),
        ("\x1b[31mred\x1b[0m\n", "red"),
        ("a\x1b]0;title\x07b\n", "a\\x1b]0;title\\x07b"),
        ("", ""),
        ("sweep.sbatch: exit code 2\n", ""),
    ],
)  # fmt: skip
def test_the_last_line_that_says_something(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "log").write_text(text)
    assert last_line(tmp_path / "log") == line


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\xff\xfe" * 200_000 + b"\nthe end\n")
    assert last_line(tmp_path / "log") == "the end"


def test_an_exit_code_counts_only_at_the_very_end(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("sweep.sbatch: exit code 75\nsweep.sbatch: job 5, attempt 2\n")
    assert exit_code(log) is None
    log.write_text("sweep.sbatch: job 5, attempt 2\nsweep.sbatch: exit code 75\n")
    assert exit_code(log) == 75
    assert exit_code(tmp_path / "none") is None


def test_slurms_reason_for_the_end_is_found(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(CUT)
    assert ended_by(log) == "due to time limit"
    log.write_text(CUT.replace("slurmstepd", "slurmstepd-n1"))
    assert ended_by(log) == "due to time limit"
    log.write_text("working\n")
    assert ended_by(log) == ""
