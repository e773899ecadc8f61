"""A signal asks the sweep to stop; a second one interrupts it; afterwards all is as before."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from culture_ray.sweep.execute.signals import StopSignals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR2])
def test_the_first_signal_is_kept_and_the_second_interrupts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with StopSignals() as signals:
        assert signals.received is None
        os.kill(os.getpid(), number)
        assert signals.received == number.name
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_a_thread_that_may_not_hear_signals_is_not_disturbed() -> None:
    seen: list[str | None] = []

    def act() -> None:
        with StopSignals() as signals:
            seen.append(signals.received)

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    assert seen == [None]
