"""HiGHS' branch and bound: answers that are whole, stoppable at any time."""

import itertools
import time
from fractions import Fraction

import numpy as np
import pytest

import thalweg as tw
from thalweg.certificate import Verdict
from thalweg.result import Stop


def market_split(rows=4, seed=1):
    """Cornuejols and Dawande (1999): 0-1 rows that nobody splits evenly; hard for branch and bound."""
    rng = np.random.default_rng(seed)
    n = 10 * (rows - 1)
    D = rng.integers(0, 100, (rows, n)).astype(float)
    A = np.hstack([D, np.eye(rows), -np.eye(rows)])
    c = np.concatenate([np.zeros(n), np.ones(2 * rows)])
    d = np.floor(D.sum(axis=1) / 2)
    upper = np.concatenate([np.ones(n), np.full(2 * rows, np.inf)])
    integer = np.arange(n + 2 * rows) < n
    return tw.MixedIntegerProgram(c, A, row_lower=d, row_upper=d, lower=0, upper=upper, integer=integer)


def knapsack(n=30, seed=0, **changes):
    rng = np.random.default_rng(seed)
    value, weight = rng.random(n), rng.random((2, n))
    return tw.MixedIntegerProgram(value, weight, row_upper=n / 8, lower=0, upper=1, maximize=True, **changes)


@pytest.mark.parametrize("seed", range(5))
def test_answers_are_whole_and_best(seed):
    problem = knapsack(14, seed)
    solution = tw.solve(problem)
    assert solution.ok
    assert set(solution.x.tolist()) <= {0.0, 1.0}
    points = (np.arange(2**14)[:, None] >> np.arange(14)) & 1
    values = np.where((points @ problem.A.T <= problem.row_upper).all(axis=1), points @ problem.c, -np.inf)
    assert solution.objective == pytest.approx(values.max())


@pytest.mark.parametrize("unit", [0.1, 1 / 3, 0.7, 1e-9, 1e-300, 2.0**900])
@pytest.mark.parametrize("maximize", [False, True])
def test_costs_that_are_multiples_of_one_number_prove_the_next_multiple(unit, maximize):
    sign = -1.0 if maximize else 1.0
    problem = tw.MixedIntegerProgram(
        [sign * unit, 2 * sign * unit], [[1.0, 1.0]], row_lower=1.5, lower=0, maximize=maximize
    )
    solution = tw.solve(problem)
    assert solution.certificate.verdict is Verdict.PROVED
    assert solution.objective == solution.certificate.bound == 2 * sign * unit


@pytest.mark.parametrize("c", [[0.1, 0.1 + 0.2], [0.1, 0.3], [1.0, 2.0**41 + 1]])
def test_costs_that_are_nearly_multiples_prove_no_more_than_the_relaxation(c):
    problem = tw.MixedIntegerProgram(c, [[1.0, 1.0]], row_lower=1.5, lower=0)
    certificate = tw.certify(problem, x=[2, 0], duals=[c[0]])
    assert certificate.bound == pytest.approx(1.5 * c[0])
    assert certificate.bound <= 1.5 * c[0]
    assert not certificate.notes


@pytest.mark.parametrize("seed", range(20))
def test_bounds_that_moved_on_hold_at_every_whole_point(seed):
    """Costs k u with a u that float64 rounds; k u is a multiple of it for powers of two. All points are tried."""
    rng = np.random.default_rng(seed)
    unit, n = float(rng.choice([0.1, 1 / 3, 0.7, np.pi])), 4
    c = rng.choice([1, 2, 4, 8] if seed % 2 else [1, 2, 3, 5, 6], n) * unit
    A = rng.integers(1, 6, (2, n)).astype(float)
    problem = tw.MixedIntegerProgram(c, A, row_lower=A.sum(axis=1) * rng.uniform(0.5, 1.5, 2), lower=0, upper=3)
    solution = tw.solve(problem)
    points = np.array(list(itertools.product(range(4), repeat=n)))
    inside = points[(points @ A.T >= problem.row_lower).all(axis=1)].tolist()
    best = min(sum(Fraction(cost) * value for cost, value in zip(c.tolist(), point, strict=True)) for point in inside)
    certificate = tw.certify(problem, x=solution.x, duals=solution.certificate.facts["relaxation_row_dual"])
    assert not certificate.premises  # without the solver's word
    assert Fraction(certificate.bound) <= best
    if seed % 2:
        assert any("multiples" in note for note in certificate.notes) or certificate.bound % unit == 0


