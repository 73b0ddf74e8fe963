"""Claims that rows with large terms, tiny coefficients or whole numbers seem to excuse, found by attack."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.judges.feasibility import CLEAR, activity
from thalweg.terms.constraints import Box

U = 2.0**-26
INF = np.inf


def test_rounding_of_fixed_columns_excuses_nothing():
    """x0 = u is forced, and costs 1.49: the row misses it by the rounding of the columns that cannot move."""
    problem = tw.LinearProgram(
        [1e8, 0, 0, 1.0],
        [[1, -1, 1, 0]],
        row_lower=0,
        row_upper=0,
        lower=[0, 1e7 + U, 1e7, 1],
        upper=[1, 1e7 + U, 1e7, 2],
    )
    assert tw.certify(problem, x=[0, 1e7 + U, 1e7, 1], duals=[0]).verdict.name != "PROVED"
    assert tw.solve(problem).objective == pytest.approx(2.490116, rel=1e-6)


@pytest.mark.parametrize("size, apart", [(1e14, 1.0), (1e12, 1e-3), (1e6, 1e-9)])
def test_no_point_within_rounding_is_no_feasible_point(size, apart):
    fixed = [size, size + apart, 0]
    problem = tw.LinearProgram(
        [0, 0, -1], [[1, -1, 0]], row_lower=0, row_upper=0, lower=fixed, upper=[*fixed[:2], None]
    )
    assert tw.certify(problem, x=fixed, direction=[0, 0, 1]).verdict.name != "UNBOUNDED"
    assert tw.certify(problem, ray=[1.0]).verdict.name == "INFEASIBLE"


def test_contradictory_rows_are_unbounded_in_no_direction():
    rows = {"row_lower": [1, 1 + 5e-14], "row_upper": [1, 1 + 5e-14]}
    problem = tw.QuadraticProgram([[0, 0], [0, -1.0]], [0, 0], [[1, 0], [1, 0]], **rows)
    assert tw.certify(problem, x=[1, 0]).verdict.name != "UNBOUNDED"


@pytest.mark.parametrize("small", [1e-14, 1e-9])
@pytest.mark.parametrize("x1", [3.001, 30.0, 300.0])
def test_a_tiny_coefficient_elsewhere_excuses_no_broken_limit(small, x1):
    bounds = tw.LinearProgram([1, 0], [[1, small]], row_lower=3, lower=[0, 3], upper=[None, 3])
    rows = tw.LinearProgram([1, 0], [[1, small], [0, 1]], row_lower=[3, 3], row_upper=[INF, 3])
    for problem, duals in ((bounds, [1]), (rows, [1, 0])):
        assert tw.certify(problem, x=[3, x1], duals=duals).verdict.name == "REFUTED"


def test_whole_numbers_cannot_move_to_meet_a_row():
    b, h = 1e10, 0.0018
    limits = {"row_lower": h, "row_upper": h, "lower": [b, b, 0], "upper": [b + 10, b + 10, h / 2]}
    problem = tw.MixedIntegerProgram([1.0, 0, 0], [[1, -1, 1]], integer=[True, True, False], **limits)
    assert tw.certify(problem, x=[b, b, 0]).verdict.name != "PROVED"  # n1 - n2 + y = h is impossible with y <= h / 2
    beyond = tw.MixedIntegerProgram([-1.0], lower=0, upper=[1e10])
    assert tw.certify(beyond, x=[1e10 + 1]).verdict.name != "PROVED"
    lost = tw.MixedIntegerProgram([0.0, 0], [[2.0**53, 1]], row_lower=2.0**53, row_upper=2.0**53, lower=1, upper=1)
    assert tw.certify(lost, x=[1, 1]).verdict.name != "PROVED"


def test_putting_a_point_back_into_its_box_is_paid_for():
    K = 1e7
    problem = tw.LinearProgram(
        [1e9, 1, 0, 0, 0],
        [[0, 0, 1, -1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]],
        row_lower=[1e-10, 1, -INF],
        row_upper=[1e-10, INF, INF],
        lower=[0, 0, 0.9 * K, 0.9 * K, 0],
        upper=[2, 2, 2 * K, 2 * K, 2 * K],
    )
    assert tw.certify(problem, x=[-1e-13, 1, K, K, 0], duals=[0, 1 - 1e-4, 0]).verdict.name != "PROVED"


def test_limits_that_do_not_hold_the_point_make_no_local_minimiser():
    inside = tw.QuadraticProgram(np.diag([-1.0, 1.0]), [1e-8, -1], lower=[-1, -5], upper=[1, 5])
    rows = {"row_lower": [0, None], "row_upper": [None, 1], "lower": [None, 1]}
    by_rows = tw.QuadraticProgram(np.diag([-1.0, 0.0]), [0.5, 1], [[1, 0], [1, 0]], **rows)
    for c in (tw.certify(inside, x=[0, 1]), tw.certify(by_rows, x=[0.5 + 1e-7, 1], duals=[0, -1e-7])):
        assert c.facts.get("order") != 2


def test_numbers_at_the_ends_of_the_range_prove_nothing_false():
    tiny = 5e-324
    feasible = tw.LinearProgram([0.0, 0], [[1, 1]], row_lower=3 * tiny, lower=0, upper=[tiny, 2 * tiny])
    assert tw.certify(feasible, ray=[1.0]).verdict.name != "INFEASIBLE"
    apart = tw.LinearProgram(
        [1.0, 0], [[1, -1], [1, -1]], row_lower=[0, 1e-170], row_upper=[0, 1e-170], lower=1, upper=2
    )
    assert tw.certify(apart, x=[1, 1], duals=[1, 0]).verdict.name != "PROVED"


LOOSE = 9e-10  # within the tolerance of a limit


@pytest.mark.parametrize("share", [0.0, 1e-6, 0.5])
def test_a_relaxed_copy_of_a_row_hides_no_cost(share):
    """The best value is 1: the point meets the copy that carries the dual, and misses the row within the tolerance."""
    b, relaxed = 1e6, 1e6 * (1 - LOOSE)
    limits = {"lower": 0, "upper": [INF, b - 1]}
    by_row = tw.LinearProgram([1, -1], [[1, 0], [1, 0]], row_lower=[b, relaxed], **limits)
    by_bound = tw.LinearProgram([1, -1], [[1, 0]], row_lower=relaxed, lower=[b, 0], upper=[INF, b - 1])
    for problem, duals in ((by_row, [share, 1 - share]), (by_bound, [1])):
        c = tw.certify(problem, x=[relaxed, b - 1], duals=duals, tol=1e-9)
        assert c.verdict.name == "UNPROVEN" and "within the tolerance" in c.explain()
        assert tw.solve(problem, tol=1e-9).objective == pytest.approx(1, rel=1e-9)


def test_a_relaxed_copy_hides_no_cost_of_a_quadratic_program():
    b, relaxed = 1e6, 1e6 * (1 - LOOSE)
    upper = [INF, b / 2 - 1e-3]
    problem = tw.QuadraticProgram(
        np.diag([1.0, 0]), [0, -b], [[1, 0], [1, 0]], row_lower=[b, relaxed], lower=0, upper=upper
    )
    c = tw.certify(problem, x=[relaxed, upper[1]], duals=[0, relaxed], tol=1e-9)  # costs 900 less than the best, 1000
    assert not c.ok
    assert tw.solve(problem, tol=1e-9).objective == pytest.approx(1000, rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_answers_of_relaxed_copies_are_not_taken_for_those_of_the_rows(seed):
    """Every row comes twice, once a little wider; the wide program's answer is claimed where the objective cancels."""
    rng = np.random.default_rng(seed)
    m, n = 6, 10
    A, inside = rng.normal(size=(m, n)), rng.uniform(1, 2, size=n) * 1e4
    limit = A @ inside
    wide = limit - LOOSE * np.abs(limit)
    c = A.T @ rng.uniform(0.1, 1, size=m) + rng.uniform(0, 0.1, size=n)
    box = {"lower": 0, "upper": 1e5}
    rough = tw.solve(tw.LinearProgram(c, A, row_lower=wide, **box), tol=1e-9)
    strict = tw.solve(tw.LinearProgram(c, A, row_lower=limit, **box), tol=1e-9)
    off = 1.001 * strict.objective  # a variable that is fixed brings the objective near 0
    both = tw.LinearProgram(
        [*c, -off],
        np.hstack([np.vstack([A, A]), np.zeros((2 * m, 1))]),
        row_lower=[*limit, *wide],
        lower=[*np.zeros(n), 1],
        upper=[*np.full(n, 1e5), 1],
    )
    judged = tw.certify(both, x=[*rough.x, 1], duals=[*np.zeros(m), *rough.duals], tol=1e-9)
    true = strict.objective - off
    assert rough.ok and strict.ok
    wrong = abs(judged.objective - true) > 1e-8 * abs(true)
    assert not (judged.ok and wrong)


