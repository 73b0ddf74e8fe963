"""What the tests of solvers share: a run without a judge, and random problems with known properties."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

from thalweg.certificate import Tolerance
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Claim
from thalweg.solvers.registry import entries
from thalweg.watch import Stopped, Watch

INF = np.inf


def _run(name, problem, start=None, watch=None, tol=1e-9):
    """Claim of one solver, not judged."""
    kind, watch = next(entry.kind for entry in entries() if entry.name == name), watch or Watch()
    try:
        claim = kind().solve(problem, start, watch, Tolerance.of(tol))
    except Stopped:
        claim = watch.best_claim(by=name)
    assert isinstance(claim, Claim)
    return claim


def _random_program(seed, *, quadratic=False, maximize=False):
    """A feasible, bounded program with equalities, two-sided, one-sided and free rows, and mixed column bounds."""
    rng = np.random.default_rng(seed)
    m, n = 6, 9
    A, x = rng.standard_normal((m, n)), rng.standard_normal(n)
    activity = A @ x
    row_lower = activity - rng.choice([0.0, 0.5, 2.0, INF], m)
    row_upper = np.where(row_lower == activity, activity, activity + rng.choice([0.3, 1.0, INF], m))
    lower, upper = x - rng.random(n), x + rng.random(n)
    upper[:2] = lower[:2] = x[:2]  # fixed columns
    limits = {"row_lower": row_lower, "row_upper": row_upper, "lower": lower, "upper": upper, "maximize": maximize}
    if not quadratic:
        return LinearProgram(rng.standard_normal(n), A, **limits)
    root = rng.standard_normal((n, n - 2))
    sign = -1.0 if maximize else 1.0
    return QuadraticProgram(sign * root @ root.T, rng.standard_normal(n), A, **limits)


def _assert_farkas(problem, ray):
    """The rows weighted by the ray demand more than the box can give: no point is feasible."""
    y = np.asarray(ray)
    assert np.isfinite(problem.row_lower[y > 0]).all() and np.isfinite(problem.row_upper[y < 0]).all()
    g = problem.A.T @ y
    g = np.where(np.abs(g) <= 1e-12 * (abs(problem.A).T @ np.abs(y)), 0.0, g)
    demanded = problem.row_lower[y > 0] @ y[y > 0] + problem.row_upper[y < 0] @ y[y < 0]
    given = problem.upper[g > 0] @ g[g > 0] + problem.lower[g < 0] @ g[g < 0]
    assert demanded > given


def _assert_feasible(problem, x, tolerance=1e-9):
    """Rows within the tolerance, columns exactly."""
    activity = problem.A @ x
    assert (activity >= problem.row_lower - tolerance).all() and (activity <= problem.row_upper + tolerance).all()
    assert (x >= problem.lower).all() and (x <= problem.upper).all()


def _assert_recession(problem, claim):
    """A feasible point, and a direction that leaves no limit and improves for ever."""
    d, x = claim.hints["direction"], claim.values["x"]
    _assert_feasible(problem, x)
    rate = problem.A @ d
    assert (rate[np.isfinite(problem.row_lower)] >= -1e-12).all()
    assert (rate[np.isfinite(problem.row_upper)] <= 1e-12).all()
    assert (d[np.isfinite(problem.lower)] >= 0).all() and (d[np.isfinite(problem.upper)] <= 0).all()
    if problem.P is not None:
        assert np.abs(problem.P @ d).max() <= 1e-12
    gain = problem.q @ d
    assert gain > 0 if problem.maximize else gain < 0


def _assert_duals_are_derivatives(name, problem, step=1e-6):
    """Each row dual is d(best objective) / d(limit): both limits of a row are moved together."""
    duals = _run(name, problem).hints["row_dual"]
    assert np.abs(duals).max() > 1e-3  # at least one row matters
    for i in range(problem.A.shape[0]):
        best = []
        for shift in (-step, step):
            move = np.zeros(problem.A.shape[0])
            move[i] = shift
            moved = problem.replace(row_lower=problem.row_lower + move, row_upper=problem.row_upper + move)
            best.append(moved.objective(_run(name, moved).values))
        assert duals[i] == pytest.approx((best[1] - best[0]) / (2 * step), abs=1e-5)


@pytest.fixture
def run():
    """Run one solver; its claim is not judged."""
    return _run


@pytest.fixture
def random_program():
    """Return a feasible, bounded program."""
    return _random_program


@pytest.fixture
def assert_farkas():
    """Check an infeasibility ray by arithmetic."""
    return _assert_farkas


@pytest.fixture
def assert_feasible():
    """Check a point against the limits."""
    return _assert_feasible


@pytest.fixture
def assert_recession():
    """Check a direction of unboundedness."""
    return _assert_recession


@pytest.fixture
def assert_duals_are_derivatives():
    """Check row duals by finite differences."""
    return _assert_duals_are_derivatives


@pytest.fixture(scope="session")
def cancer():
    return load_breast_cancer(return_X_y=True)


@pytest.fixture(scope="session")
def diabetes():
    return load_diabetes(return_X_y=True)


@pytest.fixture(scope="session")
def digits():
    """3 against 8."""
    X, y = load_digits(return_X_y=True)
    chosen = (y == 3) | (y == 8)
    return X[chosen], (y[chosen] == 8).astype(float)
