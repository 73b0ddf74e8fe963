"""The front door: plan, attempts, repair, interruption, judging others' answers."""

import os
import signal
import threading

import numpy as np
import pytest

import thalweg as tw
from thalweg.tolerance import Effort

BAKERY = tw.LinearProgram([3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
LINE = tw.Fit([[0.0], [1.0], [2.0], [4.0]], [1.0, 3.0, 5.5, 9.0], l2=0.5)


class Says:
    """A solver that claims what it is told to."""

    def __init__(self, values, hints=None, offer=None, error=None):
        self.values, self.hints, self.offered, self.error = values, hints or {}, offer, error
        self.starts = []

    def solve(self, problem, start, watch, aim):
        self.starts.append(start)
        if self.offered is not None:
            watch.offer(*self.offered[:1], **self.offered[1])
        if self.error is not None:
            raise self.error
        return tw.Claim(self.values, self.hints, tw.Stop.CONVERGED, "says")


def test_a_solver_that_lies_is_not_believed():
    lie = tw.solve(BAKERY, solver=Says({"x": [4.0, 6.0]}, {"row_dual": [0.0, 1.5, 1.0]}))
    assert lie.stop is tw.Stop.CONVERGED
    assert not lie.ok
    assert lie.certificate.verdict is tw.Verdict.REFUTED
    lazy = tw.solve(BAKERY, solver=Says({"x": [0.0, 0.0]}, {"row_dual": [0.0, 1.5, 1.0]}))
    assert lazy.certificate.verdict is tw.Verdict.UNPROVEN
    assert lazy.certificate.upper == pytest.approx(36)


def test_an_interrupted_solver_leaves_its_best_point():
    best = (-36.0, {"x": [2.0, 6.0]})
    stopped = tw.solve(BAKERY, solver=Says({}, offer=best, error=KeyboardInterrupt()))
    assert stopped.stop is tw.Stop.INTERRUPTED
    np.testing.assert_array_equal(stopped.x, [2.0, 6.0])
    assert stopped.certificate.feasible


def test_interrupted_before_the_first_point_leaves_the_start(monkeypatch):
    from thalweg.solvers import coordinate_descent, least_squares, newton

    def interrupted(self, *_):
        raise KeyboardInterrupt

    for kind in (least_squares.LeastSquares, newton.Newton, coordinate_descent.CoordinateDescent):
        monkeypatch.setattr(kind, "solve", interrupted)
    stopped = tw.solve(LINE)
    assert stopped.stop is tw.Stop.INTERRUPTED
    np.testing.assert_array_equal(stopped.coef, [0.0])
    assert len(stopped.attempts) == 1
    assert not stopped.ok


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs POSIX signals")
def test_ctrl_c_during_a_long_fit_keeps_the_best_answer():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 300)) + 3 * rng.normal(size=(400, 1))
    y = (X[:, 0] + rng.normal(size=400) > 0).astype(float)
    sent = []

    def press(_numbers):
        if not sent:
            sent.append(True)
            threading.Timer(0.0, os.kill, (os.getpid(), signal.SIGINT)).start()

    solution = tw.solve(tw.Fit(X, y, "logistic", l1=0.5), callback=press)
    assert sent
    assert solution.coef.shape == (300,)
    assert np.isfinite(solution.objective)
    assert solution.stop in (tw.Stop.INTERRUPTED, tw.Stop.CONVERGED)


def test_attempts_tell_the_story():
    solution = tw.solve(BAKERY)
    assert [attempt.by for attempt in solution.attempts] == ["simplex"]
    assert solution.attempts[0].verdict is tw.Verdict.PROVED
    assert "simplex" in solution.explain()
    assert solution.seconds >= solution.attempts[0].seconds


def test_plan_gives_order_and_reasons():
    plan = tw.plan(tw.Fit(np.eye(3), [0.0, 1.0, 1.0], "logistic", l1=1.0))
    assert plan.steps[0] == "coordinate-descent"
    assert "l1" in plan.left_out["newton"]
    assert "1. coordinate-descent (first)" in str(plan)
    assert tw.plan(BAKERY).steps[0] == "simplex"


def test_plan_says_what_cannot_be_stopped():
    assert "1. piqp (first; cannot be stopped on its way)" in str(tw.plan(tw.QuadraticProgram([[1.0]], [1.0])))
    assert "cannot be stopped" not in str(tw.plan(BAKERY))


class Late(Says):
    """A solver that notices no deadline."""

    def solve(self, problem, start, watch, aim):
        watch.deadline -= 1000.0
        return super().solve(problem, start, watch, aim)


def test_a_late_solver_is_named_and_nothing_long_follows():
    late = tw.solve(BAKERY, Late({"x": [1.0, 1.0]}), time_limit=500)
    assert "Late could not be stopped in time: it ran 5e+02 s past the limit" in late.attempts[0].message
    assert "past the limit" in late.explain()
    in_time = tw.solve(BAKERY, Says({"x": [1.0, 1.0]}), time_limit=500)
    assert in_time.attempts[0].message == ""


def test_nothing_starts_after_the_deadline(monkeypatch):
    """One attempt is told; the solver behind it was not even asked."""
    from thalweg.solvers import coordinate_descent, irls, lbfgs, least_squares, newton

    def asked(self, *_):
        raise AssertionError

    kinds = (least_squares.LeastSquares, newton.Newton, coordinate_descent.CoordinateDescent, lbfgs.LBFGS, irls.Irls)
    for kind in kinds:
        monkeypatch.setattr(kind, "solve", asked)
    late = tw.solve(LINE, time_limit=1e-9)
    assert late.stop is tw.Stop.TIME_LIMIT
    assert len(late.attempts) == 1
    np.testing.assert_array_equal(late.coef, [0.0])