def test_lengths_that_overflow_bound_no_move():
    """The first row holds both variables together, so that they cost; at 1e160 squares of its terms overflow."""
    for size in (1.0, 2.0**400, 2.0**530):
        problem = tw.LinearProgram(
            [size, 7 / 3 * size, 1],
            [[3 * size, 7 * size, 0], [3, 7, 0]],
            row_lower=[0, -INF],
            row_upper=[0, 5],
            lower=[-INF, -INF, 1],
            upper=[INF, INF, 2],
        )  # 7 / 3 is rounded: along (7, -3), which the rows leave free, the objective falls for ever
        assert tw.certify(problem, x=[0, 0, 1], duals=[1 / 3, 0]).verdict.name != "PROVED"


def test_columns_that_differ_below_the_range_of_numbers_are_no_twins():
    """Scaled to 1, both columns' second entries underflow to 0; they are not multiples of each other."""
    problem = tw.LinearProgram(
        [2.0**510, 2.0**510, 1, 1],
        [[2.0**510, 2.0**510, 0, 0], [2.0**-570, 2.0**-569, 1, 0], [1, 1, 0, 0]],
        row_lower=[0, 0, -INF],
        row_upper=[0, 0, 5],
        lower=[-INF, -INF, -INF, 1],
        upper=[INF, INF, INF, 2],
    )
    assert tw.certify(problem, x=[0, 0, 0, 1], duals=[1, 1, 0]).verdict.name != "PROVED"


