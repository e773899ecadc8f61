"""The package stays one in which a stranger finds their way; counts.py says what is counted."""

from __future__ import annotations

import pytest

from tests.architecture import counts
from tests.architecture.counts import Module

FULLEST_FOLDER = 20


@pytest.fixture(scope="module")
def found() -> list[Module]:
    return counts.modules()


def test_no_folder_is_too_full_to_be_read_at_a_glance(found: list[Module]) -> None:
    folders = counts.files_per_folder(found)
    assert {name: n for name, n in folders.items() if n > FULLEST_FOLDER} == {}


def test_a_class_name_stands_for_one_thing(found: list[Module]) -> None:
    assert counts.classes_of_one_name(found) == {}


def test_a_small_file_is_an_idea_of_its_own_or_part_of_its_importer(found: list[Module]) -> None:
    assert counts.small_files_of_one_importer(found) == []


def test_functions_take_what_they_use_and_not_all_settings(found: list[Module]) -> None:
    whole = counts.functions_with_all_settings(found)
    assert [name for name, fields in whole.items() if fields < counts.FEWEST_FIELDS] == []


def test_summaries_open_with_a_verb_or_a_noun(found: list[Module]) -> None:
    assert list(counts.unclear_summaries(found)) == []
