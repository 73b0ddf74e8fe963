"""Fits and claims made to deceive a judge: above all logistic data that have no minimiser, or nearly none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from thalweg.problems.fit import Fit
from thalweg.result import Claim
from thalweg.testing.kinds import ANY_OK, NOT_OK, Hostile

INF = np.inf
SEPARATED = NOT_OK | {"NO_MINIMISER"}
CERTAIN = frozenset({"NO_MINIMISER"})
STEEP = (1.0, 30.0, 50.0, 800.0, 1e6, 1e30, 1e300)


def claim(coef: Any, intercept: float = 0.0, **hints: Any) -> Claim:
    """Claim coefficients, with hints."""
    values = {"coef": np.array(coef, dtype=float), "intercept": np.array(intercept)}
    return Claim(values, {name: np.array(value, dtype=float) for name, value in hints.items()})


def logistic(x: Any, y: Any, **options: Any) -> Fit:
    """Logistic fit of one feature (or of rows of features)."""
    X = np.array(x, dtype=float)
    return Fit(X if X.ndim == 2 else X[:, None], y, "logistic", **options)


def fits(rng: np.random.Generator) -> list[Hostile]:
    """Hostile fits, fixed and random."""
    families = (
        _separated,
        _quasi_separated,
        _nearly_separated,
        _held_back,
        _stale,
        _least_squares,
        _contradictions,
        _refused,
    )
    return [*(h for family in families for h in family()), *_random_separated(rng), *_random_directions(rng)]


def _separated() -> Iterator[Hostile]:
    """The infimum 0 is not attained; far out the objective underflows to exactly that."""
    x, y = [-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1]
    for intercept in (True, False):
        p = logistic(x, y, intercept=intercept)
        for steep in STEEP:
            yield Hostile(f"separated, claimed {steep:g}", p, claim([steep]), SEPARATED, 0)
        yield Hostile("separated, claimed 0", p, claim([0]), SEPARATED, 0)
        yield Hostile("separated, direction", p, claim([0], direction=[1], direction_intercept=[0]), CERTAIN, 0)
        yield Hostile("separated, direction alone", p, Claim({}, {"direction": np.ones(1)}), SEPARATED, 0)
        yield Hostile(
            "separated, turned direction", p, claim([0], direction=[-1], direction_intercept=[0]), SEPARATED, 0
        )
    idle = logistic([*x, -1.5], [*y, 1], weights=[1, 1, 1, 1, 0])
    for steep in STEEP:
        yield Hostile(f"separated but for a sample of weight 0, claimed {steep:g}", idle, claim([steep]), SEPARATED, 0)
    twins = logistic([[a, a] for a in x], y)
    yield Hostile("separated by twins", twins, claim([400, 400]), SEPARATED, 0)
    yield Hostile("separated by twins that cancel", twins, claim([1e6, -1e6 + 40]), SEPARATED, 0)
    other = logistic([[a, 1.0] for a in x], y, l1=[0.0, 1.0])
    yield Hostile("separated beside a penalised feature", other, claim([800, 0]), SEPARATED, 0)
    yield Hostile("penalised feature in the direction", other, claim([0, 0], direction=[1, 1]), SEPARATED, 0)
    tilted = logistic([10.0, 11.0, 12.0, 13.0], y)
    yield Hostile("separated off centre", tilted, claim([200], -2300.0), SEPARATED, 0)
    given = {"direction": [2], "direction_intercept": [-23]}
    yield Hostile("separated off centre, direction", tilted, claim([0], **given), CERTAIN, 0)
    yield Hostile("off centre, direction without intercept", tilted, claim([0], direction=[1]), SEPARATED, 0)


def _quasi_separated() -> Iterator[Hostile]:
    """Two samples stay at log 2 each; the others vanish far out."""
    best = 2 * np.log(2) * (1 + 1e-15)
    p = logistic([-1.0, 0.0, 0.0, 1.0], [0, 0, 1, 1])
    for steep in STEEP:
        yield Hostile(f"quasi-separated, claimed {steep:g}", p, claim([steep]), SEPARATED, best)
    direction = claim([0], direction=[1], direction_intercept=[0])
    yield Hostile("quasi-separated, direction", p, direction, CERTAIN, best)
    level = logistic([[1, 0], [1, 0], [0, 1], [0, 1]], [1, 1, 0, 1], intercept=False)
    for steep in STEEP:
        yield Hostile(f"a level without failures, claimed {steep:g}", level, claim([steep, 0]), SEPARATED, best)
    yield Hostile("a level without failures, direction", level, claim([0, 0], direction=[1, 0]), CERTAIN, best)
    shares = logistic([-1.0, 1.0, 0.0], [0, 1, 0.25])
    yield Hostile("a share at 0, direction", shares, claim([0], direction=[1], direction_intercept=[0]), CERTAIN)
    moved = logistic([-1.0, 1.0, 1.0], [0, 1, 0.25])
    yield Hostile("a share that moves, direction", moved, claim([0], direction=[1], direction_intercept=[0]), SEPARATED)


def _nearly_separated() -> Iterator[Hostile]:
    """One pair overlaps by little: a minimiser exists, so nothing may say that none does."""
    for eps in (1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-100, 1e-300):
        p = logistic([-1.0, -eps, eps, 1.0], [0, 1, 0, 1])
        for given in ({"direction": [1], "direction_intercept": [0]}, {"direction": [1 / max(eps, 1e-30)]}):
            yield Hostile(f"overlap {eps:g}, direction", p, claim([0], **given), NOT_OK)
        yield Hostile(f"overlap {eps:g}, claimed 1e6", p, claim([1e6]), NOT_OK | ANY_OK if eps < 1e-10 else NOT_OK)
    p = logistic([1.0, 1.0 + 2.0**-52, 1.0], [0, 1, 1])  # one step of the last place separates nothing: x = 1 has both
    given = {"direction": [2.0**52], "direction_intercept": [-(2.0**52)]}
    yield Hostile("one sample separates by the last place", p, claim([0], **given), SEPARATED)


def _held_back() -> Iterator[Hostile]:
    """Separable data whose direction is penalised or limited: a minimiser exists."""
    x, y = [-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1]
    given = {"direction": [1.0], "direction_intercept": [0.0]}
    blocks = (
        {"l1": 1e-12},
        {"l2": 1e-300},
        {"upper": 1e18},
        {"A": [[1.0]], "row_upper": 1e15},
        {"A": [[-1e-12]], "row_lower": -1.0},
    )
    for options in blocks:
        p = logistic(x, y, **options)
        yield Hostile(f"separable but for {options}, direction", p, claim([0], **given), NOT_OK)
        yield Hostile(f"separable but for {options}, claimed 0", p, claim([0]), NOT_OK)
    p = logistic(x, y, lower=0.0)
    yield Hostile("separable within x >= 0", p, claim([0], **given), CERTAIN, 0)
    p = logistic(x, y, A=[[1.0]], row_lower=-1.0)
    yield Hostile("separable within a row", p, claim([0], **given), CERTAIN, 0)
    both = logistic([[a, a] for a in x], y, l1=[1e-9, 0.0])
    yield Hostile("twins, one penalised, direction of both", both, claim([0, 0], direction=[1, 1]), SEPARATED, 0)


def _stale() -> Iterator[Hostile]:
    """Answers of a neighbouring problem: another l1, another weight, another sign, one digit lost."""
    X, y = np.array([[1.0, 2.0], [2.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([3.0, 2.0, 1.5, 2.0])
    fresh = {"loss": "squared", "intercept": False}
    for factor in (0.5, 0.9, 1.02, 2.0):  # X'X b = X'y - l1 for b > 0
        b = np.linalg.solve(X.T @ X, X.T @ y - 0.1 * factor)
        yield Hostile(f"l1 stale by {factor:g}", Fit(X, y, l1=0.1, **fresh), claim(b), NOT_OK)
        b = np.linalg.solve(X.T @ X + 0.1 * factor * np.eye(2), X.T @ y)
        yield Hostile(f"l2 stale by {factor:g}", Fit(X, y, l2=0.1, **fresh), claim(b), NOT_OK)
    b = np.linalg.solve(X.T @ X, X.T @ y)
    yield Hostile("right", Fit(X, y, **fresh), claim(b), ANY_OK)
    yield Hostile("exchanged", Fit(X, y, **fresh), claim(b[::-1]), NOT_OK)
    yield Hostile("four digits", Fit(X, y, **fresh), claim(b * (1 + 1e-3)), NOT_OK)
    yield Hostile("weights forgotten", Fit(X, y, weights=[1, 1, 1, 5], **fresh), claim(b), NOT_OK)
    yield Hostile("offset forgotten", Fit(X, y, offset=[0, 0, 0, 1], **fresh), claim(b), NOT_OK)
    yield Hostile("intercept where none is fitted", Fit(X, y, **fresh), claim(b, 1.0), NOT_OK)
    sign = Fit(X, -y, lower=0.0, **fresh)
    yield Hostile("sign constraint, right", sign, claim([0, 0]), ANY_OK)
    yield Hostile("sign constraint ignored", sign, claim(-b), frozenset({"REFUTED"}))


def _least_squares() -> Iterator[Hostile]:
    """Perfect fits, empty features, twins: objective exactly 0, or no unique answer."""
    X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    perfect = Fit(X, X @ [1.0, 2.0], intercept=False)
    yield Hostile("perfect fit", perfect, claim([1, 2]), ANY_OK, 0)
    for off in (1e-3, 1e-6, 1e-9):
        yield Hostile(f"perfect fit, off by {off:g}", perfect, claim([1 + off, 2]), NOT_OK, 0)
    for coef in (1e30, 1e200):
        yield Hostile(f"coefficient {coef:g}", perfect, claim([coef, 0]), NOT_OK, 0)
    twins = Fit(np.column_stack([X[:, 1], X[:, 1]]), [1.0, 2.0, 3.0])
    b = np.polyfit(X[:, 1], [1.0, 2.0, 3.0], 1)
    for share in (0.0, 0.25, 5.0):
        yield Hostile(
            f"twins, share {share:g}", twins, claim([share * b[0], (1 - share) * b[0]], b[1]), NOT_OK | ANY_OK
        )
    for direction in ([1, -1], [1, 1], [1, 0]):
        yield Hostile(f"squared, direction {direction}", twins, claim([0, 0], direction=direction), NOT_OK)
    empty = Fit(np.zeros((3, 1)), [1.0, 2.0, 3.0])
    yield Hostile("an empty feature", empty, claim([7], 2.0), NOT_OK | ANY_OK, 1)
    yield Hostile("an empty feature, wrong intercept", empty, claim([7], 2.1), NOT_OK, 1)
    for hint in (1e30, 1e200, -1e300):
        yield Hostile(f"eta = {hint:g}", perfect, claim([0, 0], eta=np.full(3, hint)), NOT_OK, 0)
        labels = logistic([-1.0, 0.5, 1.0, -0.5], [0, 0, 1, 1])
        yield Hostile(f"logistic, eta = {hint:g}", labels, claim([0], eta=np.full(4, hint)), NOT_OK)


def _contradictions() -> Iterator[Hostile]:
    """Rows on the coefficients that no point meets, or only a far one."""
    X, y = np.eye(2), np.array([1.0, 2.0])
    empty = Fit(X, y, A=[[1.0, 1.0], [1.0, 1.0]], row_lower=[2.0, -INF], row_upper=[INF, 1.0])
    yield Hostile(
        "contradictory rows, ray", empty, Claim({}, {"ray": np.array([1.0, -1.0])}), NOT_OK | {"INFEASIBLE"}, INF
    )
    for coef in ([1, 1], [0.5, 0.5], [0.75, 0.75]):
        yield Hostile(f"contradictory rows, claimed {coef}", empty, claim(coef, 0.5, row_dual=[1, -1]), NOT_OK, INF)
    for c in (1e-6, 1e-12):
        far = Fit(X, y, A=[[c, 0.0], [1.0, 1.0]], row_lower=[1.0, 1.0])
        yield Hostile(f"rows that meet at 1/{c:g}, ray", far, Claim({}, {"ray": np.array([1.0, 0.0])}), NOT_OK)
        yield Hostile(f"rows that meet at 1/{c:g}, claimed 0", far, claim([0, 0], row_dual=[1, 0]), NOT_OK)
    row = Fit(X, y, A=[[1.0, 1.0]], row_upper=[1.0], intercept=False)
    yield Hostile("row, right", row, claim([0, 1], row_dual=[-1]), ANY_OK, 1)
    yield Hostile("row, wrong sign", row, claim([0, 1], row_dual=[1]), NOT_OK | ANY_OK, 1)
    yield Hostile("row ignored", row, claim([1, 2], row_dual=[0]), frozenset({"REFUTED"}), 1)
    yield Hostile("row, duals 1e30", row, claim([1, 0], row_dual=[-1e30]), NOT_OK, 1)


def _refused() -> Iterator[Hostile]:
    """NaN, infinity and wrong shapes are refused."""
    p, only = Fit([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0], l1=0.1), frozenset({"REFUTED"})
    for bad in (np.nan, INF, -INF):
        yield Hostile(f"{bad} in coef", p, claim([bad]), only)
        yield Hostile(f"{bad} in the intercept", p, claim([1], bad), only)
        yield Hostile(f"{bad} in eta", p, claim([1], eta=[0, 0, bad]), only)
        yield Hostile(f"{bad} in the direction", p, claim([1], direction=[bad]), only)
    for coef in ([1, 1], [], [[1, 1], [1, 1]]):
        yield Hostile(f"coef = {coef}", p, claim(coef), only)
    yield Hostile("eta too short", p, claim([1], eta=[0, 0]), only)
    yield Hostile("nothing", p, Claim(), frozenset({"UNPROVEN"}))


def _random_separated(rng: np.random.Generator) -> Iterator[Hostile]:
    """Data labelled by a hyperplane, claimed far out along it."""
    for _ in range(40):
        n, q = int(rng.integers(2, 9)), int(rng.integers(1, 4))
        X, d = rng.integers(-4, 5, (n, q)).astype(float), rng.integers(-3, 4, q).astype(float)
        cut = float(rng.integers(-3, 4)) + 0.5  # X d is an integer: no sample lies on the cut
        y = (X @ d > cut).astype(float)
        if y.min() == y.max():
            continue
        p = Fit(X, y, "logistic", weights=rng.choice([0.5, 1.0, 2.0], n))
        for size in (1.0, 100.0, 1e5):
            yield Hostile(f"random, separated, far out by {size:g}", p, claim(size * d, -size * cut), SEPARATED, 0)
        given = {"direction": d, "direction_intercept": [-cut]}
        yield Hostile("random, separated, direction", p, claim(np.zeros(q), **given), CERTAIN, 0)
        yield Hostile("random, separated, no direction", p, claim(rng.normal(size=q)), SEPARATED, 0)


def _random_directions(rng: np.random.Generator) -> Iterator[Hostile]:
    """Data with both labels at every point of a set that spans: a minimiser exists, whatever direction is offered."""
    for _ in range(20):
        q = int(rng.integers(1, 4))
        half = np.vstack([np.eye(q), np.zeros((1, q)), rng.integers(-3, 4, (int(rng.integers(0, 3)), q))])
        X, y = np.vstack([half, half]), np.repeat([0.0, 1.0], half.shape[0])
        p = Fit(X, y, "logistic", weights=rng.choice([0.5, 1.0], y.size))
        d, d0 = rng.normal(size=q) * 10.0 ** rng.integers(-12, 13), rng.normal(size=1)
        yield Hostile(
            "random, both labels everywhere",
            p,
            claim(np.zeros(q), direction=d, direction_intercept=d0),
            NOT_OK | ANY_OK,
        )
        yield Hostile("random, both labels, far out", p, claim(1e4 * d / np.abs(d).max()), NOT_OK)
