"""Groups of benchmarks: listed without importing them, run by name, their figures kept."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench.__main__ import main
from tests.bench.figure import Figure, needs_gpu
from tests.bench.groups import GROUPS, chosen
from tests.bench.page import BEGIN, END, PAGE, table
from tests.bench.record import read

ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = GROUPS[0].name, GROUPS[1].name


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Figure | Exception]]:
    """Return the figures of each group by its name, which a test fills in."""
    planned: dict[str, list[Figure | Exception]] = {}

    def imported(name: str) -> ModuleType:
        (group,) = (one for one in GROUPS if f"tests.bench.{one.module}" == name)
        module = ModuleType(name)

        def figures() -> Iterator[Figure]:
            for one in planned[group.name]:
                if isinstance(one, Exception):
                    raise one
                yield one

        module.figures = figures  # type: ignore[attr-defined]
        return module

    monkeypatch.setattr("tests.bench.groups.import_module", imported)
    return planned


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "bench.json"


def values(record: Path) -> dict[str, float | None]:
    return {one.figure.name: one.figure.value for one in read(record)}


@pytest.mark.parametrize("word", ["--help", "--list"])
def test_words_are_read_before_anything_is_imported(word: str) -> None:
    code = (
        "import sys; from tests.bench.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('loaded:', [m for m in ('numpy', 'pyarrow', 'culture_ray') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, word]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")
    assert word == "--help" or all(group.name in done.stdout for group in GROUPS)


def test_every_module_with_figures_is_a_group() -> None:
    found = set()
    for path in (ROOT / "tests" / "bench").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(one, ast.FunctionDef) and one.name == "figures" for one in tree.body):
            found.add(".".join(path.relative_to(ROOT / "tests" / "bench").with_suffix("").parts))
    assert found == {group.module for group in GROUPS}
    assert len({group.name for group in GROUPS}) == len(GROUPS)


def test_an_unknown_group_is_refused_with_the_names_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["comands"]) == 2
    said = capsys.readouterr().out
    assert "'comands'" in said
    assert ", ".join(group.name for group in GROUPS) in said


def test_groups_run_in_the_order_of_the_words_and_all_of_them_without() -> None:
    assert [group.name for group in chosen([SECOND, FIRST])] == [SECOND, FIRST]
    assert chosen([]) == list(GROUPS)


def test_the_figures_of_a_group_replace_its_earlier_ones_and_no_others(
    measured: dict[str, list[Figure | Exception]], record: Path
) -> None:
    words = ["--json", str(record)]
    measured[SECOND] = [Figure("b", 1.0, "s", 2.0, "lower"), Figure("old", 3.0, "s")]
    measured[FIRST] = [Figure("a", 5.0, "x")]
    assert main([SECOND, *words]) == 0
    assert main([FIRST, *words]) == 0
    assert list(values(record)) == ["a", "b", "old"], "in the order of the groups"
    measured[SECOND] = [Figure("b", 0.5, "s", 2.0, "lower")]
    assert main([SECOND, *words]) == 0
    assert values(record) == {"a": 5.0, "b": 0.5}
    [_, kept] = read(record)
    assert (kept.figure, kept.group) == (Figure("b", 0.5, "s", 2.0, "lower"), SECOND)
    assert kept.circumstances.cores >= 1
    assert kept.circumstances.measured.endswith("Z")


def test_a_group_that_fails_is_named_keeps_its_earlier_figures_and_stops_no_other(
    measured: dict[str, list[Figure | Exception]], record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [FIRST, SECOND, "--json", str(record)]
    measured |= {FIRST: [Figure("a", 1.0, "s")], SECOND: [Figure("b", 1.0, "s")]}
    assert main(words) == 0
    measured |= {FIRST: [Figure("a", 2.0, "s"), OSError("no disk")], SECOND: [Figure("b", 2, "s")]}
    assert main(words) == 1
    assert values(record) == {"a": 1.0, "b": 2.0}
    said = capsys.readouterr().out
    assert f"{FIRST}: OSError: no disk\n" in said
    assert f"failed: {FIRST}; their earlier figures stay in {record}\n" in said


def test_the_page_gets_the_table_of_the_record_and_keeps_the_rest(
    measured: dict[str, list[Figure | Exception]], record: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    measured[FIRST] = [
        Figure("quick", 0.12345, "CPU s", 0.2, "lower"),
        Figure("slow", 1234.5, "x", 2000.0),
        Figure("bounded", 0.5, "", 0.75, possible=0.6543),
        Figure("only told", 1.0, "s"),
        needs_gpu("seeds"),
    ]
    assert main([FIRST, "--json", str(record), "--page"], page) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"\n{END}\nafter\n")
    assert "\nold\n" not in text
    assert "only told" not in text
    day = read(record)[0].circumstances.measured[:10]
    assert f"| quick | 0.123 CPU s | at most 0.2 | yes | {day} |" in text
    assert f"| slow | 1,234 x | at least 2,000 | no | {day} |" in text
    assert f"| bounded | 0.5 | at least 0.75 (0.654 is possible) | no | {day} |" in text
    assert [one.figure.possible for one in read(record)] == [None, None, 0.6543, None, None]
    assert "| seeds | needs a GPU | | | |" in text
    assert text.count("| not measured |") == len(GROUPS) - 1
    assert main(["--list", "--page"], page) == 0
    assert page.read_text(encoding="utf-8") == text


def test_the_table_of_the_page_has_every_group() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = text.partition(BEGIN)[2].partition(END)[0]
    headings = [line for line in table([]).splitlines() if line.startswith("| **")]
    assert [line for line in shown.splitlines() if line.startswith("| **")] == headings


def test_a_figure_without_a_value_is_printed_with_its_reason() -> None:
    assert needs_gpu("seeds").line().split() == ["seeds", "-", "needs", "a", "GPU"]
    assert Figure("f", 1.0, "s", 2.0, "lower").line().endswith("1 s  (target 2)")
    bounded = Figure("f", 0.5, "", 0.75, possible=0.6543)
    assert bounded.line().endswith("0.5   (target 0.75, 0.654 possible)")
