"""Conformance of terms: whether a loss or penalty is the mathematics that solvers and judges take it for.

`check_term` compares every formula with a slow one that shares nothing with it: central differences for slopes,
a search on a grid for conjugates and least values, random competitors for proximal points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.result import Array
from thalweg.testing.search import lowest_on_line

ETAS = np.concatenate([np.linspace(-12.0, 12.0, 49), [-40.0, -1e-3, 1e-3, 40.0]])
LABELS = (0.0, 1.0, 0.5, 0.1, 0.875, -3.0, 2.75, 12.0)
EDGE = 1e4  # where a least value or a conjugate is looked for
LEVELS = (0.0, 1e-6, 1.0, 50.0)


def check_term(term: Any, *, size: int | None = None, seed: int = 0) -> None:
    """Check a loss (it has ``slope``) or a penalty (it has ``prox``) against its own mathematics.

    Parameters
    ----------
    term : Loss or penalty
        See `thalweg.terms.losses.Loss` and `thalweg.terms.penalties.ElasticNet`.
    size : int, optional
        Number of coefficients of a penalty. Default: that of its ``l1``.
    seed : int
        For the random points.

    Raises
    ------
    AssertionError
        Saying which law fails, at which point, and by how much.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.testing import check_term
    >>> check_term(tw.Logistic())
    >>> class Doubled(tw.Squared):
    ...     def slope(self, eta, y):
    ...         return 2 * (eta - y)
    >>> check_term(Doubled())
    Traceback (most recent call last):
        ...
    AssertionError: Doubled.slope at eta = -40, y = 0: it says -80, the central difference -40...; off by 40.
    """
    rng = np.random.default_rng(seed)
    if hasattr(term, "slope"):
        for y in labels(term):
            for law in LOSS_LAWS:
                law(term, y, rng)
    elif hasattr(term, "prox"):
        p = int(size if size is not None else np.size(term.l1))
        for law in PENALTY_LAWS:
            law(term, p, rng)
    else:
        raise AssertionError(f"{type(term).__name__} is neither a loss (slope) nor a penalty (prox).")


def labels(loss: Any) -> list[float]:
    """Labels among the candidates that the loss accepts; at least one."""
    accepted = [y for y in LABELS if any(_accepts(loss, y, other) for other in LABELS if other != y)]
    assert accepted, f"{type(loss).__name__}.check accepts none of the labels {LABELS}."
    return accepted


def _accepts(loss: Any, y: float, other: float) -> bool:
    try:
        loss.check(np.array([y, other]))
    except InputError:
        return False
    return True


def _agree(found: Array, truth: Array, allowed: Array, where: Callable[[int], str], reference: str) -> None:
    """Fail at the worst place where |found - truth| exceeds the allowance (or is NaN)."""
    error = np.abs(found - truth)
    bad = ~(error <= allowed)
    if bad.any():
        k = int(np.argmax(np.where(bad, np.where(np.isnan(error), np.inf, error - allowed), -np.inf)))
        raise AssertionError(
            f"{where(k)}: it says {found[k]:.12g}, {reference} {truth[k]:.12g}; off by {error[k]:.3g}."
        )


def _at(loss: Any, method: str, y: float) -> Callable[[int], str]:
    return lambda k: f"{type(loss).__name__}.{method} at eta = {ETAS[k]:.12g}, y = {y:g}"


def _differences(function: Callable[[Array], Array], h: float = 1e-4) -> tuple[Array, Array]:
    """Central difference over ETAS with one Richardson step, and an allowance for its own error.

    The allowance: the difference of the two estimates (truncation), and u (1 + |f| + |eta|) / h (rounding), generously.
    """
    coarse = (function(ETAS + 2 * h) - function(ETAS - 2 * h)) / (4 * h)
    fine = (function(ETAS + h) - function(ETAS - h)) / (2 * h)
    size = np.maximum(np.abs(function(ETAS + 2 * h)), np.abs(function(ETAS - 2 * h)))
    return (4 * fine - coarse) / 3, np.abs(fine - coarse) + 8 * 2.0**-52 * (1 + size + np.abs(ETAS)) / h


def _law_slope(loss: Any, y: float, rng: np.random.Generator) -> None:
    truth, allowed = _differences(lambda e: loss.value(e, np.full_like(e, y)))
    _agree(loss.slope(ETAS, np.full_like(ETAS, y)), truth, allowed, _at(loss, "slope", y), "the central difference")


def _law_curvature(loss: Any, y: float, rng: np.random.Generator) -> None:
    truth, allowed = _differences(lambda e: loss.slope(e, np.full_like(e, y)))
    found = loss.curvature(ETAS, np.full_like(ETAS, y))
    _agree(found, truth, allowed, _at(loss, "curvature", y), "the central difference of the slope")
    for k in np.flatnonzero(~((found >= 0) & (found <= loss.max_curvature * (1 + 1e-12)))):
        raise AssertionError(f"{_at(loss, 'curvature', y)(k)}: {found[k]:g} is outside [0, {loss.max_curvature:g}].")


def _law_convex(loss: Any, y: float, rng: np.random.Generator) -> None:
    a, b = rng.normal(0, 6, 400), rng.normal(0, 6, 400)
    f = [loss.value(e, np.full_like(e, y)) for e in (a, b, 0.5 * (a + b))]
    excess = f[2] - 0.5 * (f[0] + f[1]) - 1e-14 * (1 + f[0] + f[1])
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{type(loss).__name__}.value is not convex at y = {y:g}: between eta = {a[k]:g} and {b[k]:g} "
        f"the middle lies {excess[k]:.3g} above the chord."
    )


def _law_infimum(loss: Any, y: float, rng: np.random.Generator) -> None:
    """f >= 0 everywhere, and its infimum over eta is 0."""
    values = loss.value(ETAS, np.full_like(ETAS, y))
    k = int(np.argmin(values))
    assert values[k] >= -1e-15, f"{_at(loss, 'value', y)(k)}: {values[k]:g} is negative; the infimum must be 0."
    eta, least = lowest_on_line(lambda e: loss.value(e, np.full_like(e, y)), -EDGE, EDGE)
    assert abs(least) <= 1e-12, (
        f"{type(loss).__name__}.value at y = {y:g} has infimum {least:.6g} (near eta = {eta:.6g}), not 0."
    )


def _law_shortfall(loss: Any, y: float, rng: np.random.Generator) -> None:
    """B(t, eta) = f + f* - t eta with f* searched by brute force; infinite exactly where f* is."""
    slopes = loss.slope(ETAS, np.full_like(ETAS, y))
    spread = np.concatenate([rng.choice(slopes, 6), rng.uniform(-2, 2, 10), [-y, 1 - y]])
    for t in spread:
        conjugate = _conjugate(loss, float(t), y)
        found = loss.shortfall(np.full_like(ETAS, t), ETAS, np.full_like(ETAS, y))
        where = _at(loss, f"shortfall at t = {t:.6g},", y)
        if np.isinf(conjugate):
            k = int(np.argmin(found))
            assert np.isposinf(found).all(), f"{where(k)}: {found[k]:g}, but t is outside the domain of f*."
            continue
        truth = loss.value(ETAS, np.full_like(ETAS, y)) + conjugate - t * ETAS
        allowed = 1e-9 * (1 + abs(conjugate) + np.abs(t * ETAS) + np.abs(truth))
        _agree(found, truth, allowed, where, "a search for the conjugate")
        k = int(np.argmin(found))
        assert found[k] >= 0, f"{where(k)}: {found[k]:g} is negative."


def _law_tangent(loss: Any, y: float, rng: np.random.Generator) -> None:
    """B vanishes at t = f'(eta) to the rounding of t, squared: no cancellation is allowed."""
    slopes = loss.slope(ETAS, np.full_like(ETAS, y))
    found = loss.shortfall(slopes, ETAS, np.full_like(ETAS, y))
    allowed = 1e-15 * (np.abs(slopes) + np.abs(slopes) ** 2) + 1e-300
    _agree(found, np.zeros_like(found), allowed, _at(loss, "shortfall at t = slope,", y), "Fenchel-Young")


