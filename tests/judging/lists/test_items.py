"""Items that speak for several people, and lists that are given twice."""

from __future__ import annotations

import pytest

from culture_ray.judging.flags import is_repetitive
from culture_ray.judging.lists.items import Item, one_list
from culture_ray.judging.prompt import text_for_judge
from tests.judging.lists.views import NAMES, NUMBERED, VIEWS, split


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("1-3. They agree with it.\n4-6. They reject it.", [3, 3]),
        ("1–2: For it.\n3: Unsure.\n4–6: Against it.", [2, 1, 3]),
        ("一至三、他们同意。\n四至六、他们反对。", [3, 3]),
        ("①～③ 賛成です。\n④～⑥ 反対です。", [3, 3]),
        ("Persons 1-4: for it.\nPersons 5 and 6: against it.", [4, 2]),
        ("1, 2 & 3. For it.\n4 to 6. Against it.", [3, 3]),
        ("### 1-4: In favour\nThey value freedom.\n\n### 5-6: Against\nThey do not.", [4, 2]),
        ("Personen 1 bis 4: dafür.\nPersonen 5 bis 6: dagegen.", [4, 2]),
        ("受访者1至4：支持。\n受访者5至6：反对。", [4, 2]),
        ("受访者1和2：支持。\n受访者3、4和5：反对。", [2, 3]),
        ("Borger 1, 2 og 5: ja tak.\nBorger 3, 4 og 6: nej tak.", [3, 3]),
        ("**Cidadãos 1 a 4:** a favor, sempre.\n**Cidadãos 5 e 6:** contra, nunca.", [4, 2]),
    ],
)
def test_one_item_may_speak_for_several_people(text: str, people: list[int]) -> None:
    found = split(text)
    assert found.count == sum(people)
    assert list(found.people) == people
    assert text_for_judge(text, found).count("\n") == sum(people) - 1
    assert not is_repetitive(text, found)


def test_people_are_told_only_where_an_item_speaks_for_several() -> None:
    assert split("1. Yes.\n2. No.").people == ()


def test_two_lists_of_equal_length_near_to_what_was_asked_are_one_list() -> None:
    first, second = ([Item(f"{which} {n}.", n) for n in (1, 2, 3)] for which in ("One", "Two"))
    assert one_list([*first, *second], asked=5) == (first, "Two 1.\nTwo 2.\nTwo 3.")
    assert one_list([*first, *second], asked=6) == ([*first, *second], "")
    assert one_list([*first, *second[:2]], asked=5) == ([*first, *second[:2]], "")


def test_a_list_that_begins_with_its_second_number_has_one_opinion_more() -> None:
    first = [Item(f"The opinion of person {n}.", n) for n in (2, 3)]
    second = [Item(f"Opinion {n}.", n) for n in (1, 2, 3)]
    assert one_list([*first, *second], asked=3)[0] == first


def test_ages_at_the_start_of_a_line_are_no_range_of_people() -> None:
    assert split("1. The young:\n18-25: they agree.\n2. The old: they do not.").count == 2


DANISH = "\n".join(f"{n}. Det er min mening nummer {n}." for n in range(1, 7))


@pytest.mark.parametrize("between", ["\n\nPå dansk:\n\n", "\n\n---\n\n", "\n\n**Translation**\n"])
def test_a_list_given_twice_counts_once(between: str) -> None:
    found = split(NUMBERED + between + DANISH)
    assert found.opinions == VIEWS
    assert "min mening nummer 6" in found.closing


def test_a_list_shorter_than_asked_counts_once_if_it_is_repeated_word_for_word() -> None:
    short = "1. It is right.\n2. It is wrong."
    assert split(f"Draft:\n{short}\n\nFinal answer:\n{short}").count == 2
    other = short.replace("wrong", "fine")
    assert split(f"Draft:\n{short}\n\nFinal answer:\n{other}").count == 4


def test_bullets_labels_and_tables_given_twice_count_once() -> None:
    bullets = "\n".join(f"- {view}" for view in VIEWS)
    danish = "\n".join(f"- Det er svar nummer {n}." for n in range(1, 7))
    assert split(f"English:\n{bullets}\n\nDansk:\n{danish}").opinions == VIEWS
    table = "| # | View |\n|---|---|\n"
    rows = "\n".join(f"| {n} | {view} |" for n, view in enumerate(VIEWS, 1))
    assert split(f"{table}{rows}\n\nPå dansk\n\n{table}{rows}").opinions == VIEWS


def test_groups_of_bullets_are_one_list() -> None:
    groups = "**For**\n- Yes.\n- Sure.\n- Fine.\n\n**Against**\n- No.\n- Never.\n- Bad."
    assert split(groups).count == 6


def test_of_a_plan_and_the_answer_the_answer_counts() -> None:
    plan = "\n".join(f"{n}. {name}" for n, name in enumerate(NAMES, 1))
    assert split(f"Plan:\n{plan}\n\nAnswer:\n{NUMBERED}").opinions == VIEWS


def test_groups_that_number_anew_are_one_list() -> None:
    groups = "**For**\n1. Yes.\n2. Sure.\n3. Fine.\n\n**Against**\n1. No.\n2. Never.\n3. Bad."
    assert split(groups).opinions == ("Yes.", "Sure.", "Fine.", "No.", "Never.", "Bad.")


def test_words_may_number_people() -> None:
    english = "Citizen One: Yes.\nCitizen Two: No.\nCitizen Three: Perhaps."
    danish = "Den første borger: Ja.\nDen anden borger: Nej.\nDen tredje borger: Måske."
    assert split(english).opinions == ("Yes.", "No.", "Perhaps.")
    assert split(danish).opinions == ("Ja.", "Nej.", "Måske.")
