"""Fits whose answers are known by construction.

Choose the linear predictor and the labels, hence the slopes u of the weighted losses; make the unpenalised columns and
the intercept orthogonal to u by changing one entry or rescaling one class; then choose for every coefficient a penalty
or a limit under which it is optimal. For the squared loss all numbers have few bits and the optimum is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim
from thalweg.terms.matrices import dense
from thalweg.testing import hostile_fits
from thalweg.testing.exact import ExactFit
from thalweg.testing.kinds import Case, Kind
from thalweg.testing.rewriting import rewrite


@dataclass(frozen=True, eq=False)
class _Shape:
    """What kind of fit is made."""

    n: int
    p: int
    logistic: bool
    intercept: bool
    perfect: bool


def honest(rng: np.random.Generator) -> Case:
    """Make a random small fit and its answer: loss, penalties, limits, rows, weights, offset, storage all vary."""
    if rng.random() < 0.25:
        natural = _natural(rng)
        if natural is not None:
            return natural
    if rng.random() < 0.2:
        return _held_by_rows(rng)
    n, p = int(rng.integers(3, 10)), int(rng.integers(1, 7))
    logistic = bool(rng.random() < 0.5)
    shape = _Shape(n, p, logistic, bool(rng.random() < 0.6), not logistic and bool(rng.random() < 0.1))
    X = rng.integers(-4, 5, (n, p)) / 2.0
    if p > 1 and rng.random() < 0.25:
        X[:, -1] = X[:, 0]
    eta, y, weights, slope = _samples(rng, shape)
    coef = rng.choice([-2.0, -1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 2.0], p)
    A = rng.integers(-2, 3, (int(rng.integers(0, 3)) * int(rng.random() < 0.4), p)).astype(float)
    rows = _rows(rng, A @ coef)
    limits = _penalties(rng, X, coef, weights * slope, A.T @ rows[2])
    b0 = float(rng.integers(-2, 3)) if shape.intercept else 0.0
    if shape.intercept and rng.random() < 0.15:
        b0 += 2.0**30 + 1 / 3  # the offset takes it back, and eta loses ten digits
    kept = {"A": A, "row_lower": rows[0], "row_upper": rows[1]} if A.shape[0] else {}
    data = _stored(rng, limits.pop("X"))
    offset = eta - dense(data) @ coef - b0
    problem = Fit(
        data,
        y,
        "logistic" if logistic else "squared",
        **limits,
        **kept,
        weights=weights,
        offset=offset,
        intercept=shape.intercept,
    )
    claim = Claim({"coef": coef, "intercept": np.array(b0)}, {"row_dual": rows[2]} if kept else {}, by="construction")
    return known(problem, claim, plain=not shape.perfect)


def known(problem: Fit, claim: Claim, plain: bool = True) -> Case:
    """Case of a fit whose claim is its answer."""
    measure = ExactFit(problem, claim.values)
    truth = measure(claim.values, 0.0)
    return Case(problem, claim, truth.objective, measure, plain and truth.objective > truth.noise * 10**9)


def _samples(rng: np.random.Generator, shape: _Shape) -> tuple[Array, Array, Array, Array]:
    """Linear predictor, labels, weights and slopes; with an intercept the weighted slopes sum to 0."""
    n = shape.n
    eta = rng.integers(-16, 17, n) / 4.0
    weights = rng.choice([0.0, 0.5, 1.0, 1.0, 2.0], n)
    weights[:2] = 1.0
    if shape.logistic:
        y = rng.choice([0.0, 1.0, 1.0, 0.25], n)
        y[:2] = [0.0, 1.0]
        slope = 1.0 / (1.0 + np.exp(-eta)) - y
        if shape.intercept:
            balance = -(weights * slope)[slope < 0].sum() / (weights * slope)[slope > 0].sum()
            weights = np.where(slope > 0, weights * balance, weights)
        return eta, y, weights, slope
    slope = np.zeros(n) if shape.perfect else rng.integers(-8, 9, n) / 4.0
    if shape.intercept:
        slope[0] = -(weights[1:] @ slope[1:])
    return eta, eta - slope, weights, slope


def _rows(rng: np.random.Generator, values: Array) -> tuple[Array, Array, Array]:
    """Limits of rows that hold at these values, some active, with their multipliers."""
    role, m = rng.integers(0, 4, values.size), rng.integers(0, 9, values.size) / 4.0
    lower = np.where(role == 1, -np.inf, np.where(role == 3, values - 0.5, values))
    upper = np.where(role == 0, np.inf, np.where(role == 3, values + 0.5, values))
    return lower, upper, np.select([role == 0, role == 1, role == 2], [m, -m, m * rng.choice([-1, 1])], 0.0)


def _penalties(rng: np.random.Generator, X: Array, coef: Array, u: Array, pushed: Array) -> dict[str, Array]:
    """Penalties and limits, feature by feature, under which the coefficients are optimal; X may change one entry."""
    X, p = X.copy(), coef.size
    l1, l2 = np.zeros(p), np.zeros(p)
    lower, upper = np.full(p, -np.inf), np.full(p, np.inf)
    heavy = int(np.argmax(np.abs(u)))
    for j in range(p):
        g = float(X[:, j] @ u) - pushed[j]
        if rng.random() < 0.2 and abs(u[heavy]) > 0 and np.log2(abs(u[heavy])) % 1 == 0:
            X[heavy, j] -= g / u[heavy]  # exact: u is a power of two there
            continue  # gradient 0: unpenalised and free
        if coef[j] == 0:
            l1[j] = abs(g) * rng.choice([1.0, 1.5])
            l2[j] = rng.choice([0.0, 1.0])
        elif -g * np.sign(coef[j]) > 0:
            share = rng.choice([0.0, 0.5, 1.0])
            l1[j], l2[j] = share * abs(g), (1 - share) * abs(g) / abs(coef[j])
        else:
            l1[j], l2[j] = rng.choice([0.0, 0.5]), rng.choice([0.0, 1.0])
            pull = g + l1[j] * np.sign(coef[j]) + l2[j] * coef[j]
            lower[j] = coef[j] if pull >= 0 else -np.inf
            upper[j] = coef[j] if pull <= 0 else np.inf
        if rng.random() < 0.3:
            lower[j], upper[j] = max(lower[j], coef[j] - 1.0), min(upper[j], coef[j] + 1.0)
    return {"X": X, "l1": l1, "l2": l2, "lower": lower, "upper": upper}


def _stored(rng: np.random.Generator, X: Array) -> Any:
    if rng.random() < 0.75:
        return X
    from scipy import sparse

    return sparse.csc_array(X)


def _natural(rng: np.random.Generator) -> Case | None:
    """Logistic or squared, ridge or nothing, no limits: solved by plain Newton steps; None if these do not settle."""
    n, p = int(rng.integers(8, 16)), int(rng.integers(1, 4))
    X, y = rng.normal(size=(n, p)), (rng.random(n) < 0.5).astype(float)
    y[:2] = [0.0, 1.0]
    logistic, l2 = bool(rng.random() < 0.7), rng.choice([0.0, 0.0, 0.3], p)
    weights = rng.choice([0.5, 1.0, 3.0], n)
    Z, ridge, b = np.column_stack([X, np.ones(n)]), np.append(l2, 0.0), np.zeros(p + 1)
    for _ in range(60):
        mean = 1 / (1 + np.exp(-Z @ b)) if logistic else Z @ b
        g = Z.T @ (weights * (mean - y)) + ridge * b
        H = (Z.T * (weights * (mean * (1 - mean) if logistic else 1.0))) @ Z + np.diag(ridge)
        if not np.linalg.cond(H) < 1e8:  # running off: separated, or nearly
            return None
        step = np.linalg.solve(H, g)
        b = b - step / max(1.0, np.abs(step).max())
    terms = np.abs(Z).T @ (weights * np.abs(mean - y)) + np.abs(ridge * b)
    if not (np.abs(g) <= 1e-12 * terms).all():  # relative: on separated data every term vanishes, none cancels
        return None
    problem = Fit(X, y, "logistic" if logistic else "squared", 0.0, l2, weights=weights)
    return known(problem, Claim({"coef": b[:-1], "intercept": b[-1]}, by="Newton"))


def _held_by_rows(rng: np.random.Generator) -> Case:
    """Smooth, without a box: rows alone hold the gradient, two with multipliers and a third that repeats the first."""
    n, p = int(rng.integers(3, 10)), int(rng.integers(1, 7))
    shape = _Shape(n, p, bool(rng.random() < 0.5), bool(rng.random() < 0.6), perfect=False)
    X, l2 = rng.integers(-4, 5, (n, p)) / 2.0, rng.choice([0.0, 1.0], p)
    eta, y, weights, slope = _samples(rng, shape)
    coef, b0 = rng.choice([-2.0, -1.0, 0.0, 0.5, 1.0], p), float(rng.integers(-2, 3)) if shape.intercept else 0.0
    part, side = rng.integers(-2, 3, p), rng.choice([-1.0, 1.0], 2)
    held = X.T @ (weights * slope) + l2 * coef - part  # the gradient is held + part
    A = np.vstack([side[0] * held, side[1] * part, 2 * side[0] * held])
    values, sides, equal = A @ coef, np.append(side, side[0]), rng.random(3) < 0.2
    problem = Fit(
        _stored(rng, X),
        y,
        "logistic" if shape.logistic else "squared",
        l2=l2,
        weights=weights,
        offset=eta - X @ coef - b0,
        A=A,
        row_lower=np.where((sides > 0) | equal, values, -np.inf),
        row_upper=np.where((sides < 0) | equal, values, np.inf),
        intercept=shape.intercept,
    )
    values = {"coef": coef, "intercept": np.array(b0)}
    return known(problem, Claim(values, {"row_dual": np.append(side, 0.0)}, by="construction"))


def hint_sizes(problem: Fit) -> dict[str, int]:
    """Return the hints that the judge of fits reads."""
    (n, p), m = problem.shape, problem.A.shape[0]
    return {"row_dual": m, "eta": n, "slopes": n, "direction": p, "direction_intercept": 1, "ray": m}


# --- the same fit, written differently -----------------------------------------------------------------------------


def _with_design(problem: Fit, X: Array, **changes: Any) -> Fit:
    """Return the problem with another X, stored alike."""
    from scipy import sparse

    return problem.replace(X=sparse.csc_array(X) if inputs.is_sparse(problem.X.X) else X, **changes)


def reordered(rng: np.random.Generator, problem: Fit, claim: Claim) -> tuple[Fit, Claim]:
    """Samples, features and rows in another order."""
    (n, p), m = problem.shape, problem.A.shape[0]
    i, j, r = rng.permutation(n), rng.permutation(p), rng.permutation(m)
    by_sample = {k: getattr(problem, k)[i] for k in ("y", "weights", "offset")}
    by_feature = {k: getattr(problem, k)[j] for k in ("l1", "l2", "lower", "upper")}
    by_row = {"A": problem.A[np.ix_(r, j)], "row_lower": problem.row_lower[r], "row_upper": problem.row_upper[r]}
    other = _with_design(problem, dense(problem.X.X)[np.ix_(i, j)], **by_sample, **by_feature, **by_row)
    moves = {"coef": lambda b: b[j], "direction": lambda d: d[j], "eta": lambda e: e[i], "slopes": lambda t: t[i]}
    return other, rewrite(claim, {**moves, "row_dual": lambda y: y[r], "ray": lambda y: y[r]})


def rescaled(rng: np.random.Generator, problem: Fit, claim: Claim) -> tuple[Fit, Claim]:
    """Features, rows and the objective times powers of two."""
    (_, p), m = problem.shape, problem.A.shape[0]
    c, r, s = 2.0 ** rng.integers(-6, 7, p), 2.0 ** rng.integers(-6, 7, m), 2.0 ** rng.integers(-20, 21)
    other = _with_design(
        problem,
        dense(problem.X.X) * c,
        weights=problem.weights * s,
        l1=problem.l1 * c * s,
        l2=problem.l2 * c * c * s,
        lower=problem.lower / c,
        upper=problem.upper / c,
        A=r[:, None] * problem.A * c,
        row_lower=problem.row_lower * r,
        row_upper=problem.row_upper * r,
    )
    moves = {
        "coef": lambda b: b / c,
        "direction": lambda d: d / c,
        "row_dual": lambda y: y * s / r,
        "ray": lambda y: y / r,
    }
    return other, rewrite(claim, moves)


def other_unit(rng: np.random.Generator, problem: Fit, claim: Claim) -> tuple[Fit, Claim]:
    """Squared loss: the target in another unit (a power of two); other losses have no unit."""
    if problem.loss.name != "squared":
        return problem, claim
    k = 2.0 ** rng.integers(-12, 13)
    changed = {
        name: getattr(problem, name) * k for name in ("y", "offset", "l1", "lower", "upper", "row_lower", "row_upper")
    }
    names = ("coef", "intercept", "eta", "slopes", "row_dual", "direction", "direction_intercept")
    return problem.replace(**changed), rewrite(claim, dict.fromkeys(names, lambda v: v * k))


def with_idle_sample(rng: np.random.Generator, problem: Fit, claim: Claim) -> tuple[Fit, Claim]:
    """One more sample, of weight 0."""
    _, p = problem.shape
    added = {"y": 1.0, "weights": 0.0, "offset": 3.0}
    longer = {name: np.append(getattr(problem, name), value) for name, value in added.items()}
    other = _with_design(problem, np.vstack([dense(problem.X.X), rng.normal(0, 9, (1, p))]), **longer)
    return other, rewrite(claim, dict.fromkeys(("eta", "slopes"), lambda v: np.append(v, 0.0)))


DISGUISES = {
    "permutation": reordered,
    "powers of two": rescaled,
    "unit of the target": other_unit,
}
FIT = Kind("Fit", honest, hostile_fits.fits, hint_sizes, DISGUISES, {"idle sample": with_idle_sample})
