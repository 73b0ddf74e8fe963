"""Rays and directions in words: the user's names, whole numbers where there are any, and sums that are true."""

import re

import numpy as np
import pytest

import thalweg as tw


def statement(problem, ray):
    certificate = tw.certify(problem, ray=ray)
    assert certificate.verdict.name == "INFEASIBLE"
    return certificate.statement


def test_rows_and_bounds_by_name_with_whole_multipliers():
    problem = tw.LinearProgram(
        [0, 0], [[0.5, 0], [0, 1]], row_lower=[4, 2], upper=[3, 1], names=["x1", "x2"], row_names=["hours", "demand"]
    )
    assert statement(problem, [0.5, 0.25]) == (
        'no point satisfies all limits: 2 x row "hours" (>= 4) + row "demand" (>= 2) together ask for at least 10, '
        'but with "x1" <= 3 and "x2" <= 1 (their bounds) they can reach at most 4'
    )
    one = statement(problem, [1.0, 0.0])
    assert 'row "hours" (>= 4) asks for at least 4, but with "x1" <= 3 (its bound) it can reach at most 1.5' in one


def test_upper_limits_allow_and_terms_cancel():
    problem = tw.LinearProgram([0, 0], [[1, 1], [-1, -1]], row_upper=[1, -3])
    told = statement(problem, [-1.0, -1.0])
    assert "row0 (<= 1) + row1 (<= -3) together allow at most -2, but their terms add up to 0" in told
    bounded = tw.LinearProgram([0], [[1]], row_upper=[1], lower=2)
    assert "row0 (<= 1) allows at most 1, but with x0 >= 2 (its bound) it comes to at least 2" in statement(
        bounded, [-1]
    )


def test_equalities_and_fixed_variables_are_told_as_such():
    problem = tw.LinearProgram([0, 0], [[1, 1]], row_lower=[3], row_upper=[3], lower=[1, 0], upper=[1, 1])
    told = statement(problem, [1.0])
    assert "row0 (= 3) asks for at least 3, but with x0 = 1 and x1 <= 1 (their bounds) it can reach at most 2" in told


def test_long_sums_name_the_heaviest_and_count_the_rest():
    n = 30
    problem = tw.LinearProgram(np.zeros(n), np.eye(n) * np.arange(1, n + 1), row_lower=2 * np.arange(1, n + 1), upper=1)
    told = statement(problem, 1.0 + np.arange(n))
    assert told.startswith("no point satisfies all limits: 30 x row29 (>= 60) + 29 x row28 (>= 58) + ")
    assert "and 26 more rows together ask for" in told
    assert "and the bounds of 26 more variables they can reach at most" in told


def test_what_other_rows_imply_is_said():
    """The ray leans on a bound that only the first row gives."""
    problem = tw.LinearProgram(
        [0, 0], [[1, 0], [0, 1], [1, 1]], row_lower=[120, 30, None], row_upper=[None, None, 130], names=["a", "b"]
    )
    told = statement(problem, [0.0, 1.0, -1.0])
    assert 'ask for 20 more than the bounds, and those that the rows imply for "a", allow' in told


def test_a_close_difference_is_shown_with_enough_digits():
    problem = tw.LinearProgram([0], [[1]], row_lower=[1 + 1e-9], upper=1)
    asked, reached = re.search(r"at least (\S+), but .* at most (\S+)$", statement(problem, [1.0])).groups()
    assert float(asked) > float(reached)


@pytest.mark.parametrize("seed", range(20))
def test_the_sums_are_true(seed):
    """No point of the box gives the weighted rows as much as they ask for: recomputed from the facts."""
    rng = np.random.default_rng(seed)
    m, n = 5, 4
    A, weights = rng.integers(-4, 5, (m, n)).astype(float), rng.integers(1, 6, m) / 7.0
    reach = np.abs(weights @ A).sum()
    low = A @ np.zeros(n) + (reach + 1) / weights.sum()
    problem = tw.LinearProgram(np.zeros(n), A, row_lower=low, lower=-1, upper=1)
    certificate = tw.certify(problem, ray=weights)
    asked, reached = map(float, re.search(r"at least (\S+), but .* at most (\S+)$", certificate.statement).groups())
    scale = asked / float(weights @ low)
    assert asked > reached
    assert reached == pytest.approx(scale * reach, rel=1e-5)


def test_a_direction_by_name_and_its_pace():
    falls = tw.LinearProgram([1.0, -2.0], [[1, -1]], row_upper=[4], lower=0, names=["x1", "x2"])
    told = tw.certify(falls, x=[0, 0], direction=[0.5, 1.0])
    assert told.verdict.name == "UNBOUNDED"
    assert told.statement == (
        'the objective improves for ever, from a feasible point: it falls by 3 per unit of "x2" +2, "x1" +1'
    )
    rises = tw.certify(falls.replace(c=[1, 2], maximize=True), x=[0, 0], direction=[0, 1])
    assert 'it rises by 2 per unit of "x2" +1' in rises.statement
    many = tw.LinearProgram(-np.ones(9), lower=0)
    assert "and 5 more variables" in tw.certify(many, x=np.zeros(9), direction=np.ones(9)).statement


def test_a_direction_of_negative_curvature():
    saddle = tw.QuadraticProgram([[0, -1], [-1, 0]], [0, 0], lower=0)
    told = tw.certify(saddle, x=[0, 0], direction=[1, 1])
    assert told.verdict.name == "UNBOUNDED"
    assert "it falls ever faster" in told.statement
    flat = tw.QuadraticProgram([[1, 0], [0, 0]], [0, -2], lower=0)
    assert "it falls by 2 per unit of x1 +1" in tw.certify(flat, x=[0, 0], direction=[0, 1]).statement