def _conjugate(loss: Any, t: float, y: float) -> float:
    """sup over s of t s - f(s): infinite if it still grows between EDGE and 2 EDGE."""

    def negative(s: Array) -> Array:
        return loss.value(s, np.full_like(s, y)) - t * s

    near, far = (-lowest_on_line(negative, -edge, edge)[1] for edge in (EDGE, 2 * EDGE))
    return np.inf if far - near > 1e-6 * (1 + abs(near)) else near


def _law_concordance(loss: Any, y: float, rng: np.random.Generator) -> None:
    """|f'''| <= M f'' by differences, and the lower estimate that follows from it."""
    third, allowed = _differences(lambda e: loss.curvature(e, np.full_like(e, y)))
    second = loss.curvature(ETAS, np.full_like(ETAS, y))
    excess = np.abs(third) - loss.concordance * second - allowed
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{_at(loss, 'concordance', y)(k)}: |f'''| is {abs(third[k]):.6g}, "
        f"above {loss.concordance:g} f'' by {excess[k]:.3g}."
    )
    eta, r = rng.uniform(-8, 8, 300), rng.normal(0, 4, 300)
    at, there = np.full_like(eta, y), eta + r
    lower = loss.value(eta, at) + loss.slope(eta, at) * r + loss.curvature(eta, at) * bend(loss.concordance, r)
    excess = lower - loss.value(there, at) - 1e-13 * (1 + np.abs(loss.slope(eta, at) * r) + loss.value(eta, at))
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{type(loss).__name__}: the lower estimate from eta = {eta[k]:g} by r = {r[k]:g} (y = {y:g}, "
        f"concordance {loss.concordance:g}) lies {excess[k]:.3g} above the loss."
    )


def bend(concordance: float, r: Array) -> Array:
    """(exp(-M|r|) + M|r| - 1) / M^2, which is r^2 / 2 for M = 0."""
    m = concordance * np.abs(r)
    return 0.5 * r * r if concordance == 0 else (np.expm1(-m) + m) / concordance**2


def _law_prox(penalty: Any, p: int, rng: np.random.Generator) -> None:
    """The prox beats every competitor by its strong convexity, and is firmly nonexpansive."""
    name = type(penalty).__name__
    for step in (1e-3, 0.5, 1.0, 20.0):
        v, w = rng.normal(0, 3, p), rng.normal(0, 3, p)
        b, c = penalty.prox(v, step), penalty.prox(w, step)
        best = step * penalty.value(b) + 0.5 * ((b - v) ** 2).sum()
        for rival in _rivals(rng, b, v):
            other = step * penalty.value(rival) + 0.5 * ((rival - v) ** 2).sum()
            lead = best + 0.5 * ((rival - b) ** 2).sum() - other
            assert lead <= 1e-12 * (1 + abs(other) + abs(best)), (
                f"{name}.prox at v = {v}, step {step:g} says {b}; {rival} is too good for that by {lead:.3g}."
            )
        firm = ((b - c) ** 2).sum() - (b - c) @ (v - w)
        assert firm <= 1e-12 * ((v - w) @ (v - w)), f"{name}.prox is not firmly nonexpansive: {v} and {w}, {firm:.3g}."


def _rivals(rng: np.random.Generator, b: Array, v: Array) -> list[Array]:
    """Points near and far from a claimed minimiser, and single coordinates moved, to 0 among others."""
    spread = [b + s * rng.normal(size=b.size) for s in (1e-4, 1e-2, 1.0) for _ in range(10)]
    single = [
        np.where(np.arange(b.size) == j, t, b) for j in range(b.size) for t in (0.0, v[j], b[j] + 0.05, b[j] - 0.05)
    ]
    return [*spread, *single, np.zeros_like(b), v]


def _law_origin(penalty: Any, p: int, rng: np.random.Generator) -> None:
    name, zero = type(penalty).__name__, penalty.value(np.zeros(p))
    assert zero == 0, f"{name}.value at 0 is {zero:g}; the infimum must be 0, at 0."
    for b in rng.normal(0, 3, (200, p)):
        c = rng.normal(0, 3, p)
        value, other, middle = penalty.value(b), penalty.value(c), penalty.value(0.5 * (b + c))
        assert value >= 0, f"{name}.value at {b} is {value:g}, below 0."
        assert middle <= 0.5 * (value + other) * (1 + 1e-14), f"{name}.value is not convex between {b} and {c}."


def _law_lowest(penalty: Any, p: int, rng: np.random.Generator) -> None:
    """`lowest` against a search, coordinate by coordinate, with finite, half-infinite and infinite boxes."""
    for k in range(12):
        g = np.zeros(p) if k == 0 else rng.normal(0, 2, p)
        lower = np.where(rng.random(p) < 0.5, -np.inf, rng.normal(-1, 1, p))
        upper = np.where(rng.random(p) < 0.5, np.inf, lower.clip(-5) + rng.exponential(2, p))
        values, argmin = penalty.lowest(g, lower, upper)
        for j in range(p):
            _compare_lowest(penalty, (g[j], lower[j], upper[j]), (float(values[j]), float(argmin[j])), j, p)


def _compare_lowest(penalty: Any, at: tuple[float, ...], said: tuple[float, float], j: int, p: int) -> None:
    g, low, high = at
    edges = [(max(low, -edge), min(high, edge)) for edge in (EDGE, 4 * EDGE)]
    line = _line(penalty, g, j, p)
    (_, near), (place, far) = (lowest_on_line(line, *edge) for edge in edges)
    truth = -np.inf if far < near - 1e-6 * (1 + abs(near)) else far
    where = f"{type(penalty).__name__}.lowest at g = {g:.6g} on [{low:.6g}, {high:.6g}], coordinate {j}"
    right = said[0] == truth or (np.isfinite(truth) and abs(said[0] - truth) <= 1e-8 * (1 + abs(truth)))
    assert right, (
        f"{where}: it says {said[0]:.9g}, a search {truth:.9g} (at {place:.6g}); off by {said[0] - truth:.3g}."
    )
    if np.isfinite(truth):
        reached = float(line(np.array([said[1]]))[0])
        assert low <= said[1] <= high, f"{where}: the point {said[1]:.9g} is outside."
        assert abs(reached - said[0]) <= 1e-12 * (1 + abs(said[0])), f"{where}: its point takes {reached:.9g}."


def _line(penalty: Any, g: float, j: int, p: int) -> Callable[[Array], Array]:
    """T -> g t + pen(t e_j)."""
    axis = np.eye(p)[j]
    return lambda t: np.array([g * s + penalty.value(s * axis) for s in t])


def _law_reach(penalty: Any, p: int, rng: np.random.Generator) -> None:
    """No point on an axis at or below the level lies beyond the reach."""
    for level in LEVELS:
        reach = penalty.reach(level)
        for j in range(p):
            t = 2.0 * reach[j] if np.isfinite(reach[j]) else EDGE
            while t > 1e-12 and penalty.value(t * np.eye(p)[j]) > level:
                t *= 0.999
            assert t <= reach[j] or t <= 1e-12, (
                f"{type(penalty).__name__}.reach({level:g}) says |b_{j}| <= {reach[j]:.6g}, "
                f"but {t:.6g} has penalty {penalty.value(t * np.eye(p)[j]):.6g}."
            )


LOSS_LAWS = (_law_slope, _law_curvature, _law_convex, _law_infimum, _law_tangent, _law_shortfall, _law_concordance)
PENALTY_LAWS = (_law_origin, _law_prox, _law_lowest, _law_reach)
