from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation import equivalent
from tests.mutation.baseline import Baseline
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.record import sampled
from tests.mutation.rooms import ROOMS, ROOT

MODULE = """
import os

LIMIT = 3


class Box:
    @property
    def size(self) -> int | None:
        return max(self.least, len([x for x in self.items if x.ok and x.here]))

    def add(self, item: str = "a") -> None:
        if item:
            self.items.append(item)
        while not self.full and self.count <= LIMIT:
            self.count += 1
        if self.count == 9:
            raise ValueError(f"{self.count + 1} items")
"""


@pytest.fixture
def mutants(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "box.py").write_text(MODULE)
    return mutants_of(tmp_path / "box.py", tmp_path)


def test_every_mutant_changes_one_place_and_says_where(mutants: list[Mutant]) -> None:
    assert {mutant.function for mutant in mutants} == {"", "Box.size", "Box.add"}
    assert len({mutant.key for mutant in mutants}) == len(mutants)
    for mutant in mutants:
        assert mutant.before != mutant.after
        assert mutant.source != MODULE
        compile(mutant.source, "box.py", "exec")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("if item:", "if not item:"),
        ("self.items.append(item)", "pass"),
        ("self.count += 1", "self.count -= 1"),
        ("self.count += 1", "self.count = 1"),
        ("while not self.full and self.count <= LIMIT:",
         "while not self.full and self.count < LIMIT:"),
        ("while not self.full and self.count <= LIMIT:",
         "while not self.full or self.count <= LIMIT:"),
        ("while not self.full and self.count <= LIMIT:",
         "while self.full and self.count <= LIMIT:"),
        ("return max(self.least, len([x for x in self.items if x.ok and x.here]))",
         "return (self.least)"),
        ("return max(self.least, len([x for x in self.items if x.ok and x.here]))",
         "return max(self.least, len([x for x in self.items]))"),
    ],
)  # fmt: skip
def test_what_a_mutant_may_change(mutants: list[Mutant], before: str, after: str) -> None:
    assert (before, after) in {(mutant.before, mutant.after) for mutant in mutants}


def test_messages_types_and_imports_are_left_alone(mutants: list[Mutant]) -> None:
    for line in ("import os", "raise ValueError", "def size(self) -> int | None:"):
        assert not [mutant for mutant in mutants if line in mutant.before]


def test_the_quickest_tests_that_reach_a_mutant_run_first_and_only_for_so_long(
    mutants: list[Mutant],
) -> None:
    mutant = next(mutant for mutant in mutants if mutant.before == "self.count += 1")
    line = mutant.lines[0]
    seconds = {"slow": 4.0, "quick": 0.1, "medium": 1.0, "elsewhere": 0.0}
    known = Baseline(seconds, {"box.py": {line: ["slow", "quick", "medium"], 3: ["elsewhere"]}})
    assert known.tests_of(mutant, 10) == ["quick", "medium", "slow"]
    assert known.tests_of(mutant, 2) == ["quick", "medium"]
    assert known.tests_of(mutant, 0.01) == ["quick"], "at least one"
    assert Baseline(seconds, {"box.py": {3: ["elsewhere"]}}).tests_of(mutant, 10) == ["elsewhere"]
    assert Baseline(seconds, {}).tests_of(mutant, 10) == []
    own = Baseline({"t/test_box.py::a": 9.0, "t/test_other.py::b": 1.0}, {
        "box.py": {line: ["t/test_other.py::b", "t/test_box.py::a"]}})  # fmt: skip
    assert own.tests_of(mutant, 0.5) == ["t/test_box.py::a"], "its own, however slow"
    assert own.tests_of(mutant, 2) == ["t/test_other.py::b", "t/test_box.py::a"]


def test_a_sample_is_the_same_for_a_seed_and_changes_little_with_the_code(
    mutants: list[Mutant],
) -> None:
    sample = sampled(mutants, 8, seed=1)
    assert len(sample) == 8
    assert sample == sampled(mutants, 8, seed=1) != sampled(mutants, 8, seed=2)
    fewer = [mutant for mutant in mutants if mutant is not sample[0]]
    assert len(set(sample) & set(sampled(fewer, 8, seed=1))) == 7


def test_rooms_name_files_that_exist() -> None:
    for room in ROOMS:
        assert room.module_files()
        assert room.test_files()
        assert all((ROOT / file).exists() for file in room.without)


def test_every_declared_line_stands_in_its_function() -> None:
    reasons = equivalent.declared()
    assert equivalent.misplaced(reasons) == []
    module, function, before, after = next(name for name in reasons if name[1])
    assert equivalent.misplaced([(module, f"{function}_of_old", before, after)])


@pytest.mark.slow
def test_every_declaration_names_a_mutant_and_its_reason() -> None:
    reasons = equivalent.declared()
    modules = {ROOT / module for module, *_ in reasons}
    missing = [str(file) for file in modules if not file.exists()]
    assert not missing
    assert equivalent.stale(reasons, [m for file in modules for m in mutants_of(file)]) == []