@pytest.mark.parametrize("share", [9e-10, 1e-11, 2e-13])
@pytest.mark.parametrize("size", [0.0, 1e6, 1e9, 1e12])
def test_large_terms_hide_no_cost_of_a_limit(share, size):
    """The best value is 1. The claim is lower by up to 9e-4, as little beside the terms of the row as rounding is."""
    b, best = 1e6, 1 - 1e6 * share
    upper = [INF, size + b - 1, size + 2 * b]
    copied = tw.LinearProgram(
        [1, 0, 0], [[1, 1, -1]] * 2, row_lower=[b, b * (1 - share)], lower=[0, size, size], upper=upper
    )
    chained = tw.LinearProgram(
        [1, 0, 0, 0],
        [[1, -1, 0, 0], [0, 1, 1, -1]],
        row_lower=[0, b],
        row_upper=[0, INF],
        lower=[best, -INF, size, size],
        upper=[INF, *upper],
    )
    for problem, x, duals in (
        (copied, [best, upper[1], size], [0, 1]),
        (chained, [best, best, upper[1], size], [0, 0]),
    ):
        assert tw.certify(problem, x=x, duals=duals, tol=1e-9).verdict.name != "PROVED"


@pytest.mark.parametrize("missed", [1e-5, 1e-7, 1e-9])
@pytest.mark.parametrize("size", [1e6, 1e9, 1e12])
def test_rounding_of_large_terms_is_no_way_to_meet_a_row_at_zero(missed, size):
    """x0 >= g2 - g1 >= 1, but at 1e12 the sum x0 + g1 - g2 = -missed is 0 in float64."""
    lower, upper = [1 - missed, size - 2, size], [INF, size - 1, size + 2]
    problem = tw.LinearProgram([1, 0, 0], [[1, 1, -1]], row_lower=0, lower=lower, upper=upper)
    assert tw.certify(problem, x=[1 - missed, size - 1, size], duals=[0], tol=1e-10).verdict.name != "PROVED"
    assert tw.certify(problem, x=[1, size - 1, size], duals=[1], tol=1e-10).verdict.name == "PROVED"


@pytest.mark.parametrize("sparse_or_dense", [sparse.csc_array, np.asarray])
def test_near_a_limit_what_a_row_says_is_exact_however_few_or_many_its_entries(sparse_or_dense):
    """Large terms cancel to about 1: in float64 nothing below 1e-8 of it is right."""
    rng = np.random.default_rng(0)
    lengths, n = [2, 3, 20, 400], 1000
    A, x = np.zeros((len(lengths), n)), rng.uniform(0.5, 2, n)
    for row, length in zip(A, lengths, strict=True):
        places = rng.choice(n, length, replace=False)
        row[places] = 1e8 * rng.uniform(-1, 1, length)
        last = places[-1]
        row[last] += (rng.uniform(0.5, 2) - row @ x) / x[last]
    exact = [sum(Fraction(a) * Fraction(b) for a, b in zip(row, x, strict=True)) for row in A]
    limit = np.array([float(value) for value in exact])
    found = activity(sparse_or_dense(A), x, Box(limit, limit))
    missed = [abs(float(Fraction(value) - true)) for value, true in zip(found, exact, strict=True)]
    assert (np.array(missed) <= CLEAR * np.abs(limit)).all()
    assert (np.abs(A @ x - limit) > CLEAR * np.abs(limit)).any()  # or this tests nothing


def test_each_entry_of_a_row_may_lose_half_a_digit():
    """1 + u + u + ... - 1 is 0 in float64, term by term: what it loses grows with the entries of the row."""
    u, n = 2.0**-53, 400
    entries = sparse.csc_array([[1.0, *[u] * (n - 2), -1.0], [1.0, *[0.0] * (n - 2), -1.0]])
    limit = np.array([(n - 2) * u, 0.0])
    assert (entries @ np.ones(n) == 0).all()  # or this tests nothing
    assert (activity(entries, np.ones(n), Box(limit, limit)) == limit).all()
    lost = tw.LinearProgram(np.zeros(n), entries, row_upper=0, lower=1, upper=1)
    assert tw.certify(lost, x=np.ones(n)).violations["rows"].amount == (n - 2) * u
