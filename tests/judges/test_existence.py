"""Points that meet all limits exactly and cannot be written down, and contradictions that look like them."""

from fractions import Fraction

import numpy as np
import pytest

import thalweg as tw


def test_a_right_side_below_the_rounding_of_its_terms_is_met_by_a_point_that_exists():
    problem = tw.LinearProgram(
        [1.0, 2.0], [[1.0, -1.0], [1.0, 1.0]], row_lower=[-2.3e-16, 26.2], row_upper=[-2.3e-16, None], lower=0
    )
    s = tw.solve(problem)
    assert s.x[0] == s.x[1]  # no number in float64 differs from the other by so little
    assert s.certificate.verdict.name == "PROVED"


@pytest.mark.parametrize("size", [1.0, 1e6, 1e10])
@pytest.mark.parametrize("apart", [2.3e-16, 1e-12, 1e-6])
def test_a_contradiction_is_never_proved_however_small_it_is_beside_the_terms(size, apart):
    """x - y is 0 and ``apart`` at once: no point exists."""
    problem = tw.LinearProgram(
        [1.0, 0.0],
        [[1.0, -1.0], [1.0, -1.0]],
        row_lower=[0.0, apart],
        row_upper=[0.0, apart],
        lower=size,
        upper=2 * size,
    )
    for x in ([size, size], [1.5 * size, 1.5 * size], [size + apart, size]):
        assert tw.certify(problem, x=x, duals=[1.0, 0.0]).verdict.name != "PROVED"
    assert tw.solve(problem).certificate.verdict.name != "PROVED"


def test_dependent_rows_that_agree_up_to_rounding_only_stay_an_assumption_or_are_refuted():
    A = np.array([[0.1, 0.2, 0.3], [0.3, 0.6, 0.9]])  # the second row is three times the first, but not in float64
    problem = tw.LinearProgram([1.0, 1.0, 1.0], A, row_lower=[0.6, 1.8], row_upper=[0.6, 1.8], lower=0, upper=10)
    s = tw.solve(problem)
    exact = not np.array_equal(3 * A[0], A[1])
    assert exact and s.certificate.verdict.name in ("PROVED", "WITHIN_TOLERANCE")


def test_what_existence_costs_is_part_of_the_gap():
    """The point that exists is 1e-3 away along a cost of 1: too far to be excused."""
    problem = tw.LinearProgram([1.0, 0.0], [[1.0, 1e-13]], row_lower=[1.0], row_upper=[1.0], lower=0, upper=[2, 1e10])
    assert not tw.certify(problem, x=[0.9, 0.0], duals=[1.0]).ok
    assert tw.certify(problem, x=[0.9, 0.0], duals=[1.0]).verdict.name == "REFUTED"


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_no_direction_next_to_one_that_misses_limits_by_rounding_is_made_up(steps):
    rng = np.random.default_rng(abs(steps))
    for t in rng.uniform(0.5, 2.0, 20):
        s = 1 / t
        for _ in range(abs(steps)):
            s = np.nextafter(s, np.inf if steps > 0 else 0.0)
        # x0 >= t x1 and x1 >= s x0: beside 0 there is a direction with positive entries only if s t <= 1
        problem = tw.LinearProgram([-1.0, -1.0], [[1.0, -t], [-s, 1.0]], row_lower=0.0)
        c = tw.certify(problem, x=[0.0, 0.0], direction=[1.0, 1 / t])
        assert c.verdict.name != "UNBOUNDED" or Fraction(t) * Fraction(s) <= 1


@pytest.mark.parametrize("seed", range(10))
def test_a_forgotten_lower_bound_is_told_with_its_direction(seed):
    rng = np.random.default_rng(seed)
    problem = tw.LinearProgram(rng.integers(1, 9, 8), rng.integers(1, 100, (5, 8)) / 10, row_lower=10)
    assert tw.solve(problem).certificate.verdict.name == "UNBOUNDED"


def test_duals_of_another_number_of_rows_are_refused():
    problem = tw.LinearProgram([1.0, 1.0], [[1.0, 1.0], [1.0, 0.0]], row_lower=[1.0, 0.0])
    with pytest.raises(tw.InputError, match="duals has 3 entries; the problem has 2 rows"):
        tw.certify(problem, x=[1.0, 0.0], duals=[1.0, 0.0, 0.0])
