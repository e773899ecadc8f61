"""A stage's inputs are all that decides its result: settings, files, code, and the run's data."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages import inputs
from culture_ray.stages.inputs import LEFT_OUT, fixed_inputs, tables_of
from culture_ray.store.catalogue import RUN_TABLES
from tests.small import small_settings

LOCAL = [stage for stage in Stage if not stage.asks_models]
SMALL = small_settings(Path("results"))
Place = tuple[Any, ...]


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every plain value within a value."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), (*place, field.name))
    elif isinstance(value, Mapping):
        for key in value:
            yield from leaves(value[key], (*place, key))
    elif isinstance(value, (tuple, list)):
        for index, entry in enumerate(value):
            yield from leaves(entry, (*place, index))
    else:
        yield place


def changed(value: Any, place: Place) -> Any:
    """Return a value with another plain value at a place."""
    if not place:
        return _other(value)
    first, rest = place[0], place[1:]
    if is_dataclass(value):
        copy = object.__new__(type(value))
        for field in fields(value):
            object.__setattr__(copy, field.name, getattr(value, field.name))
        object.__setattr__(copy, first, changed(getattr(value, first), rest))
        return copy
    if isinstance(value, Mapping):
        return {
            key: changed(entry, rest) if key == first else entry for key, entry in value.items()
        }
    return tuple(
        changed(entry, rest) if index == first else entry for index, entry in enumerate(value)
    )


def _other(value: Any) -> Any:
    if isinstance(value, Enum):
        return f"not {value}"
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return f"{value} and more"


@settings(max_examples=25)
@given(st.data())
def test_any_other_setting_is_another_input(data: st.DataObject) -> None:
    deciding = {field.name for field in fields(Settings)} - LEFT_OUT - {"run", "benchmarks"}
    name = data.draw(st.sampled_from(sorted(deciding)))
    place = data.draw(st.sampled_from(list(leaves(getattr(SMALL, name), (name,)))))
    other = changed(SMALL, place)
    assert fixed_inputs(other)["settings"] != fixed_inputs(SMALL)["settings"]


@pytest.mark.parametrize(
    "words",
    [
        ("benchmark=[quickstart]",),
        ("model=[gpt_4o,gemma_2_9b]", "spending.cap_dollars=2"),
        ("cluster=slurm", "protocol=[persona]", "protocol.persona.countries=[DK,GB]"),
    ],
)
def test_settings_of_every_kind_have_a_digest(words: tuple[str, ...]) -> None:
    first, again = (fixed_inputs(small_settings(Path("results"), *words)) for _ in range(2))
    assert first == again != fixed_inputs(SMALL)


def test_what_is_left_out_names_settings_only() -> None:
    assert {field.name for field in fields(Settings)} > LEFT_OUT


def test_another_order_of_the_models_or_judges_is_another_input() -> None:
    two = small_settings(Path("results"), "model=[gemma_2_2b,gemma_2_9b]")
    turned = replace(two, models=dict(reversed(two.models.items())))
    assert fixed_inputs(two)["settings"] != fixed_inputs(turned)["settings"]


def test_where_and_how_a_sweep_runs_changes_no_input() -> None:
    elsewhere = replace(
        SMALL,
        cluster=replace(SMALL.cluster, nodes=3),
        command="culture-ray sweep run=small cluster.nodes=3",
        stages=(Stage.MEASURE,),
        redo=True,
    )
    assert fixed_inputs(elsewhere) == fixed_inputs(SMALL)


@pytest.mark.parametrize("field", ["populations_table", "answers_table", "capability_table"])
def test_any_other_byte_of_a_table_is_another_input_and_its_place_is_none(
    tmp_path: Path, field: str
) -> None:
    path = getattr(SMALL, field)
    moved = Path(shutil.copy(path, tmp_path)) if path else tmp_path / "none.csv"
    own = dataclasses.replace(SMALL, **{field: moved})
    assert fixed_inputs(own) == fixed_inputs(SMALL)
    moved.write_bytes((moved.read_bytes() if path else b"") + b"\n")
    assert fixed_inputs(own) != fixed_inputs(SMALL)


def test_another_version_of_a_package_is_another_input(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fixed_inputs(SMALL)
    monkeypatch.setattr(inputs, "version", lambda name: f"another {name}")
    inputs._versions.cache_clear()
    after = fixed_inputs(SMALL)
    monkeypatch.undo()
    inputs._versions.cache_clear()
    assert {name for name in before if before[name] != after[name]} == {"packages"}


def test_another_line_of_the_code_is_another_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fixed_inputs(SMALL)["code"]
    package = Path(shutil.copytree(Path(inputs.__file__).parents[1], tmp_path / "culture_ray"))
    monkeypatch.setattr(inputs.culture_ray, "__file__", str(package / "__init__.py"))
    digests = []
    for change in ("", "# another line\n"):
        with (package / "measures" / "alignment.py").open("a", encoding="utf-8") as file:
            file.write(change)
        inputs._code_digest.cache_clear()
        digests.append(fixed_inputs(SMALL)["code"])
    monkeypatch.undo()
    inputs._code_digest.cache_clear()
    assert digests[0] == before != digests[1]


def test_every_table_of_a_run_is_an_input_or_is_made_by_one_stage() -> None:
    made = [name for stage in LOCAL for name in tables_of(stage)]
    assert len(made) == len(set(made))
    shards = {name for name, table in RUN_TABLES.items() if table.sharded}
    not_read = {"human_agreement"}  # an answer of judge-check, which no stage reads
    others = set(RUN_TABLES) - set(made) - shards - not_read
    assert others == {*inputs._ASKED, *inputs._USED}
