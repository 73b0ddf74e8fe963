"""A point that meets all limits, next to one that nearly does.

A tolerance excuses a row that is missed by little beside its terms, and where the terms are large this little can be
all that the row says. So an excused violation must be one that a small move can mend; what the move costs is part of
the gap. The move is the nearest one in units of the columns' sizes: violated rows are put onto their limits, columns
that would leave the box are held at their bounds, until nothing is violated (a Newton step on the active set, as in the
refinement of linear programs by Gleixner, Steffy & Wolter 2016, here for the primal point alone).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.judges.feasibility import Outside
from thalweg.result import Array

ROUNDS = 24
STALLED = 6  # rounds without a smaller violation
STEPS = 400  # of the least-squares solver per round
MET = 1e-14  # a limit is met within this share of its terms: rounding


class Price(NamedTuple):
    """What it costs to meet all limits, what a verdict then rests on, and what is worth telling."""

    cost: float = 0.0
    premises: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def price_of_limits(
    outside: Outside, x: Array, value: Callable[[Array], float], tolerance: Tolerance, duals: tuple[Array, Array]
) -> Price:
    """Price the nearest point that meets all limits, where something excuses x.

    Limits that are missed within the tolerance of themselves are priced at their ``duals`` (of rows and of bounds).
    Where no point is found, rounding becomes an assumption, and more than rounding costs everything.
    """
    if outside.alone <= tolerance.feasibility:
        return Price(_first_order(outside, x, duals))
    near = feasible_nearby(outside, x)
    worst = max(outside.found.values(), key=lambda violation: violation.normwise)
    rounded = (f"a point that meets all limits is near: {worst.where} is missed by {worst.amount:.1e}",)
    missed = f"{worst.where} is missed by {worst.amount:.1e}, little beside large terms only"
    if near is None:
        lost = Price(np.inf, notes=(f"{missed}, and no point nearby that meets all limits was found",))
        return Price(premises=rounded) if outside.rounding else lost
    cost, premises = value(near) - value(x), () if meets_alone(outside, near, tolerance.feasibility) else rounded
    if outside.rounding and abs(cost) <= tolerance.gap * abs(value(x)):
        return Price(cost, premises)
    note = f"{missed}; a point nearby that meets all limits moves the objective by {cost:.1e}"
    return Price(cost, premises, (note,))


def _first_order(outside: Outside, x: Array, duals: tuple[Array, Array]) -> float:
    """What the violations are worth at the duals: about as much as meeting the limits costs."""
    if not any(violation.amount for violation in outside.found.values()):
        return 0.0
    y, z = duals
    return float(np.abs(y) @ outside.rows.violation(outside.A @ x) + np.abs(z) @ outside.box.violation(x))


def meets_alone(outside: Outside, x: Array, share: float) -> bool:
    """Whether each row that has a limit other than 0 is within a share of that limit, however large its terms are.

    The rounding of large terms may be all that such a row says.
    """
    value = outside.A @ x
    target = outside.rows.project(value)
    return bool((np.abs(target - value) <= share * np.abs(target))[target != 0].all())


def charged(distance: float, cost: float) -> float:
    """Distance between objective and bound, at the claimed point or at the repaired one, whichever is larger."""
    return max(distance, distance + cost, key=abs)


def feasible_nearby(outside: Outside, x: Array) -> Array | None:
    """Find a point that meets all limits up to the rounding of their terms; None where none is found near x."""
    A, rows, box, sizes = outside.A, outside.rows, outside.box, outside.sizes
    entries = abs(A)
    x, scale = box.project(x), np.where(sizes > 0, sizes, sizes.max(initial=0.0) or 1.0)
    held, joined = np.zeros(x.size, dtype=bool), np.zeros(rows.lower.size, dtype=bool)
    best, stalled = np.inf, 0
    for _ in range(ROUNDS):
        value, terms = A @ x, entries @ np.abs(x)
        target = rows.project(value)
        missed = np.abs(target - value) / (np.abs(target) + terms)
        violated = missed > MET
        if not violated.any():
            return x
        joined |= violated
        target = np.where(joined & ~violated, value, target)
        moved = x + scale * _step(A[joined], (target - value)[joined], np.where(held, 0.0, scale))
        x = box.project(moved)
        held |= x != moved
        worst = float(missed.max())
        best, stalled = (worst, 0) if worst < 0.5 * best else (best, stalled + 1)
        if stalled > STALLED:
            return None
    return None


def _step(A: Any, gap: Array, scale: Array) -> Array:
    """Shortest u with A (scale u) = gap in the sense of least squares."""
    from scipy.sparse import csr_array, diags_array
    from scipy.sparse.linalg import lsmr

    scaled = csr_array(A) @ diags_array(scale)
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    unit = np.where(lengths > 0, 1.0 / np.where(lengths > 0, lengths, 1.0), 0.0)
    return np.asarray(lsmr(diags_array(unit) @ scaled, unit * gap, atol=0.0, btol=1e-15, conlim=0.0, maxiter=STEPS)[0])
