"""Many programs at once: the same answers as one by one, one clock, one Ctrl-C."""

import signal

import numpy as np
import pytest

import thalweg as tw


def quadratic(seed, n=6):
    rng = np.random.default_rng(seed)
    F, A = rng.normal(size=(n, n)), rng.normal(size=(n, n))
    return tw.QuadraticProgram(
        F @ F.T + 0.1 * np.eye(n), rng.normal(size=n), A, row_upper=np.ones(n), lower=-1, upper=1
    )


def linear(seed, n=6):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n))
    return tw.LinearProgram(rng.normal(size=n), A, row_upper=np.ones(n), lower=-1, upper=1)


def mixed():
    infeasible = tw.LinearProgram([1.0], [[1.0]], row_lower=[2.0], upper=1)
    unbounded = tw.LinearProgram([-1.0], lower=0)
    hollow = tw.QuadraticProgram([[1.0, 0.0], [0.0, -1.0]], [0.0, 0.0], lower=-1, upper=1)
    whole = tw.MixedIntegerProgram([-1.0, -1.0], [[2.0, 3.0]], row_upper=[7.0], lower=0, upper=9, integer=True)
    fit = tw.Fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 1.5], l2=0.1)
    some = [infeasible, unbounded, hollow, whole, fit]
    return [problem for k in range(6) for problem in (linear(k), quadratic(k))] + some


def test_the_same_verdicts_and_answers_as_one_by_one():
    problems = mixed()
    many, single = tw.solve_many(problems), [tw.solve(problem) for problem in problems]
    for problem, one, other in zip(problems, many, single, strict=True):
        assert one.problem is problem
        assert one.certificate.verdict is other.certificate.verdict
        assert one.claim.by == other.claim.by
        for name, value in other.claim.values.items():
            np.testing.assert_array_equal(one.claim.values[name], value)


def test_each_certificate_is_that_of_its_claim():
    for solution in tw.solve_many([quadratic(1), linear(2)], tol=1e-9):
        judged = tw.certify(solution.problem, solution.claim, tol=1e-9)
        assert judged.verdict is solution.certificate.verdict is tw.Verdict.PROVED
        assert judged.bound == solution.certificate.bound


@pytest.mark.parametrize("make", [linear, quadratic])
def test_problems_that_differ_in_vectors_start_from_each_other(make):
    base = make(0)
    problems = [base.replace(row_upper=np.full(6, 1 + 0.05 * k)) for k in range(20)]
    many = tw.solve_many(problems)
    for problem, solution in zip(problems, many, strict=True):
        assert solution.certificate.verdict is tw.Verdict.PROVED
        assert solution.objective == pytest.approx(tw.solve(problem, start={}).objective, rel=1e-9)


def test_a_problem_of_another_kind_needs_no_rows():
    """Whatever is judged and solved may be in the list, with ``replace`` or without."""
    fit = tw.Fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 1.5], l2=0.1)
    assert all(solution.ok for solution in tw.solve_many([fit, fit.replace(l2=0.2), linear(0)]))


def test_a_generator_is_read_to_its_end():
    solutions = tw.solve_many(linear(k) for k in range(5))
    assert [solution.ok for solution in solutions] == [True] * 5
    assert tw.solve_many([]) == []


def test_one_time_limit_for_all():
    solutions = tw.solve_many([quadratic(k) for k in range(50)], time_limit=1e-6)
    assert len(solutions) == 50
    assert {solution.stop for solution in solutions} == {tw.Stop.TIME_LIMIT}
    assert not any(solution.ok for solution in solutions)
    assert solutions[-1].x is None


def test_a_callback_hears_how_many_are_done_and_may_stop_them():
    seen = []

    def enough(numbers):
        seen.append(numbers)
        return "problems" in numbers

    solutions = tw.solve_many([linear(k) for k in range(5)], callback=enough)
    assert seen[-1]["problems"] == 1
    assert [solution.ok for solution in solutions] == [True] + [False] * 4
    assert {solution.stop for solution in solutions[1:]} == {tw.Stop.INTERRUPTED}


def test_what_a_callback_raises_is_raised():
    def broken(_):
        raise RuntimeError("shown to the user")

    with pytest.raises(RuntimeError, match="shown to the user"):
        tw.solve_many([linear(0), linear(1)], callback=broken)


def test_ctrl_c_returns_what_is_done():
    def pressed():
        yield linear(0)
        yield linear(1)
        signal.raise_signal(signal.SIGINT)
        yield linear(2)
        yield linear(3)

    solutions = tw.solve_many(pressed())
    assert [solution.ok for solution in solutions] == [True, True, False, False]
    assert solutions[2].stop is solutions[3].stop is tw.Stop.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_breaks_into_the_generator():
    def endless():
        while True:
            signal.raise_signal(signal.SIGINT)
            yield linear(0)

    with pytest.raises(KeyboardInterrupt):
        tw.solve_many(endless())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_follows_the_whole_run(capsys):
    with tw.Progress("planning") as progress:
        assert all(solution.ok for solution in tw.solve_many([linear(0), linear(1)], callback=progress))


def test_what_is_no_problem_is_named():
    with pytest.raises(tw.InputError, match="entry 1 of problems is int"):
        tw.solve_many([linear(0), 3])
    with pytest.raises(tw.InputError, match=r"entry 0 of problems is Model; .* or model.problem\(\)"):
        tw.solve_many([tw.Model()])
    with pytest.raises(tw.InputError, match="time_limit"):
        tw.solve_many([linear(0)], time_limit=-1)
