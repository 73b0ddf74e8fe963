"""Claims that rows with large terms, tiny coefficients or whole numbers seem to excuse, found by attack."""

import numpy as np
import pytest

import thalweg as tw

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
