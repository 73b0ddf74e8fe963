"""Statements about the problem itself: a ray that proves it infeasible, a direction that proves it unbounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from thalweg.judges.best_bound import NEARLY
from thalweg.judges.dual_bound import DualBound, dual_bound
from thalweg.judges.existence import distance_to_feasible
from thalweg.judges.feasibility import violations
from thalweg.judges.form import Form, longest
from thalweg.judges.implied import Propagation, Rows
from thalweg.judges.ray_words import Names, contradiction, endless, whole
from thalweg.judges.shift import shifted
from thalweg.judges.sizes import column_sizes
from thalweg.result import Array, Index, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.matrices import dense, stacked
from thalweg.terms.rounding import TINY, gamma, normalised

EXACT = 200_000  # products that are worth summing in rational arithmetic
RATE = 1e-12  # along a direction, a limit may be left at this share of its own terms (then it is an assumption)


@dataclass(frozen=True, eq=False)
class Ray:
    """A checked ray: what it proves, in words, and what it rests on."""

    statement: str
    premises: tuple[str, ...]
    margin: float
    vector: Array


def farkas(form: Form, ray: Array, names: Names = (None, None)) -> Ray | None:
    """Check that the rows, weighted by the ray, contradict each other and the box; None if they do not.

    The bound of the zero objective at multipliers y is positive only if no point satisfies all limits.
    """
    found = _cleanest(_farkas(form, vector) for vector in _spellings(ray))
    return found and replace(found, statement=contradiction(form, found.vector, found.margin, names))


def what_a_ray_lacks(ray: Array | None, checked: Ray | None) -> tuple[str, ...]:
    """Tell of a ray that was handed over and does not prove that no point exists."""
    if ray is not None and checked is None:
        return ("the ray proves nothing: the rows it combines do not contradict the bounds",)
    return what_it_would_prove(checked, "infeasible")


def what_it_would_prove(ray: Ray | None, what: str) -> tuple[str, ...]:
    """Tell of a ray that rests on an assumption; a statement about the problem itself needs a proof."""
    if ray is None or not ray.premises:
        return ()
    return (f"the ray would prove the problem {what} if {' and '.join(ray.premises)}",)


def recession(form: Form, x: Array, direction: Array, names: Sequence[str] | None = None) -> Ray | None:
    """Check that the objective falls for ever from x along the direction, inside all limits; None if it does not."""
    found = _cleanest(_recession(form, x, vector) for vector in _spellings(direction))
    return found and replace(found, statement=endless(form, found.vector, _slope(form, x, found.vector), names))


def _spellings(vector: Array) -> Iterator[Array]:
    """Yield the vector as it is, and in small whole numbers where it is these up to rounding.

    A ray is a vertex of a cone, so its entries often are ratios of small numbers, which float64 misses by a digit.
    """
    yield normalised(vector)
    nearest = whole(vector)
    if nearest is not None:
        yield nearest


def _cleanest(found: Iterable[Ray | None]) -> Ray | None:
    """First ray that needs no assumption; else the first ray."""
    fallback = None
    for ray in found:
        if ray is not None and not ray.premises:
            return ray
        fallback = fallback or ray
    return fallback


def _farkas(form: Form, ray: Array) -> Ray | None:
    empty, zeros = form.feasibility(), np.zeros(form.q.size)
    propagation = cache(lambda: Propagation(Rows(form.A, form.rows), form.box))

    def implied(low: Mask, high: Mask) -> Box:
        return propagation().filled(low, high)

    def sizes() -> Array:
        return column_sizes(form, zeros)

    def bound_of(y: Array, *, exact: bool) -> DualBound:
        return dual_bound(empty, zeros, y, zeros, implied, sizes, exact=exact)

    bound = bound_of(ray, exact=False)
    if -NEARLY * bound.vague < bound.value <= 0:  # large bounds make much of rounding
        bound = bound_of(ray, exact=True)
    if not bound.value > 0:
        return None
    if bound.premises:
        moved = shifted(empty, zeros, bound, partial(bound_of, exact=True))
        bound = moved if moved is not None and moved.value > 0 else bound
    return Ray("", bound.premises, bound.value, bound.y)


def _recession(form: Form, x: Array, d: Array) -> Ray | None:
    moved = rates(form.A, d)
    off_rows = left(form.rows, *moved)
    off_box = left(form.box, d, np.zeros(d.size), np.abs(d))
    if off_rows is None or off_box is None:
        return None
    falls = _falls(form, x, d)
    if falls is None:
        return None
    leaves = max(off_rows, off_box, falls[1])
    if leaves > 0 and _falls_exactly_nearby(form, x, d):
        return Ray("", (), falls[0], d)
    if leaves > 0 and not falls[0] > 1e6 * leaves:
        return None
    premises = (f"the direction keeps all limits up to {leaves:.1e} of its own terms (rounding)",) if leaves > 0 else ()
    return Ray("", premises, falls[0], d)


def _falls_exactly_nearby(form: Form, x: Array, d: Array) -> bool:
    """Whether a direction next to d keeps all limits exactly, has no curvature, and the objective falls along it."""
    rows, box = _endless(form.rows), _endless(form.box)
    A = form.A if form.P is None else stacked((form.A, form.P))
    if form.P is not None:
        zeros = np.zeros(d.size)
        rows = Box(np.append(rows.lower, zeros), np.append(rows.upper, zeros))
    inside = box.project(d)
    reach = distance_to_feasible(violations(A, inside, rows, box, (None, None)), inside)
    if reach is None:
        return False
    g, size = form.q, np.abs(form.q)
    if form.P is not None:
        g, size = g + form.P @ x, size + form.bend_sizes @ np.abs(x)
    lost = gamma(longest(form.P) + d.size + 3.0) * float(size @ np.abs(inside)) + float(size @ reach)
    return float(g @ inside) + lost * (1 + 1e-9) + _underflows(d) < 0


def _underflows(d: Array) -> float:
    """What products below the range of float64 may take from a slope (q + P x)'d."""
    return TINY * d.size * (d.size + 4.0)


