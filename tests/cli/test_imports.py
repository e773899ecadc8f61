"""Short commands load only what they use."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Said

HEAVY = {"pandas", "ray", "torch", "statsmodels", "matplotlib", "scipy", "openai", "transformers"}
QUICK = HEAVY | {"pyarrow", "numpy", "pydantic"}
CODE = """
import sys
from culture_ray.cli.main import main
try:
    main(sys.argv[2:])
finally:
    print("loaded:", *sorted(set(sys.argv[1].split(",")) & set(sys.modules)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "without"),
    [
        (("--version",), QUICK | {"hydra", "yaml", "rich"}),
        (("--help",), QUICK | {"hydra", "rich"}),
        (("plan", "--help"), QUICK | {"hydra", "rich"}),
        (("plann",), QUICK | {"hydra", "rich"}),
        (("status", "run=before"), HEAVY | {"pyarrow.compute"}),
        (("plan", "experiment=paper"), HEAVY - {"scipy"} | {"pyarrow.compute"}),
        (("plan", "experiment=paper", "modle=x"), QUICK),
    ],
)
def test_a_short_command_loads_none_of_the_large_packages(
    workplace: Path, in_a_process: Callable[..., Said], words: tuple[str, ...], without: set[str]
) -> None:
    shutil.copytree(ROOT / "tests/fixtures/run_of_0_1", workplace / "results" / "before")
    said = in_a_process(sys.executable, "-c", CODE, ",".join(sorted(without)), *words)
    assert said.code in (0, 2), said.err
    assert said.out.splitlines()[-1] == "loaded:"
