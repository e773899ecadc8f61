"""Size of a model's weights as its safetensors files state it, without reading the weights."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path

_PLAIN = frozenset(("F64", "F32", "F16", "BF16"))
_LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the format."""


@dataclass(frozen=True)
class Stored:
    """Size of stored weights."""

    size: int
    """Bytes."""
    parameters: int | None = None
    """None where the files do not say, or where weights are packed."""


def stored_weights(folder: Path) -> Stored | None:
    """Return the size of the weights in a folder; None if no file there states it.

    The index of weights in several files states their total; a single file has it in its header.
    Raises ValueError for a file that is not what its name says.
    """
    index, single = folder / "model.safetensors.index.json", folder / "model.safetensors"
    if index.is_file():
        total = (json.loads(index.read_text(encoding="utf-8")).get("metadata") or {}) or {}
        size, count = total.get("total_size"), total.get("total_parameters")
        return None if not size else Stored(int(size), int(count) if count else None)
    return _of_header(single) if single.is_file() else None


def _of_header(path: Path) -> Stored:
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else _LONGEST_HEADER
        if length >= _LONGEST_HEADER:
            raise ValueError(f"{path.name} has no header of safetensors")
        header = json.loads(file.read(length))
    tensors = [entry for name, entry in header.items() if name != "__metadata__"]
    size = sum(entry["data_offsets"][1] - entry["data_offsets"][0] for entry in tensors)
    plain = all(entry["dtype"] in _PLAIN for entry in tensors)
    return Stored(size, sum(math.prod(e["shape"]) for e in tensors) if plain else None)
