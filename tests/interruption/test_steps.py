"""Ctrl-C in the places that matter: inside a solver's step, a callback, the judge, and between claim and judge."""

import signal
import sys
import threading

import numpy as np
import pytest

import thalweg as tw
from thalweg import front
from thalweg.watch import InterruptHold, Watch

BAKERY = tw.LinearProgram([3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
ANSWER = tw.Claim({"x": np.array([2.0, 6.0])}, {"row_dual": np.array([0.0, 1.5, 1.0])}, tw.Stop.CONVERGED, "test")
OTHER = tw.Claim({"x": np.array([1.0, 1.0])}, stop=tw.Stop.CONVERGED, by="test")


def press(*_):
    signal.raise_signal(signal.SIGINT)


class Does:
    """A solver that does what it is told to, and claims something."""

    def __init__(self, action, claim=ANSWER):
        self.action, self.claim = action, claim

    def solve(self, problem, start, watch, aim):
        self.action(watch)
        return self.claim


@pytest.fixture(autouse=True)
def _handler_is_restored():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_solver_that_listens_stops_at_its_next_step():
    def steps(watch):
        assert watch.step(objective=1.0)
        press()
        assert not watch.step(objective=0.0)
        watch.offer(-3.0, x=[1.0, 0.0])

    stopped = tw.solve(BAKERY, Does(steps, OTHER))
    assert stopped.stop is tw.Stop.INTERRUPTED
    np.testing.assert_array_equal(stopped.x, [1.0, 1.0])
    assert not stopped.ok


def test_an_answer_that_was_finished_is_returned_as_it_is():
    solution = tw.solve(BAKERY, Does(press))
    assert solution.ok
    assert solution.stop is tw.Stop.CONVERGED


def test_a_second_press_breaks_into_a_solver_that_does_not_listen():
    def deaf(watch):
        watch.offer(-36.0, x=[2.0, 6.0])
        for _ in range(1000):
            press()

    stopped = tw.solve(BAKERY, Does(deaf, OTHER))
    assert stopped.stop is tw.Stop.INTERRUPTED
    np.testing.assert_array_equal(stopped.x, [2.0, 6.0])


def test_nothing_offered_is_no_answer_but_a_solution():
    def deaf(_):
        press()
        press()

    problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[2.0], lower=0)  # 0, where solvers start, is no answer
    stopped = tw.solve(problem, Does(deaf))
    assert (stopped.stop, stopped.certificate.verdict, stopped.x) == (tw.Stop.INTERRUPTED, tw.Verdict.UNPROVEN, None)


@pytest.mark.parametrize(
    ("problem", "solver"),
    [
        (tw.Fit(np.eye(40), np.arange(40) % 2.0, "logistic", l2=1e-3), "newton"),
        (tw.Fit(np.eye(40) + 1, np.arange(40.0), l1=0.1), "coordinate-descent"),
        (tw.Fit(np.eye(40) + 1, np.arange(40.0), l2=0.1), "lbfgs"),
    ],
)
def test_in_a_callback(problem, solver):
    stopped = tw.solve(problem, solver, callback=press)
    assert stopped.coef.shape == (40,)
    assert np.isfinite(stopped.objective)
    assert stopped.stop is tw.Stop.INTERRUPTED or stopped.ok


def test_twice_in_a_callback():
    def impatient(_):
        press()
        press()

    problem = tw.Fit(np.eye(40), np.arange(40) % 2.0, "logistic", l2=1e-3)
    assert tw.solve(problem, "newton", callback=impatient).stop is tw.Stop.INTERRUPTED


@pytest.mark.parametrize("presses", [1, 2])
def test_in_the_judge(monkeypatch, presses):
    """The judge is asked once more after the second press; a third one would end it all."""
    judged = []

    def judge(*arguments, **options):
        judged.append(True)
        for _ in range(presses if len(judged) == 1 else 0):
            press()
        return original(*arguments, **options)

    original = front.judge
    monkeypatch.setattr(front, "judge", judge)
    solution = tw.solve(BAKERY, Does(lambda _: None))
    assert len(judged) == presses
    assert solution.ok
    np.testing.assert_array_equal(solution.x, [2.0, 6.0])


def test_the_judge_is_left_in_the_end(monkeypatch):
    def judge(*_, **__):
        while True:
            press()

    monkeypatch.setattr(front, "judge", judge)
    with pytest.raises(KeyboardInterrupt):
        tw.solve(BAKERY, Does(lambda _: None))


def test_between_claim_and_judge(monkeypatch):
    monkeypatch.setattr(front, "LATE", _Pressed((0.2, 0.1)))
    with InterruptHold() as hold:
        assert tw.solve(BAKERY, Does(lambda _: None)).ok
    assert hold.presses == 3


class _Pressed(tuple):
    """Constants that press Ctrl-C when they are read."""

    def __iter__(self):
        for _ in range(3):  # as often as is held back
            press()
        return super().__iter__()


def test_a_result_on_its_way_out_is_not_lost():
    """The interpreter may deliver the signal between the return of a solver and the assignment of its claim."""
    handler = None

    def returning():
        for _ in range(3):
            handler(signal.SIGINT, sys._getframe(1))  # as if it met the frame that this returns to
        return "result"

    with InterruptHold() as hold:
        handler = signal.getsignal(signal.SIGINT)
        assert InterruptHold.call(returning) == "result"
    assert hold.presses == 3


def test_nested_runs_all_stop():
    inner = []

    def callback(_):
        press()
        inner.append(tw.solve(BAKERY, Does(lambda watch: watch.step(objective=0.0), OTHER)))

    outer = tw.solve(BAKERY, Does(lambda watch: watch.step(objective=0.0), OTHER), callback=callback)
    assert outer.stop is tw.Stop.INTERRUPTED
    assert len(inner) == 1


def test_an_outer_hold_hears_what_a_finished_run_swallowed():
    with InterruptHold() as hold:
        assert tw.solve(BAKERY, Does(press)).ok
    assert hold.presses == 1


def test_handlers_of_others_are_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    try:
        assert tw.solve(BAKERY, Does(press)).ok
        assert heard == [True]
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_set_meanwhile_is_left_alone():
    def theirs(*_):
        raise AssertionError

    try:
        assert tw.solve(BAKERY, Does(lambda _: signal.signal(signal.SIGINT, theirs))).ok
        assert signal.getsignal(signal.SIGINT) is theirs
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_other_threads_take_the_exception_as_before():
    def raises(watch):
        watch.offer(-36.0, x=[2.0, 6.0])
        raise KeyboardInterrupt

    found = []
    thread = threading.Thread(target=lambda: found.append(tw.solve(BAKERY, Does(raises, OTHER))))
    thread.start()
    thread.join()
    assert found[0].stop is tw.Stop.INTERRUPTED
    np.testing.assert_array_equal(found[0].x, [2.0, 6.0])


def test_errors_restore_the_handler():
    with pytest.raises(ZeroDivisionError):
        tw.solve(BAKERY, Does(lambda _: 1 / 0))


@pytest.mark.parametrize("solver", ["simplex", "interior-point"])
def test_what_a_callback_raises_is_raised(solver):
    rng = np.random.default_rng(0)
    A = rng.uniform(size=(400, 500)) * (rng.uniform(size=(400, 500)) < 0.3)
    problem = tw.LinearProgram(rng.uniform(1, 2, 500), A, row_lower=1, lower=0)
    called = []

    def fails(_):
        called.append(True)
        raise RuntimeError("the user's own")

    try:
        tw.solve(problem, solver, callback=fails)
    except RuntimeError as error:
        assert str(error) == "the user's own"
        assert called == [True]
    else:
        assert not called  # solved before anybody was called


def test_what_a_callback_raises_is_raised_through_scipy():
    problem = tw.Fit(np.eye(40) + 1, np.arange(40.0), l2=0.1)

    def fails(_):
        raise RuntimeError("the user's own")

    with pytest.raises(RuntimeError, match="the user's own"):
        tw.solve(problem, "lbfgs", callback=fails)


def test_a_child_tells_its_parent():
    parent = Watch()

    def fails(_):
        raise RuntimeError

    assert not parent.child(callback=fails).step(objective=0.0)
    assert isinstance(parent.failure, RuntimeError)
    assert parent.stop is tw.Stop.INTERRUPTED


@pytest.mark.parametrize("finished", [True, False])
def test_an_estimator_keeps_its_answer_and_goes_on_interrupting(monkeypatch, finished):
    """A search over many fits stays stoppable, also where the fit at hand was finished all the same."""
    pytest.importorskip("sklearn")
    from thalweg.solvers.least_squares import LeastSquares

    def solve(self, problem, start, watch, aim):
        press()
        claim = tw.Claim({"coef": np.array([2.0]), "intercept": np.array(1.0)}, stop=tw.Stop.CONVERGED, by="test")
        return claim if finished else tw.Claim({"coef": np.zeros(1), "intercept": np.zeros(())}, by="test")

    monkeypatch.setattr(LeastSquares, "solve", solve)
    model = tw.LinearRegression()
    with pytest.raises(KeyboardInterrupt, match="best coefficients so far are kept"):
        model.fit([[0.0], [1.0], [3.0]], [1.0, 3.0, 7.0])
    assert model.certificate_.ok is finished
    assert model.coef_.shape == (1,)
