"""Unpacking of data files that come as .gz or .zip."""

from __future__ import annotations

import gzip
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from culture_ray.errors import BadTable


@contextmanager
def unpacked(path: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """Give the path of the data file: `path` itself, or what it contains, in a folder for a while.

    `suffixes` are those of data files; other members of an archive are left out. Raises BadTable
    for an archive that is damaged, or that does not contain exactly one data file.
    """
    kind = path.suffix.lower()
    if kind not in (".gz", ".zip"):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="culture_ray_") as folder:
        try:
            data = (_gunzip if kind == ".gz" else _unzip)(path, Path(folder), suffixes)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as problem:
            raise BadTable(f"{path}: cannot be unpacked: {problem}") from problem
        except (RuntimeError, NotImplementedError) as problem:
            expected = "unpack it and name the data file"
            raise BadTable(f"{path}: cannot be unpacked ({problem}): {expected}") from problem
        yield data


def _gunzip(path: Path, folder: Path, suffixes: Sequence[str]) -> Path:
    name = path.name[: -len(".gz")]
    if PurePosixPath(name).suffix.lower() not in suffixes:
        name += ".csv"
    with gzip.open(path, "rb") as packed, (folder / name).open("wb") as data:
        shutil.copyfileobj(packed, data, 1 << 20)
    return folder / name


def _unzip(path: Path, folder: Path, suffixes: Sequence[str]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = [
            member
            for member in archive.namelist()
            if PurePosixPath(member).suffix.lower() in suffixes
            and not PurePosixPath(member).name.startswith("._")
            and "__MACOSX" not in member
        ]
        # A codebook or licence as text beside the data is not the data.
        data = [member for member in members if not member.lower().endswith(".txt")] or members
        if len(data) != 1:
            found = ", ".join(data[:6]) or ", ".join(archive.namelist()[:6]) or "nothing"
            raise BadTable(
                f"{path}: contains {len(data)} data files instead of one ({found}): unpack it and "
                "name the file to read"
            )
        target = folder / PurePosixPath(data[0]).name
        with archive.open(data[0]) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    return target