def _endless(limits: Box) -> Box:
    """Directions that leave none of the limits."""
    return Box(np.where(np.isfinite(limits.lower), 0.0, -np.inf), np.where(np.isfinite(limits.upper), 0.0, np.inf))


def rates(A: Any, d: Array) -> tuple[Array, Array, Array]:
    """A d with its rounding bound and the size of its terms; doubtful entries are summed exactly."""
    moves, sizes = d != 0, abs(A)
    rate, size = A @ d, sizes @ np.abs(d)
    touched = sizes @ moves > 0
    error = gamma(A.shape[1] + 2.0) * size + TINY * A.shape[1] * touched
    moving = np.flatnonzero(moves)
    doubtful = np.flatnonzero((np.abs(rate) <= error) & touched)
    if doubtful.size * moving.size <= EXACT:
        rate[doubtful], error[doubtful] = exact_sums(A, doubtful, d, moving), 0.0
    return rate, error, size


def exact_sums(A: Any, rows: Index, d: Array, moving: Index, shift: float = 0.0) -> Array:
    """A d + shift for a few rows in rational arithmetic, rounded so that the sign survives."""
    part = dense(A[rows][:, moving])
    steps = [Fraction(value) for value in d[moving].tolist()]
    sums = np.zeros(rows.size)
    for k, row in enumerate(part.tolist()):
        total = sum((Fraction(a) * step for a, step in zip(row, steps, strict=True) if a), Fraction(shift))
        sums[k] = _nearest(total)
    return sums


def _nearest(total: Fraction) -> float:
    """A number of float64 near a fraction, with its sign."""
    sign = (total > 0) - (total < 0)
    try:
        return float(total) or sign * TINY
    except OverflowError:
        return sign * np.inf


def left(limits: Box, rate: Array, error: Array, size: Array) -> float | None:
    """Largest relative rate at which a finite limit is left along a direction; None if one is really left."""
    below = np.where(np.isfinite(limits.lower), np.maximum(error - rate, 0.0), 0.0)
    above = np.where(np.isfinite(limits.upper), np.maximum(error + rate, 0.0), 0.0)
    off = np.maximum(below, above)
    worst = float(np.where(off == 0, 0.0, off / size).max(initial=0.0))  # NaN where a rate overflows
    return worst if worst <= RATE else None


def _slope(form: Form, x: Array, d: Array) -> float:
    """Change of the objective per unit of d; 0 where it falls like t^2."""
    if form.P is None:
        return float(form.q @ d)
    return 0.0 if _curve(d, *rates(form.P, d)) < 0 else float((form.q + form.P @ x) @ d)


def _curve(d: Array, bend: Array, error: Array, size: Array) -> float:
    """d'P d relative to its terms, from the rates P d, where it is below 0 for certain; else 0."""
    curve, terms = float(d @ bend), float(np.abs(d) @ size)
    charge = float(np.abs(d) @ error) + gamma(d.size + 2) * terms + 4 * TINY * d.size
    return curve / terms if curve < -charge else 0.0


def _falls(form: Form, x: Array, d: Array) -> tuple[float, float] | None:
    """Relative rate at which the objective falls along d, and what was neglected; None if it does not fall.

    f(x + t d) = f(x) + t (q + P x)'d + t^2 d'P d / 2.
    """
    g, size = form.q, np.abs(form.q)
    neglected = 0.0
    if form.P is not None:
        bend, error, bend_size = rates(form.P, d)
        curve = _curve(d, bend, error, bend_size)
        if curve < 0:
            return -curve, 0.0  # falls like t^2
        straight = np.abs(bend) + error
        if not (straight <= RATE * bend_size).all():
            return None
        neglected = float((straight[bend_size > 0] / bend_size[bend_size > 0]).max(initial=0.0))
        g, size = g + form.P @ x, size + abs(form.P) @ np.abs(x)
    slope, total = float(g @ d), float(size @ np.abs(d))
    if not slope < -gamma(longest(form.P) + d.size + 3) * total - _underflows(d):
        return None
    return -slope / total, neglected
