"""Programs of small whole numbers: each of them has a clear answer, and gets it."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.judges.convexity import curvature
from thalweg.judges.semidefinite import is_semidefinite

ANSWERS = ("PROVED", "INFEASIBLE", "UNBOUNDED")


def whole_numbers(rng):
    """A linear program of small whole numbers, in which everything may be missing."""
    m, n = rng.integers(1, 6, 2)
    A, c = rng.integers(-2, 3, (m, n)), rng.integers(-2, 3, n) * (rng.random(n) < 0.6)
    limits = {
        "row_lower": np.where(rng.random(m) < 0.5, rng.integers(-4, 1, m), -np.inf),
        "row_upper": np.where(rng.random(m) < 0.5, rng.integers(0, 5, m), np.inf),
        "lower": np.where(rng.random(n) < 0.8, 0, -np.inf),
        "upper": np.where(rng.random(n) < 0.3, 3, np.inf),
    }
    return tw.LinearProgram(c, A, **limits, maximize=bool(rng.random() < 0.5))


@pytest.mark.parametrize("seed", range(4))
def test_programs_of_small_whole_numbers_get_their_answer(seed):
    rng = np.random.default_rng(seed)
    verdicts = [tw.solve(whole_numbers(rng)).certificate.verdict.name for _ in range(150)]
    assert set(verdicts) <= {*ANSWERS, "WITHIN_TOLERANCE"}
    assert verdicts.count("WITHIN_TOLERANCE") <= 3


@pytest.mark.parametrize("rows", [[[-2.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]])
def test_programs_whose_rows_have_no_limits_are_called_unbounded(rows):
    assert tw.solve(tw.LinearProgram([-1, 0], rows, lower=0)).certificate.verdict.name == "UNBOUNDED"


def test_sums_in_twice_the_precision_are_no_worse():
    """The duals are thirds: what their rounding costs is excused, whether or not the sum itself is sharper."""
    A = [[2, 2, -1, -1], [0, -2, -2, 2], [1, -2, 1, 1], [-1, 2, 2, -1]]
    limits = {
        "row_lower": [-np.inf, -4, -3, -np.inf],
        "row_upper": [8, -3, -2, 2],
        "upper": [np.inf, 3, np.inf, np.inf],
    }
    s = tw.solve(tw.LinearProgram([0, 0, 2, 0], A, **limits, lower=0, maximize=True))
    assert (s.certificate.verdict.name, s.objective) == ("PROVED", 0)


@pytest.mark.parametrize(
    "problem",
    [
        tw.LinearProgram([1, -1, 1], [[3, -3, 0], [0, 0, 1]], row_lower=[0, 1], lower=0),
        tw.LinearProgram([1, -1], [[3, -3]], row_lower=0, lower=0),
    ],
)
def test_a_free_variable_in_two_halves_with_a_dual_of_one_third_is_proved(problem):
    assert tw.solve(problem).certificate.verdict.name == "PROVED"


def test_a_point_that_is_nearly_as_good_as_0_is_not_proved():
    """Multipliers of exact zeros exist here; they say that 0 is the best, which 1e-9 is not."""
    problem = tw.LinearProgram([1, -1], [[3, -3]], row_lower=0, lower=0, upper=5)
    assert tw.certify(problem, x=[1, 1], duals=[1 / 3]).verdict.name == "PROVED"
    assert tw.certify(problem, x=[1 + 1e-9, 1], duals=[1 / 3]).verdict.name == "UNPROVEN"


def test_entries_of_very_different_sizes_are_left_undecided():
    """Whole numbers of a thousand digits would take seconds."""
    P = 1e-300 * np.ones((32, 32)) + np.eye(32)
    P[0, 0] = 5e-324
    assert is_semidefinite(P) is None


def test_what_meeting_the_limits_costs_is_no_rounding():
    """Row 1 is missed by 1e-14 of itself, and meeting it moves the objective by more than a half."""
    h = 2.0**-44
    A, limits = [[-2, 0, 0, 4, 0], [6, 0, -h, -12, 0]], {"row_lower": [-6, 18], "upper": [np.inf] * 4 + [3]}
    problem = tw.LinearProgram([0, 0, 1, 0, 0], A, **limits, maximize=True)
    certificate = tw.certify(problem, x=[3, 4, 4, 0, -2], duals=[-3 / h, -1 / h])
    assert certificate.gap > 0.1
    assert certificate.verdict.name == "UNPROVEN"


def test_the_rounding_of_a_gradient_is_part_of_the_first_order():
    """Where x0 may be 1e17, the last digit of 3 x2 - 1 decides about 5.6."""
    P = [[0, 0, 3], [0, -1, 0], [3, 0, 0]]
    problem = tw.QuadraticProgram(P, [-1, 0, 0], lower=0, upper=[1e17, 0, 1])
    certificate = tw.certify(problem, x=[0, 0, 1 / 3], tol=tw.Tolerance(gap=0))
    assert certificate.verdict.name == "UNPROVEN"


def test_a_variable_stands_at_a_limit_by_its_own_size():
    """x1 = 0.5 is nothing beside x0 = 1e9, and falls to 0 all the same."""
    problem = tw.QuadraticProgram([[0, 0], [0, -1]], [1, 1], lower=[1e9, 0], upper=[1e9, 1e5])
    assert tw.certify(problem, x=[1e9, 0.5]).facts.get("order", 0) < 2


@pytest.mark.parametrize("seed", range(30))
def test_singular_matrices_of_whole_numbers_are_decided_exactly(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    B = rng.integers(-3, 4, (int(rng.integers(1, n)), n)).astype(float)
    P = B.T @ B
    assert is_semidefinite(P)
    found = curvature(tw.QuadraticProgram(P, np.zeros(n)))
    assert found.convex and not found.premise
    j = int(np.argmax(np.diag(P)))
    lower = P.copy()
    lower[j, j] = np.nextafter(lower[j, j], 0)  # singular still, or negative by the last digit
    v = np.linalg.svd(B)[2][-1]
    if abs(v[j]) > 1e-3:  # the null space sees the change
        assert not is_semidefinite(lower)


def test_singular_programs_are_proved_without_assumption():
    B = np.array([[1.0, -2, 3], [2, 1, -1]])
    problem = tw.QuadraticProgram(B.T @ B, -B.T @ [3.0, 1], lower=-10, upper=10)
    assert tw.solve(problem).certificate.verdict.name == "PROVED"


def test_bounds_by_the_level_are_as_tight_as_if_they_had_started_from_nothing():
    """The rows alone fill every side that is wanted, but not tightly enough."""
    program = tw.LinearProgram(
        [-2e-3, -2e17, 4e7, -40.0],
        [[1e7, -20.0, -4e-3, 4e4], [-1e6, 4e7, 0.0, -3.0], [0.0, 2e9, -0.4, 4e-7]],
        row_lower=[1.6002996e9, 7.9785e8, None],
        row_upper=[1.6002996e9, 7.9985e8, 4e10],
        lower=[None, None, -20.0, 39999.0],
        upper=[0.03, None, None, 40001.0],
    )
    duals = [-7.31791581e-2, 2.99433828e-2, -1e8]
    certificate = tw.certify(program, x=[0.03, 20.0, -20.0, 4e4], duals=duals, tol=1e-6)
    assert certificate.verdict.name == "PROVED"
