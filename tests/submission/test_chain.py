"""The ids of a run's jobs are kept in their order."""

from pathlib import Path

from culture_ray.submission.chain import read_chain, write_chain


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_chain(tmp_path) == []
    write_chain(tmp_path, ["12", "13"])
    write_chain(tmp_path, ["14", "15", "16"])
    assert read_chain(tmp_path) == ["14", "15", "16"]