def test_a_whole_relaxation_needs_no_search():
    cost = np.random.default_rng(0).random((6, 6))
    A = np.vstack([np.kron(np.eye(6), np.ones(6)), np.kron(np.ones(6), np.eye(6))])
    solution = tw.solve(tw.MixedIntegerProgram(cost.ravel(), A, row_lower=1, row_upper=1, lower=0, upper=1))
    assert solution.certificate.verdict is Verdict.PROVED
    assert "solver_bound" not in solution.claim.hints


def test_continuous_variables_are_best_beside_the_whole_ones():
    rng = np.random.default_rng(3)
    A, c = rng.random((6, 20)), rng.random(20)
    integer = np.arange(20) % 2 == 0
    problem = tw.MixedIntegerProgram(c, A, row_lower=7.3, lower=0, upper=3, integer=integer)
    solution = tw.solve(problem)
    assert solution.ok
    x = solution.x
    assert (x[integer] == np.rint(x[integer])).all()
    fixed = problem.relaxation.replace(lower=np.where(integer, x, 0), upper=np.where(integer, x, 3))
    assert tw.solve(fixed).objective == pytest.approx(solution.objective, rel=1e-9)


def test_infeasible_by_the_relaxation_is_proved_and_by_whole_numbers_is_not():
    problem = knapsack(8)
    far = problem.replace(row_lower=100.0, row_upper=np.inf)
    assert tw.solve(far).certificate.verdict is Verdict.INFEASIBLE
    parity = tw.MixedIntegerProgram(np.ones(5), 2 * np.ones((1, 5)), row_lower=3, row_upper=3, lower=0, upper=1)
    solution = tw.solve(parity)
    assert solution.stop is Stop.INFEASIBLE
    assert solution.certificate.verdict is Verdict.UNPROVEN
    assert solution.x is None
    assert "a solver's word is no proof" in solution.explain()


def test_unbounded_is_proved_from_a_whole_point():
    problem = tw.MixedIntegerProgram([-1.0, 0.5], [[2.0, -1.0]], row_lower=1, row_upper=1, lower=0)
    solution = tw.solve(problem.replace(c=[-1.0, 0.25]))
    assert solution.certificate.verdict is Verdict.UNBOUNDED
    assert (solution.x == np.rint(solution.x)).all()


def test_a_time_limit_is_kept_and_the_best_point_is_returned():
    began = time.perf_counter()
    solution = tw.solve(market_split(), time_limit=1.0)
    assert time.perf_counter() - began < 5.0
    assert solution.stop is Stop.TIME_LIMIT
    assert solution.certificate.verdict is Verdict.UNPROVEN
    assert solution.certificate.feasible
    assert np.isfinite(solution.certificate.bound)


def test_a_callback_stops_the_search():
    seen = []

    def enough(numbers):
        seen.append(dict(numbers))
        return len(seen) > 2

    began = time.perf_counter()
    solution = tw.solve(market_split(), callback=enough, time_limit=60)
    assert solution.stop is Stop.INTERRUPTED
    assert time.perf_counter() - began < 30
    assert {"gap", "nodes"} <= set(seen[-1])
    assert solution.certificate.feasible


@pytest.mark.parametrize("scale", [2.0**-30, 1.0, 2.0**30])
def test_the_scale_of_the_objective_does_not_matter(scale):
    problem = knapsack(20)
    solution = tw.solve(problem.replace(c=problem.c * scale))
    assert solution.ok
    assert solution.objective == pytest.approx(tw.solve(problem).objective * scale, rel=1e-6)


def test_it_shows_what_it_is_in_texts_and_reports(tmp_path):
    solution = tw.solve(knapsack(5))
    text = str(solution)
    assert "mixed-integer program, maximise" in text
    assert "whole" in text
    solution.report(tmp_path / "report.html")
    assert "mixed-integer" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_problems_are_saved_and_loaded(tmp_path):
    problem = knapsack(5, names=list("abcde"), integer=[True, False, True, True, False])
    tw.save(problem, tmp_path / "problem.npz")
    loaded = tw.load(tmp_path / "problem.npz")
    assert isinstance(loaded, tw.MixedIntegerProgram)
    assert loaded.integer.tolist() == problem.integer.tolist()
    assert loaded.names == problem.names
    np.testing.assert_array_equal(loaded.A, problem.A)


@pytest.mark.parametrize("power", [-40, 40])
def test_the_scale_of_the_rows_does_not_matter(power):
    problem = knapsack(20)
    scales = 2.0 ** np.array([power, -power])
    other = problem.replace(A=problem.A * scales[:, None], row_upper=problem.row_upper * scales)
    np.testing.assert_array_equal(tw.solve(other).x, tw.solve(problem).x)
