from __future__ import annotations

import random

import pytest

from culture_ray.spending.limiting.refusals import RefusalRecord


def _sent(record: RefusalRecord, count: int, start: float, per_s: float) -> float:
    """Send requests evenly; return the time after the last."""
    for index in range(count):
        record.add_request(start + index / per_s)
    end = start + count / per_s
    record.update(end)
    return end


def test_one_refusal_or_two_are_chance_and_three_of_30_are_not() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 30, 0.0, 100.0)
    assert record.add_refusal(now) is None
    assert record.add_refusal(now) is None
    assert record.add_refusal(now) == pytest.approx(0.1)


def test_three_refusals_of_31_are_chance() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 31, 0.0, 100.0)
    assert [record.add_refusal(now) for _ in range(3)] == [None] * 3
    assert record.add_refusal(now) == pytest.approx(4 / 31)


def test_refusals_count_by_the_requests_of_two_epochs_of_a_second_and_20_requests() -> None:
    record = RefusalRecord(0.0)
    now = 0.0
    for _ in range(2):
        now = _sent(record, 100, now, 100.0)
    assert [record.add_refusal(now) for _ in range(3)] == [None] * 3, "3 of 100"
    slow = RefusalRecord(0.0)
    now = _sent(slow, 20, 0.0, 1.0)
    assert [slow.add_refusal(now) for _ in range(3)] == [None, None, pytest.approx(3 / 20)]


def test_six_refusals_of_200_are_no_chance_and_of_201_are() -> None:
    for count, expected in ((200, 0.03), (201, None)):
        record = RefusalRecord(0.0)
        now = _sent(record, count, 0.0, 1000.0)
        assert [record.add_refusal(now) for _ in range(5)] == [None] * 5
        assert record.add_refusal(now) == (expected and pytest.approx(expected))
    record, now = RefusalRecord(0.0), 0.0
    for _ in range(11):
        now = _sent(record, 20, now, 20.0)
    assert [record.add_refusal(now) for _ in range(6)][-1] is not None, "of 180: the last ten"


def test_requests_that_are_not_due_yet_do_not_count() -> None:
    record = RefusalRecord(0.0)
    for index in range(100):
        record.add_request(index / 10)
    record.update(1.95)
    assert record.sent == 20
    assert [record.add_refusal(1.95) for _ in range(3)][-1] == pytest.approx(3 / 20)


def test_a_share_that_is_tolerated_is_no_evidence_up_to_3_deviations_above_it() -> None:
    record = RefusalRecord(0.0)
    record.tolerated = 0.1
    now = _sent(record, 90, 0.0, 1000.0)
    found = [record.add_refusal(now) for _ in range(21)]
    assert found[:20] == [None] * 20, "9 and a quarter, and 3 times 3"
    assert found[20] == pytest.approx(21 / 90)


def test_just_three_deviations_above_the_tolerated_share_are_chance() -> None:
    record = RefusalRecord(0.0)
    record.tolerated = 0.04
    now = _sent(record, 100, 0.0, 200.0)
    assert [record.add_refusal(now) for _ in range(11)] == [None] * 11  # 1.25 x 4 + 3 x 2
    assert record.add_refusal(now) == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("sent", "refused", "after_s", "all_refused"),
    [(5, 4, 0.3, True), (5, 3, 0.3, False), (4, 4, 0.3, False), (5, 5, 0.29, False),
     (100, 79, 0.5, False), (100, 80, 0.5, True)],
)  # fmt: skip
def test_everything_is_refused_if_four_fifths_of_at_least_five_are(
    sent: int, refused: int, after_s: float, all_refused: bool
) -> None:
    record = RefusalRecord(0.0)
    for _ in range(sent):
        record.add_request(0.0)
    for _ in range(refused):
        record.add_refusal(0.1)
    assert record.all_refused(after_s) is all_refused


def test_requests_that_have_become_due_count_where_nothing_was_refused_since() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 5, 0.0, 100.0)
    for _ in range(5):
        record.add_refusal(now)
    assert record.all_refused(0.5)
    for _ in range(20):
        record.add_request(1.0)
    assert not record.all_refused(1.0)


def test_the_pace_is_that_of_the_last_two_epochs() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 50, 0.0, 50.0)
    now = _sent(record, 20, now, 20.0)
    assert record.sent_per_s(now) == pytest.approx(20.0)
    fresh = RefusalRecord(0.0)
    _sent(fresh, 10, 0.0, 100.0)
    assert fresh.sent_per_s(0.1) == float("inf"), "too short to tell"


def test_quiet_is_few_refusals_of_20_requests_or_none_of_5() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 4, 0.0, 100.0)
    assert not record.is_quiet(now)
    now = _sent(record, 1, now, 100.0)
    assert record.is_quiet(now)
    record.add_refusal(now)
    assert not record.is_quiet(now)
    now = _sent(record, 61, now, 1000.0)
    assert not record.is_quiet(now), "1 of 66"
    now = _sent(record, 1, now, 1000.0)
    assert record.is_quiet(now), "1 of 67"
    record.tolerated = 0.1
    for _ in range(5):
        record.add_refusal(now)
    assert record.is_quiet(now)
    record.add_refusal(now)
    assert not record.is_quiet(now)


def test_a_restart_forgets_all_but_what_is_accepted_in_all() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 30, 0.0, 100.0)
    record.add_refusal(now)
    record.restart(now, now + 1)
    assert (record.sent, record.refused, record.all_accepted) == (0, 0, 29)
    for index in range(20):
        record.add_request(now + index / 10)
    assert [record.add_refusal(now + 0.99) for _ in range(9)] == [None] * 9
    record.update(now + 2)
    assert (record.sent, record.refused, record.all_accepted) == (10, 0, 29 + 20 - 9)
    found = [record.add_refusal(now + 2) for _ in range(3)]
    assert found == [None, None, pytest.approx(0.3)]


def test_one_percent_by_chance_is_hardly_ever_evidence() -> None:
    chance, alarms = random.Random(3), 0
    record, now = RefusalRecord(0.0), 0.0
    for _ in range(20_000):
        record.add_request(now)
        now += 0.02
        if chance.random() < 0.01 and record.add_refusal(now) is not None:
            alarms += 1
            record.restart(now, now)
    assert alarms <= 20


def test_the_share_after_the_first_refusal_leaves_out_what_was_accepted_before_it() -> None:
    record = RefusalRecord(0.0)
    assert record.share_since_first() == 0.0
    now = _sent(record, 100, 0.0, 100.0)
    record.add_refusal(now)
    assert record.share_since_first() == 0.0, "one refusal has no share"
    for _ in range(3):
        now = _sent(record, 2, now, 100.0)
        record.add_refusal(now)
    assert record.share_since_first() == pytest.approx(3 / 6)
    now = _sent(record, 20, now, 20.0)
    record.add_refusal(now)
    assert record.share_since_first() == pytest.approx(4 / 26), "over two epochs"
    now = _sent(record, 20, now, 20.0)
    record.add_refusal(_sent(record, 5, now, 20.0))
    assert record.share_since_first() == pytest.approx(1 / 25), "the first of the last two"


def test_refusals_without_an_accepted_request_between_them_tell_no_share() -> None:
    record = RefusalRecord(0.0)
    now = _sent(record, 30, 0.0, 100.0)
    for _ in range(3):
        now = _sent(record, 1, now, 100.0)
        record.add_refusal(now)
    assert record.share_since_first() == 0.0
