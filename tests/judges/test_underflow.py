"""Numbers at the ends of the range of float64: what products lose there is charged, and nothing overflows unseen."""

import numpy as np
import pytest

import thalweg as tw

STEP = 5e-324  # one subnormal step


def test_implied_bounds_charge_products_that_vanish():
    """1e-200 x0 + 1e-300 x1 >= 0 lets x1 be -1e-100 where x0 is 1e-200, though 1e-200 times 1e-200 rounds to 0."""
    rows = [[1e-200, 1e-300]]
    problem = tw.LinearProgram([0, 1e100], rows, row_lower=0, lower=[-1, -np.inf], upper=[1e-200, np.inf])
    certificate = tw.certify(problem, x=[1e-200, 0], duals=[0.0])
    assert certificate.verdict is tw.Verdict.UNPROVEN
    assert certificate.bound <= -0.99


def test_implied_bounds_charge_quotients_that_vanish():
    """1e200 x <= 1e-200 lets x be 1e-400, which rounds to 0 and brings -1e308 x to -1e-92."""
    problem = tw.LinearProgram([-1e308], [[1e200]], row_upper=[1e-200])
    assert tw.certify(problem, x=[0.0]).verdict is not tw.Verdict.PROVED


def test_no_ray_from_products_that_vanish():
    """The point (1e-200, -2e-101) meets both rows."""
    rows = [[1e-200, 1e-300], [0, 1]]
    limits = {"row_lower": [0, -np.inf], "row_upper": [np.inf, -1e-101]}
    problem = tw.LinearProgram([0, 0], rows, **limits, lower=[-1, -np.inf], upper=[1e-200, np.inf])
    assert tw.certify(problem, ray=[0.0, -1.0]).verdict is not tw.Verdict.INFEASIBLE


def test_subnormal_costs_do_not_fall_by_rounding():
    """Along d the objective rises by two subnormal steps; its terms round to a sum below 0."""
    d = np.array([24.0, 25, 21, 38, 22])
    A = np.zeros((4, 5))
    A[:, 0], A[range(4), range(1, 5)] = d[1:], -d[0]
    problem = tw.LinearProgram(np.array([-2, -4, 4, 0, 3]) * STEP, A, row_lower=0, row_upper=0, lower=0)
    certificate = tw.certify(problem, x=np.zeros(5), direction=d)
    assert certificate.verdict is not tw.Verdict.UNBOUNDED


@pytest.mark.parametrize("small", [2 * STEP, 1e-320])
def test_steps_that_vanish_beside_the_largest_fall_by_nothing(small):
    A, limits = [[0, 1, -1, 0], [0, 1, 0, -1]], {"row_lower": 0, "row_upper": 0, "lower": [-np.inf, 0, 0, 0]}
    problem = tw.LinearProgram([0, -0.625, 0.375, 0.375], A, **limits)
    certificate = tw.certify(problem, x=np.zeros(4), direction=[1, small, small, small])
    assert certificate.verdict is not tw.Verdict.UNBOUNDED


def test_curvature_that_vanishes_beside_the_largest_bends_by_nothing():
    v = np.array([0.0, 1, 1, 1])
    problem = tw.QuadraticProgram(np.outer(v, v), np.zeros(4))
    direction = [1.0, -5.71853371e-162, 3.81235581e-162, 3.81235581e-162]
    assert tw.certify(problem, x=np.zeros(4), direction=direction).verdict is not tw.Verdict.UNBOUNDED


def test_subnormal_curvature_does_not_bend_down_by_rounding():
    """P = (1, 2)(1, 2)' in subnormal steps is positive semidefinite."""
    problem = tw.QuadraticProgram(np.array([[1, 2], [2, 4]]) * STEP, [0, 0])
    assert tw.certify(problem, x=[0, 0], direction=[-5.0, 3.0]).verdict is not tw.Verdict.UNBOUNDED


@pytest.mark.parametrize("size", [1.0, 1e-150, 1e-160, 1e-165, 1e-200, 1e-300, 1e-310])
def test_small_curvature_is_not_lost_in_squares(size):
    """Minimise size (x'x / 2 - x1 - x2): -size at (1, 1), half of that at (1, 0)."""
    problem = tw.QuadraticProgram(np.diag([size, size]), [-size, -size])
    half, best = tw.certify(problem, x=[1, 0]), tw.certify(problem, x=[1, 1])
    assert half.verdict is tw.Verdict.UNPROVEN
    assert half.bound <= -size
    assert best.verdict is tw.Verdict.PROVED


@pytest.mark.parametrize("small", [1e-100, 1e-170, 1e-200, 1e-300])
def test_rows_of_small_numbers_hold_points_back(small):
    """Row 0 asks x0 = 1 + 1e-10, row 1 x0 <= 1: no point exists, and none is found near (1, 1, 1)."""
    rows, limits = [[1.0, -1, 0], [small, 0, -small]], {"row_lower": [1e-10, -np.inf], "row_upper": [1e-10, 0.0]}
    problem = tw.LinearProgram([1.0, 0, 0], rows, **limits, lower=[0, 1, 1], upper=[2, 1, 1])
    assert tw.certify(problem, x=[1, 1, 1], duals=[1, 0]).verdict is not tw.Verdict.PROVED


def test_sums_beyond_the_range_leave_a_limit():
    """1.7e308 x0 + 1.7e308 x1 <= 1 is left along (1.99, 1.99), at a rate that no number of float64 holds."""
    problem = tw.LinearProgram([-1, -1], [[1.7e308, 1.7e308]], row_upper=1, lower=0)
    assert tw.certify(problem, x=[0, 0], direction=[1.99, 1.99]).verdict is not tw.Verdict.UNBOUNDED


def test_rates_that_are_no_numbers_leave_a_limit():
    """Infinite terms of both signs add up to NaN."""
    row = 1.7e308 * np.array([1.0, -1] * 8)
    problem = tw.LinearProgram(-np.ones(16), [row], row_upper=1, lower=0)
    certificate = tw.certify(problem, x=np.zeros(16), direction=np.full(16, 1.99))
    assert certificate.verdict in (tw.Verdict.UNPROVEN, tw.Verdict.UNBOUNDED)
    assert not any("met its limits exactly" in note for note in certificate.notes)


def test_curvature_beside_nothing_is_judged():
    """Curvature whose terms vanish is no curvature, and no division by 0."""
    P = np.zeros((3, 3))
    P[0, 1] = P[1, 0] = 1e-284
    P[1, 1], P[1, 2], P[2, 1] = 1e32, -1e-284, -1e-284
    problem = tw.QuadraticProgram(P, [1, -1, 3], lower=[-np.inf, 1, -1], upper=[1e16, 1.7e308, 1e19])
    assert tw.certify(problem, x=[2, 3, -1]).verdict is tw.Verdict.UNPROVEN
