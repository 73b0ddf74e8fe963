"""Reported duals and reduced costs are derivatives of the best objective, in both senses."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw

H = 1e-4


def _program(rng, quadratic, maximize):
    """A random program whose limits matter and whose answer is not degenerate (almost surely)."""
    n, m = 4, 3
    A, x = rng.normal(size=(m, n)), rng.normal(size=n)
    a, slack = A @ x, rng.uniform(0.5, 2, m)
    limits = {
        "row_lower": np.where([True, False, True], a - slack, -np.inf),
        "row_upper": a + np.array([1.0, 0.7, 0.0]),
    }
    limits["row_lower"][2] = limits["row_upper"][2] = a[2]
    limits |= {"lower": x - rng.uniform(0.5, 2, n), "upper": x + rng.uniform(0.5, 2, n)}
    q = rng.normal(size=n)
    if not quadratic:
        return tw.LinearProgram(q, A, maximize=maximize, constant=3.0, **limits)
    F = rng.normal(size=(n, n))
    P = (F.T @ F) * (-0.3 if maximize else 0.3)
    return tw.QuadraticProgram((P + P.T) / 2, q, A, maximize=maximize, constant=3.0, **limits)


def _best(problem):
    s = tw.solve(problem, tol=1e-10)
    assert s.ok, s.explain()
    return s


def _slope(problem, names, i):
    """Central difference of the best objective in entry i of the named limits."""

    def at(step):
        changes = {name: getattr(problem, name).copy() for name in names}
        for array in changes.values():
            array[i] += step
        return _best(problem.replace(**changes)).objective

    return (at(H) - at(-H)) / (2 * H)


@pytest.mark.parametrize("maximize", [False, True], ids=["min", "max"])
@pytest.mark.parametrize("quadratic", [False, True], ids=["linear", "quadratic"])
@pytest.mark.parametrize("seed", range(3))
def test_duals_are_finite_differences(quadratic, maximize, seed):
    problem = _program(np.random.default_rng(seed), quadratic, maximize)
    s = _best(problem)
    sign = -1 if maximize else 1
    pairs = (("row_lower", "row_upper", s.duals), ("lower", "upper", s.reduced_costs))
    for low, high, multipliers in pairs:
        for i, m in enumerate(multipliers):
            if getattr(problem, low)[i] == getattr(problem, high)[i]:
                names = (low, high)
            else:
                names = (low,) if m * sign > 0 else (high,)
            expected = _slope(problem, names, i) if np.isfinite(getattr(problem, names[0])[i]) else 0.0
            assert m == pytest.approx(expected, abs=2e-6), (names, i)
    P = 0.0 if problem.P is None else problem.P @ s.x
    gradient = P + problem.q
    assert gradient == pytest.approx(problem.A.T @ s.duals + s.reduced_costs, abs=1e-9)


def test_duals_of_a_fit_are_finite_differences():
    """A ridge fit with rows, solved as a quadratic program in (coefficients, intercept) and judged as a fit."""
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    Z, A = np.column_stack([X, np.ones(30)]), np.array([[1.0, 1.0, 0.0], [0.0, 1.0, -1.0]])
    limits = {"row_lower": np.array([0.8, -np.inf]), "row_upper": np.array([np.inf, -0.5])}
    P = Z.T @ Z + np.diag([0.5, 0.5, 0.5, 0.0])
    twin = tw.QuadraticProgram((P + P.T) / 2, -Z.T @ y, np.pad(A, ((0, 0), (0, 1))), constant=y @ y / 2, **limits)
    s = _best(twin)
    problem = tw.Fit(X, y, l2=0.5, A=A, **limits)
    c = tw.certify(problem, coef=s.x[:3], intercept=s.x[3], duals=s.duals, tol=1e-9)
    assert c.verdict.name == "PROVED", c.explain()
    assert c.objective == pytest.approx(s.objective, rel=1e-12)
    for i, name in ((0, "row_lower"), (1, "row_upper")):
        assert abs(c.facts["row_dual"][i]) > 0.1  # both rows matter
        assert c.facts["row_dual"][i] == pytest.approx(_slope(twin, (name,), i), abs=2e-6)
