"""Multinomial fits whose answers are known by construction, and some that are made to deceive.

As in `testing.fits`: choose the predictors, hence the slopes; shift them per class until the intercepts are in balance;
then choose for every coefficient a penalty or a limit under which it is optimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim
from thalweg.terms.matrices import dense
from thalweg.testing.exact import DIGITS, ExactLimits, Truth, decimal, rational, rounding
from thalweg.testing.kinds import ANY_OK, NOT_OK, Case, Hostile, Kind
from thalweg.testing.rewriting import rewrite

FAR = 10_000  # exp(-FAR) counts as 0
SEPARATED = NOT_OK | {"NO_MINIMISER"}
CERTAIN = frozenset({"NO_MINIMISER"})


class ExactMultinomial:
    """Measures coefficients of a multinomial fit whose answer is known."""

    def __init__(self, problem: MultinomialFit, answer: Mapping[str, Any]) -> None:
        coef = np.ravel(answer["coef"])
        self.problem, self.X, self.offset = problem, rational(problem.X.X), rational(problem.offset)
        self.weights, self.l1, self.l2 = rational(problem.weights), rational(problem.l1), rational(problem.l2)
        self.rows = ExactLimits(problem.A, problem.row_lower, problem.row_upper, coef)
        self.box = ExactLimits(np.eye(coef.size), np.ravel(problem.lower), np.ravel(problem.upper), coef)

    def __call__(self, values: Mapping[str, Any], feasibility: float) -> Truth:
        """Measure finite coefficients of the right shape; an intercept where none is fitted is not feasible."""
        K, p = self.problem.lower.shape
        b = rational(np.reshape(values["coef"], (K, p)))
        b0 = rational(np.reshape(values.get("intercept", np.zeros(K)), K))
        eta = self.X @ b.T + b0 + self.offset
        size = abs(self.X) @ abs(b).T + abs(b0) + abs(self.offset)
        loss = [w * _loss(row, k) for w, row, k in zip(self.weights, eta, self.problem.y, strict=True)]
        parts = [*loss, *(self.l1 * abs(b)).ravel(), *(self.l2 * b * b / 2).ravel()]
        moved = [2 * w * max(row) for w, row in zip(self.weights, size, strict=True)]
        inside = self.rows.hold(b.ravel(), feasibility) and self.box.hold(b.ravel(), feasibility)
        feasible = inside and (self.problem.intercept or not b0.any())
        return Truth(feasible, sum(parts, Fraction(0)), rounding(parts, len(parts) + 8) + rounding(moved, p + 8))


def _loss(eta: Any, k: int) -> Fraction:
    """log sum_l exp(eta_l - eta_k) to 27 digits."""
    rates = [value - eta[k] for value in eta]
    top = max(rates)
    powers = [DIGITS.exp(decimal(rate - top)) if rate - top > -FAR else Decimal(0) for rate in rates]
    rest = DIGITS.subtract(sum(powers, Decimal(0)), Decimal(1))
    small = rest < Decimal("1e-12")  # then log(1 + e) = e - e^2/2 + e^3/3 to beyond 27 digits
    log = rest - rest * rest / 2 + rest * rest * rest / 3 if small else DIGITS.ln(DIGITS.add(Decimal(1), rest))
    return top + Fraction(log)


def honest(rng: np.random.Generator) -> Case:
    """Make a random small fit and its answer: classes, penalties, limits, rows, weights, offset, storage all vary."""
    n, p, K = int(rng.integers(4, 9)), int(rng.integers(1, 4)), int(rng.integers(2, 5))
    intercept = bool(rng.random() < 0.6)
    y = np.append(np.arange(K), rng.integers(0, K, n))
    n = y.size
    weights = rng.choice([0.0, 0.5, 1.0, 1.0, 2.0], n)
    weights[:K] = 1.0
    X, eta = rng.integers(-4, 5, (n, p)) / 2.0, rng.integers(-16, 17, (n, K)) / 4.0
    eta = _balanced(eta, y, weights) if intercept else eta
    g = X.T @ (weights[:, None] * _slopes(eta, y))
    A, multiplier = np.zeros((0, K * p)), np.zeros(0)
    if rng.random() < 0.3:
        A, multiplier = rng.integers(-2, 3, (1, K * p)).astype(float), rng.choice([-0.5, 0.0, 1.0], 1)
    coef, limits = _penalties(rng, g.T - (A.T @ multiplier).reshape(K, p))
    b0 = rng.integers(-2, 3, K).astype(float) if intercept else np.zeros(K)
    value = A @ coef.ravel()
    rows = {
        "A": A,
        "row_lower": np.where(multiplier < 0, -np.inf, value),
        "row_upper": np.where(multiplier > 0, np.inf, value),
    }
    offset = eta - X @ coef.T - b0
    problem = MultinomialFit(
        _stored(rng, X),
        y,
        **limits,
        **(rows if A.size else {}),
        weights=weights,
        offset=offset,
        intercept=intercept,
    )
    hints = {"row_dual": multiplier} if A.size else {}
    claim = Claim({"coef": coef, "intercept": b0}, hints, by="construction")
    measure = ExactMultinomial(problem, claim.values)
    truth = measure(claim.values, 0.0)
    return Case(problem, claim, truth.objective, measure, truth.objective > truth.noise * 10**9)


def _slopes(eta: Array, y: Array) -> Array:
    p = np.exp(eta - eta.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(y.size), y] = 0.0
    p[np.arange(y.size), y] = -p.sum(axis=1)
    return p


def _balanced(eta: Array, y: Array, weights: Array) -> Array:
    """Shift the predictors of each class until the weighted slopes of each sum to 0 (Newton's method)."""
    for _ in range(60):
        t = _slopes(eta, y)
        p = t.copy()
        p[np.arange(y.size), y] += 1.0
        H = np.diag(weights @ p) - p.T @ (weights[:, None] * p)
        step = np.linalg.lstsq(H, -(weights @ t), rcond=1e-12)[0]
        eta = eta + step / max(1.0, float(np.abs(step).max()))
    return eta


def _penalties(rng: np.random.Generator, g: Array) -> tuple[Array, dict[str, Array]]:
    """Coefficients, and the penalties and limits under which they are optimal at these slopes (K, p)."""
    K, p = g.shape
    l1, l2, coef = np.zeros(p), np.zeros(p), np.zeros((K, p))
    lower, upper = np.full((K, p), -np.inf), np.full((K, p), np.inf)
    for j in range(p):
        most = float(np.abs(g[:, j]).max())
        way = rng.integers(4)
        if way == 0:  # a lasso that holds everything but perhaps the largest
            l1[j] = most * rng.choice([1.0, 1.5])
            top = int(np.argmax(np.abs(g[:, j])))
            coef[top, j] = -np.sign(g[top, j]) * rng.choice([0.0, 1.0]) * (l1[j] == most)
        elif way == 1:  # a ridge, with or without l1
            l1[j], l2[j] = most * rng.choice([0.0, 0.5]), rng.choice([0.5, 1.0, 3.0])
            coef[:, j] = -np.sign(g[:, j]) * np.maximum(np.abs(g[:, j]) - l1[j], 0.0) / l2[j]
        else:  # limits, with or without a ridge
            coef[:, j], l2[j] = rng.choice([-1.0, 0.0, 0.5, 2.0], K), rng.choice([0.0, 1.0]) * (way == 3)
            pull = g[:, j] + l2[j] * coef[:, j]
            lower[:, j] = np.where(pull >= 0, coef[:, j], -np.inf)
            upper[:, j] = np.where(pull <= 0, coef[:, j], np.inf)
    return coef, {"l1": l1, "l2": l2, "lower": lower, "upper": upper}


def _stored(rng: np.random.Generator, X: Array) -> Any:
    from scipy import sparse

    return sparse.csc_array(X) if rng.random() < 0.3 else X


def hint_sizes(problem: MultinomialFit) -> dict[str, int]:
    """Return the hints that the judge of multinomial fits reads."""
    (n, p), m, K = problem.shape, problem.A.shape[0], problem.classes
    return {"row_dual": m, "eta": K * n, "slopes": K * n, "direction": K * p, "direction_intercept": K, "ray": m}


# --- the same fit, written differently -----------------------------------------------------------------------------


def reordered(rng: np.random.Generator, problem: MultinomialFit, claim: Claim) -> tuple[MultinomialFit, Claim]:
    """Samples, features and classes in another order."""
    (n, p), K = problem.shape, problem.classes
    i, j, k = rng.permutation(n), rng.permutation(p), rng.permutation(K)
    flat = np.arange(K * p).reshape(K, p)[np.ix_(k, j)].ravel()
    X = dense(problem.X.X)[np.ix_(i, j)]
    other = problem.replace(
        X=_like(problem, X),
        y=np.argsort(k)[problem.y][i],
        weights=problem.weights[i],
        offset=problem.offset[np.ix_(i, k)],
        l1=problem.l1[j],
        l2=problem.l2[j],
        lower=problem.lower[np.ix_(k, j)],
        upper=problem.upper[np.ix_(k, j)],
        A=problem.A[:, flat],
    )

    def by_coefficient(b: Array) -> Array:
        return b.ravel()[flat].reshape(K, p) if b.size == K * p else b

    def by_class(b: Array) -> Array:
        return b.ravel()[k] if b.size == K else b

    def by_sample(e: Array) -> Array:
        return e.reshape(K, n)[np.ix_(k, i)] if e.size == K * n else e

    moves = {"coef": by_coefficient, "direction": by_coefficient, "eta": by_sample, "slopes": by_sample}
    return other, rewrite(claim, {**moves, "intercept": by_class, "direction_intercept": by_class})


def rescaled(rng: np.random.Generator, problem: MultinomialFit, claim: Claim) -> tuple[MultinomialFit, Claim]:
    """Features and the objective times powers of two."""
    K, p = problem.lower.shape
    c, s = 2.0 ** rng.integers(-6, 7, p), 2.0 ** rng.integers(-20, 21)
    other = problem.replace(
        X=_like(problem, dense(problem.X.X) * c),
        weights=problem.weights * s,
        l1=problem.l1 * c * s,
        l2=problem.l2 * c * c * s,
        lower=problem.lower / c,
        upper=problem.upper / c,
        A=problem.A * np.tile(c, K),
    )

    def by_coefficient(b: Array) -> Array:
        return b.reshape(K, p) / c if b.size == K * p else b

    moves = {"coef": by_coefficient, "direction": by_coefficient, "row_dual": lambda y: y * s}
    return other, rewrite(claim, moves)


def _like(problem: MultinomialFit, X: Array) -> Any:
    from scipy import sparse

    return sparse.csc_array(X) if inputs.is_sparse(problem.X.X) else X


# --- problems made to deceive --------------------------------------------------------------------------------------


def hostile(rng: np.random.Generator) -> list[Hostile]:
    """Classes that can be told apart, shifts of all classes, and answers of other problems."""
    return [*_separated(rng), *_shifted(rng)]


def _separated(rng: np.random.Generator) -> Iterator[Hostile]:
    X, y = np.array([[-2.0], [-1.0], [0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1, 2, 2]
    way = np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 0.75, -0.75])
    problem = MultinomialFit(X, y)
    for steep in (1.0, 30.0, 800.0, 1e6, 1e300):
        values = {"coef": way[0] * steep, "intercept": way[1] * steep}
        yield Hostile(f"separated, claimed {steep:g}", problem, Claim(values), SEPARATED, 0)
    for name, factor, allowed in (("direction", 1.0, SEPARATED), ("turned direction", -1.0, SEPARATED)):
        hints = {"direction": way[0] * factor, "direction_intercept": way[1] * factor}
        values = {"coef": np.zeros((3, 1)), "intercept": np.zeros(3)}
        yield Hostile(f"separated, {name}", problem, Claim(values, hints), allowed, 0)
    mixed = MultinomialFit(X, [0, 1, 0, 1, 2, 2])
    for name, held in (("a ridge", {"l2": 0.1}), ("limits", {"lower": -1, "upper": 1})):
        hints = {"direction": way[0], "direction_intercept": way[1]}
        values = {"coef": np.zeros((3, 1)), "intercept": np.zeros(3)}
        yield Hostile(f"separated, held by {name}", problem.replace(**held), Claim(values, hints), NOT_OK)
    for k in range(6):
        hints = {"direction": rng.normal(size=(3, 1)), "direction_intercept": rng.normal(size=3)}
        yield Hostile(f"mixed, random direction {k}", mixed, Claim({}, hints), NOT_OK)


def _shifted(rng: np.random.Generator) -> Iterator[Hostile]:
    case = honest(rng)
    while not case.problem.intercept or not case.plain:
        case = honest(rng)
    values = dict(case.claim.values)
    for shift in (1.0, -1024.0, 2.0**40):
        moved = {**values, "intercept": values["intercept"] + shift}
        yield Hostile(f"all intercepts + {shift:g}", case.problem, Claim(moved, case.claim.hints), ANY_OK)
    turned = {**values, "coef": np.roll(values["coef"], 1, axis=0) + 1.0}
    yield Hostile("classes exchanged", case.problem, Claim(turned, case.claim.hints), NOT_OK)
    for name, value in (("coef", np.full(values["coef"].shape, np.nan)), ("intercept", np.zeros(1))):
        wrong = Claim({**values, name: value})
        yield Hostile(f"{name} is no {name}", case.problem, wrong, frozenset({"REFUTED"}))


DISGUISES = {"permutation": reordered, "powers of two": rescaled}
MULTINOMIAL = Kind("MultinomialFit", honest, hostile, hint_sizes, DISGUISES)
