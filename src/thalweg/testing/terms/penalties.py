"""Laws of penalties: proximal points, least values and reach against competitors and searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.result import Array
from thalweg.testing.search import lowest_on_line
from thalweg.testing.terms.points import EDGE

LEVELS = (0.0, 1e-6, 1.0, 50.0)


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


PENALTY_LAWS = (_law_origin, _law_prox, _law_lowest, _law_reach)
