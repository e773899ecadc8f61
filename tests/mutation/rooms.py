"""Rooms whose modules are mutated, each with the tests that have to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Room:
    """Modules that are mutated together and the tests that run for each of their mutants."""

    name: str
    modules: tuple[str, ...]
    """Files or folders, from the repository's root."""
    tests: tuple[str, ...]
    sample: int
    """Mutants tried unless all of them are asked for."""
    slow: bool = False
    """True where slow tests notice too: formulas that are checked against long simulations."""
    seconds: float = 3.0
    """Processor time of the tests that run for a mutant, the quickest first."""
    without: tuple[str, ...] = ()
    """Files under `tests` that do not run: what they need is not pure Python."""

    def module_files(self) -> list[Path]:
        """Return the files of the modules."""
        return _python_files(self.modules)

    def test_files(self) -> list[str]:
        """Return the test files, from the repository's root."""
        files = [str(file.relative_to(ROOT)) for file in _python_files(self.tests)]
        return [f for f in files if Path(f).name.startswith("test_") and f not in self.without]


def _python_files(places: tuple[str, ...]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        if not path.exists():
            raise SystemExit(f"{place} does not exist: update tests/mutation/rooms.py")
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file for file in found if file.name != "__init__.py"]


def _under(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}.py" for name in names)


ROOMS = (
    Room("limiter",
         (*_under("culture_ray/spending", "limiter", "limits", "token_bucket"),
          "culture_ray/spending/limiting"),
         ("tests/spending",), 200),
    Room("ledger", _under("culture_ray/spending", "balances", "ledger", "records",
                            "governing/attempts"),
         ("tests/spending",), 200),
    Room("schedule",
         _under("culture_ray/sweep/schedule",
                "policy", "scaling", "state", "replica_pool", "preemption", "nodes", "chunks",
                "records"),
         ("tests/sweep/schedule",), 250),
    Room("lists",
         (*_under("culture_ray/judging", "opinions", "parse", "answers", "choice"),
          "culture_ray/judging/lists"),
         ("tests/judging",), 200, seconds=20.0),
    Room("claims", ("culture_ray/store/claims.py",),
         _under("tests/store", "test_claims", "test_claim_races"), 100),
    Room("measures", ("culture_ray/measures",), ("tests/measures",), 200,
         slow=True, seconds=20.0),
    Room("regression", ("culture_ray/regression",), ("tests/regression",), 200,
         slow=True, seconds=20.0,
         without=("tests/regression/test_against_r.py",)),
    Room("simulation", ("culture_ray/simulation",), ("tests/simulation",), 100,
         slow=True, seconds=20.0),
)  # fmt: skip
