"""Bounds without assumptions: curvature lent by equations, multipliers that exist, sums in twice the precision."""

from fractions import Fraction

import numpy as np
import pytest

import thalweg as tw


def equality_program(seed, n=6, m=4):
    """A singular P that is definite on the equations; all variables free."""
    rng = np.random.default_rng(seed)
    F = rng.integers(-3, 4, size=(n - m, n)).astype(float)
    A = rng.integers(-3, 4, size=(m, n)).astype(float)
    return tw.QuadraticProgram(F.T @ F, rng.integers(-5, 6, n).astype(float), A, row_lower=A.sum(1), row_upper=A.sum(1))


def best_of(problem):
    """Exact minimum of a program with equations only, by Gauss elimination in rational arithmetic."""
    m, n = problem.shape
    K = [[*map(Fraction, row), *map(Fraction, column)] for row, column in zip(problem.P, problem.A.T, strict=True)]
    K += [[*map(Fraction, row), *([Fraction(0)] * m)] for row in problem.A]
    right = [-Fraction(c) for c in problem.q] + [Fraction(b) for b in problem.row_lower]
    rows = [[*row, b] for row, b in zip(K, right, strict=True)]
    for k in range(n + m):
        pivot = next((i for i in range(k, n + m) if rows[i][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [a / rows[k][k] for a in rows[k]]
        for i in range(n + m):
            if i != k and rows[i][k]:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    x = [row[-1] for row in rows[:n]]
    bend = [sum(Fraction(p) * t for p, t in zip(row, x, strict=True)) for row in problem.P]
    return sum((b / 2 + Fraction(c)) * t for b, c, t in zip(bend, problem.q, x, strict=True))


@pytest.mark.parametrize("seed", range(25))
def test_equations_lend_curvature_and_no_bound_is_beyond_the_truth(seed):
    problem = equality_program(seed)
    best = best_of(problem)
    if best is None:
        pytest.skip("dependent equations: the minimiser is not unique")
    s = tw.solve(problem, tol=1e-9)
    assert s.certificate.verdict.name == "PROVED", s.explain()
    assert Fraction(s.certificate.bound) <= best
    rng = np.random.default_rng(seed)
    for size in (1e-9, 1e-3, 1.0):  # any point, any multipliers: the bound stays below
        x, y = s.x + size * rng.normal(size=6), s.duals + size * rng.normal(size=4)
        c = tw.certify(problem, x=x, duals=y, proof="assumption-free")
        assert c.assumptions or not np.isfinite(c.bound) or Fraction(c.bound) <= best, (seed, size)


@pytest.mark.parametrize("seed", range(8))
def test_free_variables_of_a_linear_program_need_no_reach(seed):
    """Least absolute deviations, the coefficients free, with inexact numbers: reduced costs cannot be 0 in float64."""
    rng = np.random.default_rng(seed)
    X, n = rng.normal(size=(40, 4)), 4
    target = X @ rng.normal(size=4) + rng.laplace(size=40)
    A = np.hstack([X, np.eye(40), -np.eye(40)])
    cost = np.concatenate([np.zeros(n), np.ones(80)])
    low = np.concatenate([np.full(n, -np.inf), np.zeros(80)])
    problem = tw.LinearProgram(cost, A, row_lower=target, row_upper=target, lower=low)
    s = tw.solve(problem, tol=1e-9, proof="assumption-free")
    assert s.certificate.verdict.name == "PROVED", s.explain()
    beaten = [np.abs(target - X @ (s.x[:n] + 1e-3 * rng.normal(size=n))).sum() for _ in range(200)]
    assert s.certificate.bound <= min(beaten)


def test_a_direction_that_really_falls_is_no_rounding():
    """The free variable's reduced cost is 1e-10: no multipliers make it 0 together with the other one's."""
    problem = tw.LinearProgram([1.0, 1.0 - 1e-10], [[1.0, 1.0]], row_lower=[1.0], row_upper=[1.0])
    for y in (1.0, 1.0 - 1e-10, 1.0 - 5e-11):
        c = tw.certify(problem, x=[1.0, 0.0], duals=[y], proof="assumption-free")
        assert c.verdict.name != "PROVED"


def test_large_terms_that_cancel_do_not_hide_a_small_gap():
    """Terms of 1e9 add up to an objective near 1."""
    problem = tw.LinearProgram([1e9, -1e9, 1.0], lower=[1.0, 0.0, 1.0], upper=[2.0, 1.0, 5.0])
    s = tw.solve(problem, tol=1e-12)
    assert s.certificate.verdict.name == "PROVED" and s.objective == 1.0
    assert s.certificate.gap <= 1e-12


def test_proof_is_read_or_refused_with_near_names():
    with pytest.raises(tw.InputError, match="assumption-free"):
        tw.solve(equality_program(0), proof="assumptionfree")
