"""No interleaving of reservations, settlements, crashes and governors passes a cap."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from culture_ray.spending.account import TokenUsage
from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.governor import Governor
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.messages import MarkUnresolved, Reserve, Settle, Void
from tests.spending.builders import START, governor, usage_bound

CAPS = Caps(total=10_000_000, models={"m": 6_000_000}, stages={"judge": 4_000_000})
WHO = st.integers(0, 1)


class Spending(RuleBasedStateMachine):
    """Two jobs on one ledger, and a provider that bills every request sent, settled or not."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "ledger"
        self.now = START
        self.governors = [self._opened(), self._opened()]
        self.asked: list[dict[str, tuple[str, str, int]]] = [{}, {}]
        self.sent: dict[str, tuple[str, str, int]] = {}
        """(stage, model, nanodollars) that may be billed by now, by ticket."""
        self.billed: set[str] = set()
        """Tickets whose bill is final."""
        self.count = 0

    def teardown(self) -> None:
        self._folder.cleanup()

    def _opened(self) -> Governor:
        return governor(self.path, CAPS, "m", "n", now=self.now)

    @rule(
        who=WHO,
        tokens=st.integers(1, 5000),
        stage=st.sampled_from(["elicit", "judge"]),
        model=st.sampled_from(["m", "n"]),
    )
    def reserve(self, who: int, tokens: int, stage: str, model: str) -> None:
        self.count += 1
        ticket = f"t{self.count}"
        self.governors[who].receive(
            "w", Reserve(ticket, model, usage_bound(tokens, stage)), self.now
        )
        self.asked[who][ticket] = (stage, model, tokens * 1000)

    @rule(who=WHO, later=st.floats(0.3, 3))
    def tick(self, who: int, later: float) -> None:
        self.now += later
        for _, admission in self.governors[who].tick(self.now):
            request = self.asked[who].pop(admission.ticket)
            if admission.error is None:
                self.sent[admission.ticket] = request

    @rule(who=WHO, model=st.sampled_from(["m", "n"]), tokens=st.integers(2000, 5000))
    def rush(self, who: int, model: str, tokens: int) -> None:
        for _ in range(3):
            self.reserve(who, tokens, "elicit", model)
        self.tick(who, 0.5)

    @rule(who=WHO, share=st.floats(0, 1), data=st.data())
    def settle(self, who: int, share: float, data: st.DataObject) -> None:
        if self.sent:
            ticket = data.draw(st.sampled_from(sorted(self.sent)))
            stage, model, nano = self.sent[ticket]
            tokens = nano // 1000 if ticket in self.billed else int(share * nano / 1000)
            self.billed.add(ticket)
            self.sent[ticket] = (stage, model, tokens * 1000)  # that is all the provider billed
            self.governors[who].receive("w", Settle(ticket, model, TokenUsage(0, tokens)), self.now)

    @rule(who=WHO, data=st.data())
    def void(self, who: int, data: st.DataObject) -> None:
        if unbilled := sorted(self.sent.keys() - self.billed):
            ticket = data.draw(st.sampled_from(unbilled))
            self.sent.pop(ticket)
            self.governors[who].receive("w", Void(ticket, "429"), self.now)

    @rule(who=WHO, data=st.data())
    def give_up(self, who: int, data: st.DataObject) -> None:
        if self.sent:
            ticket = data.draw(st.sampled_from(sorted(self.sent)))
            self.governors[who].receive("w", MarkUnresolved(ticket, "timeout"), self.now)

    @rule(who=WHO, torn=st.sampled_from([b"", b'12345678 ["rese', b"\x00\x00\x00"]))
    def crash(self, who: int, torn: bytes) -> None:
        """Lose what was received and not written; the last write may be torn."""
        with self.path.open("ab") as file:
            file.write(torn)
        self.asked[who].clear()
        self.governors[who].close()
        self.governors[who] = self._opened()

    @invariant()
    def no_cap_is_passed(self) -> None:
        billed = list(self.sent.values())
        assert sum(nano for _, _, nano in billed) <= (CAPS.total or 0)
        assert sum(n for _, model, n in billed if model == "m") <= CAPS.models["m"]
        assert sum(n for stage, _, n in billed if stage == "judge") <= CAPS.stages["judge"]

    @invariant()
    def the_balances_never_fall_below_what_was_billed(self) -> None:
        balances, ledger = Balances(), Ledger(self.path, "run a")
        with ledger.locked() as records:
            for record in records:
                balances.apply(record)
        ledger.close()
        assert balances.charged_nano >= sum(nano for _, _, nano in self.sent.values())


Spending.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSpending = pytest.mark.slow(Spending.TestCase)