def test_an_empty_claim_at_the_deadline_leaves_the_best_point():
    class Empty(Late):
        def solve(self, problem, start, watch, aim):
            watch.offer(-36.0, x=[2.0, 6.0])
            super().solve(problem, start, watch, aim)
            return tw.Claim(stop=tw.Stop.TIME_LIMIT, by="empty")

    late = tw.solve(BAKERY, Empty({}), time_limit=500)
    assert late.stop is tw.Stop.TIME_LIMIT
    np.testing.assert_array_equal(late.x, [2.0, 6.0])


def test_a_problem_that_no_solver_takes_is_named(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tw.LinearProgram, "demands", frozenset({"integer"}))
        with pytest.raises(tw.SolverMismatch, match="does not respect integer"):
            tw.solve(BAKERY)
    with pytest.raises(tw.SolverMismatch, match='Did you mean "simplex"'):
        tw.solve(BAKERY, solver="simplx")
    with pytest.raises(tw.SolverMismatch, match="Solvers that fit"):
        tw.solve(BAKERY, solver="newton")
    with pytest.raises(tw.InputError, match="got int"):
        tw.solve(3)
    with pytest.raises(tw.InputError, match="got int"):
        tw.certify(3, x=[1.0])


@pytest.mark.parametrize(("value", "says"), [("a", "holds text"), (np.nan, "1 NaN value")])
def test_a_claim_that_is_no_start_is_refused(value, says):
    with pytest.raises(tw.InputError, match=says):
        tw.solve(BAKERY, start=tw.Claim({"x": np.array([value, 0])}))


def test_a_start_reaches_the_solver():
    says = Says({"x": [2.0, 6.0]})
    tw.solve(BAKERY, solver=says, start={"x": [1.0, 1.0]})
    np.testing.assert_array_equal(says.starts[0].values["x"], [1.0, 1.0])


@pytest.mark.parametrize(("start", "left"), [([1.0, 1.0], [1.0, 1.0]), ([9.0, 9.0], [0.0, 0.0]), (None, [0.0, 0.0])])
def test_interrupted_at_once_the_best_feasible_start_is_left(start, left):
    """Also with rows, and for a solver that is an object: its own start is (0, 0)."""
    given = None if start is None else {"x": start}
    stopped = tw.solve(BAKERY, Says({}, error=KeyboardInterrupt()), start=given)
    np.testing.assert_array_equal(stopped.x, left)
    assert stopped.certificate.feasible


def test_an_infeasible_start_is_no_answer():
    problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[2.0], lower=0)
    assert tw.solve(problem, Says({}, error=KeyboardInterrupt()), start={"x": [1.0]}).x is None


def test_stopped_in_the_middle_of_a_step_leaves_the_best_point():
    """`Watch.check` goes through the solver; the front door catches it."""

    class Checks(Late):
        def solve(self, problem, start, watch, aim):
            watch.offer(-36.0, x=[2.0, 6.0])
            watch.deadline = watch.started
            watch.check()

    late = tw.solve(BAKERY, Checks({}), time_limit=500)
    assert late.stop is tw.Stop.TIME_LIMIT
    np.testing.assert_array_equal(late.x, [2.0, 6.0])


def test_an_interrupted_judgement_is_followed_by_one_quick_one(monkeypatch):
    asked = []

    def judge(problem, claim, aim, effort):
        asked.append(effort is Effort.QUICK)
        if effort is not Effort.QUICK:
            raise KeyboardInterrupt
        return tw.certify(problem, claim)

    monkeypatch.setattr("thalweg.front.judge", judge)
    assert tw.solve(BAKERY, Says({"x": [2.0, 6.0]}, {"row_dual": [0, 1.5, 1]})).ok
    assert asked == [False, True]


def test_certify_runs_no_solver_unless_asked(monkeypatch):
    alone = tw.certify(BAKERY, x=[2, 6])
    assert alone.verdict is tw.Verdict.UNPROVEN
    assert any("duals" in note for note in alone.notes)
    assert tw.certify(BAKERY, x=[2, 6], complete=True).verdict is tw.Verdict.PROVED
    assert tw.certify(BAKERY, x=[2, 5], complete=True).verdict is tw.Verdict.UNPROVEN
    monkeypatch.setattr("thalweg.front.solve", None)
    assert tw.certify(BAKERY, x=[2, 6], duals=[0, 1.5, 1]).verdict is tw.Verdict.PROVED


def test_certify_takes_claims_and_solutions():
    solution = tw.solve(BAKERY)
    assert tw.certify(BAKERY, solution).ok
    assert tw.certify(BAKERY, solution.claim).ok
    assert not tw.certify(BAKERY, tw.Claim({"x": [1.0, 1.0]})).ok


def test_certify_offers_near_names():
    with pytest.raises(tw.InputError, match='Did you mean "duals"'):
        tw.certify(BAKERY, x=[2, 6], dual=[0, 1.5, 1])


def test_certify_does_not_change_the_claim():
    claim = tw.Claim({"x": [2.0, 6.0]})
    tw.certify(BAKERY, claim, duals=[0, 1.5, 1])
    assert not claim.hints


@pytest.mark.parametrize("tol", [1e-3, 1e-9, 1e-12])
def test_the_asked_tolerance_is_the_measure(tol):
    solution = tw.solve(LINE, tol=tol)
    assert solution.certificate.tolerance.gap == tol
    assert solution.ok


def test_a_fit_starts_from_its_own_names():
    problem = tw.Fit([[0.0], [1.0], [3.0]], [1.0, 3.0, 7.0], "huber", l2=0.1)
    first = tw.solve(problem)
    again = tw.solve(problem, start={"coef": first.coef, "intercept": float(first.intercept)})
    assert again.certificate.verdict.name == "PROVED"
