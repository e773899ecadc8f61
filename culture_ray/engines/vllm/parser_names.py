"""Names of vLLM's reasoning parsers, read without importing vLLM, which takes seconds."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

from culture_ray.errors import UnknownName

_REGISTRY = "_REASONING_PARSERS_TO_REGISTER"
"""Name of the table in vllm/reasoning/__init__.py, as of vLLM 0.32."""


def check_parser(name: str) -> None:
    """Raise UnknownName, which suggests the nearest, for a parser that vLLM does not have.

    Where vLLM is not installed, or keeps its parsers elsewhere, every name passes.
    """
    known = parser_names()
    if known and name not in known:
        raise UnknownName("reasoning_parser", name, known)


def parser_names() -> tuple[str, ...]:
    """Return the names of vLLM's reasoning parsers, sorted; none if they cannot be found."""
    package = importlib.util.find_spec("vllm")
    for folder in package.submodule_search_locations or () if package else ():
        source = Path(folder) / "reasoning" / "__init__.py"
        if source.exists():
            return _registered(source.read_text(encoding="utf-8"))
    return ()


def _registered(source: str) -> tuple[str, ...]:
    """Return the keys of the registry in a module's source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
            continue
        if any(isinstance(target, ast.Name) and target.id == _REGISTRY for target in node.targets):
            keys = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
            return tuple(sorted(str(key) for key in keys))
    return ()
