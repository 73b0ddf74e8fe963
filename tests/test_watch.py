"""One clock: time limits, callbacks, interruption, best answer so far."""

import math
from contextlib import contextmanager

import numpy as np
import pytest

import thalweg as tw
from thalweg.watch import Stopped


class Clock:
    """A clock that tests move by hand."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr("thalweg.watch.time.perf_counter", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_time_limit_ends_the_run(clock):
    watch = tw.Watch(time_limit=5)
    assert watch.step(objective=1.0)
    clock.now += 4.9
    assert watch.step(objective=0.5)
    assert watch.remaining == pytest.approx(0.1)
    clock.now += 0.2
    assert not watch.step(objective=0.4)
    assert watch.stop is tw.Stop.TIME_LIMIT
    np.testing.assert_allclose(watch.trace.columns()["objective"], [1.0, 0.5, 0.4])


@pytest.mark.parametrize("limit", [0, -1.0, math.nan])
def test_time_limit_must_be_positive(limit):
    with pytest.raises(tw.InputError, match="time_limit"):
        tw.Watch(time_limit=limit)


def test_callback_is_called_at_most_ten_times_a_second(clock):
    calls = []
    watch = tw.Watch(callback=calls.append)
    for _ in range(1000):
        clock.now += 0.001
        watch.step(objective=1.0)
    assert 9 <= len(calls) <= 11


def test_callback_may_stop_the_run():
    watch = tw.Watch(callback=lambda numbers: numbers["objective"] < 1)
    assert watch.step(objective=2.0)
    watch = tw.Watch(callback=lambda numbers: numbers["objective"] < 1)
    assert not watch.step(objective=0.5)
    assert watch.stop is tw.Stop.INTERRUPTED


def test_offers_keep_a_copy_of_the_best():
    watch = tw.Watch()
    x = np.array([1.0, 2.0])
    watch.offer(3.0, x=x)
    x[0] = 9.0
    watch.offer(4.0, x=x)
    np.testing.assert_array_equal(watch.best_claim().values["x"], [1.0, 2.0])
    watch.offer(2.0, x=x)
    np.testing.assert_array_equal(watch.best_claim().values["x"], [9.0, 2.0])


def test_a_child_shares_deadline_and_stop(clock):
    parent = tw.Watch(time_limit=5)
    child = parent.child()
    assert child.deadline == parent.deadline
    child.step(objective=1.0)
    assert len(parent.trace) == 0
    child.interrupt()
    assert parent.stop is tw.Stop.INTERRUPTED
    assert parent.child().stop is tw.Stop.INTERRUPTED


def test_check_raises_where_a_step_cannot_return(clock):
    watch = tw.Watch(time_limit=5)
    watch.check()
    clock.now += 6
    with pytest.raises(Stopped):
        watch.check()


def test_bounds_and_gaps_are_recorded_where_solvers_know_them():
    watch = tw.Watch()
    watch.step(objective=2.0)
    watch.step(objective=1.0, bound=0.5, gap=0.5)
    np.testing.assert_array_equal(watch.trace.columns()["bound"], [np.nan, 0.5])


def test_the_trace_of_a_long_run_stays_short_and_keeps_its_ends():
    watch = tw.Watch()
    for k in range(100_000):
        watch.step(k=k)
    steps = watch.trace.columns()["k"]
    assert len(steps) <= 10_000
    assert (steps[0], steps[-1]) == (0, 99_999)
    assert (np.diff(steps) > 0).all()
    np.testing.assert_array_equal(steps[-1000:], np.arange(99_000, 100_000))


def test_a_callback_that_follows_is_told_of_the_run():
    class Follows:
        def __init__(self):
            self.seen = []

        def __call__(self, numbers):
            self.seen.append("numbers")

        @contextmanager
        def follow(self, watch):
            self.seen.append(watch.deadline < math.inf)
            yield
            self.seen.append("end")

    follows = Follows()
    with tw.Watch(time_limit=5, callback=follows).followed():
        pass
    assert follows.seen == [True, "end"]
    with tw.Watch(callback=lambda _: None).followed(), tw.Watch().followed():
        pass


def test_a_pulse_shows_the_latest_numbers_again_and_records_nothing(monkeypatch):
    seen, clock = [], iter(range(100))
    monkeypatch.setattr("thalweg.watch.time.perf_counter", lambda: float(next(clock)))
    watch = tw.Watch(callback=lambda numbers: seen.append(dict(numbers)))
    watch.pulse()
    watch.step(objective=1.0)
    watch.pulse()
    assert seen == [{"objective": 1.0}, {"objective": 1.0}]
    assert len(watch.trace) == 1
