"""The package stays one in which a stranger finds their way; counts.py says what is counted."""

from __future__ import annotations

from pathlib import Path

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


def test_summaries_open_with_a_verb_or_a_noun() -> None:
    assert list(counts.unclear_summaries(counts.DOCUMENTED)) == []


def test_summaries_of_files_functions_and_variables_are_checked(tmp_path: Path) -> None:
    wrong = ("What a file holds.", "Return how many there are.", "Whether it is on.", "Its name.")
    (tmp_path / "one.py").write_text(
        '"""{}"""\n\ndef count():\n    r"""{}"""\n\nON = 1\n"""{}"""\nclass A:\n    n: str\n'
        '    """{}"""\n    def name(self):\n        """Name of what is on."""\n'.format(*wrong)
    )
    lines = list(counts.unclear_summaries([tmp_path]))
    assert [line.partition(": ")[0].rpartition(":")[2] for line in lines] == ["1", "4", "7", "10"]
    assert all(words in line for words, line in zip(wrong, lines, strict=True))
