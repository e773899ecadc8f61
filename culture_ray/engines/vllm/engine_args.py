"""Check of `engine_args` against the arguments of the installed vLLM, without importing it."""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue

_CLASSES = ("EngineArgs", "AsyncEngineArgs")

_OWN_FIELDS = {
    "model": "source",
    "revision": "revision",
    "dtype": "dtype",
    "max_model_len": "max_model_len",
    "tensor_parallel_size": "gpus_per_replica",
    "enable_lora": "adapter",
}
"""Arguments that are settings of the model, which plans have to know, by the setting's name."""


def check_engine_args(key: str, model: Model) -> None:
    """Raise UnknownName for an argument that vLLM does not have, WrongValue for one set elsewhere.

    `key` is the model's key in the configuration. Names are checked only where vLLM is installed.
    """
    known = argument_names()
    for name, value in model.engine_args.items():
        where = f"{key}.engine_args.{name}"
        if name in _OWN_FIELDS:
            raise WrongValue(where, value, f"it as {key}.{_OWN_FIELDS[name]}, which plans read too")
        if name == "data_parallel_size" and value != 1:
            raise WrongValue(
                where,
                value,
                f"1: every replica is a copy of the model already; {key}.most_replicas says how "
                f"many there may be",
            )
        if known and name not in known:
            raise UnknownName("engine argument of vLLM", name, known, f"{key}.engine_args")
    stages = model.pipeline_stages
    if stages > 1 and (not model.gpus_per_replica or model.gpus_per_replica % stages):
        expected = f"a divisor of {key}.gpus_per_replica={model.gpus_per_replica}"
        raise WrongValue(f"{key}.engine_args.pipeline_parallel_size", stages, expected)


@cache
def argument_names() -> frozenset[str]:
    """Return the names of vLLM's engine arguments, none where vLLM is not installed."""
    found = importlib.util.find_spec("vllm")
    if found is None or not found.submodule_search_locations:
        return frozenset()
    path = Path(next(iter(found.submodule_search_locations))) / "engine" / "arg_utils.py"
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        field.target.id
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in _CLASSES
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    )
