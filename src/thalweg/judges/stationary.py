r"""Stationary points and local minimisers of programs that are not convex.

First order: no feasible point improves the objective's tangent at x, of slope q + P x, by more than the tolerance. That
is the gap of a linear program, bounded like any other from the row duals.

Second order: P is positive definite along all directions that keep the limits which push (multiplier not 0), that is
P_FF + A_WF'A_WF / r - diag(delta) is positive definite for some r > 0, F being the other columns, W the rows that push
(Finsler 1937). Then x is a strict local minimiser (Nocedal and Wright 2006, theorem 12.6).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.judges.best_bound import Bends, best_bound
from thalweg.judges.convexity import Curvature, definite_shift, in_units, with_squares
from thalweg.judges.dual_bound import DualBound
from thalweg.judges.form import Form
from thalweg.judges.lending import largest_limit
from thalweg.result import Array, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.rounding import gamma, power_of_two
from thalweg.tolerance import Effort

WEIGHTS = (2.0**-10, 1.0, 2.0**10, 2.0**20)  # of the rows beside P; their roots round nothing
AT = 1e-9  # share of its own size by which a variable may be away from a limit and still stand at it
PUSHES = 1e3  # a multiplier pushes if it exceeds this multiple of its rounding bound


class Stationary(NamedTuple):
    """Order of the conditions that hold, and how they are told."""

    order: int
    note: str


def stationary(form: Form, x: Array, y: Array, allowed: float) -> Stationary | None:
    """Check the conditions; None where not even the first order holds."""
    flat = Curvature(np.zeros(x.size), convex=False)  # the bound of the tangent at x
    best, premises = best_bound(form, x, y, Bends(flat, lambda: None, lambda: None), allowed, Effort.QUICK)
    if premises or not form.value(x)[0] - best.value <= allowed:
        return None
    if _is_local_minimiser(form, x, best):
        return Stationary(2, "the point is a strict local minimiser (conditions of second order); another may be lower")
    return Stationary(1, "the point meets the conditions of first order only: it may be a saddle or even a maximiser")


def _is_local_minimiser(form: Form, x: Array, best: DualBound) -> bool:
    """Whether P is positive definite on the face of the limits that push, which x meets."""
    from scipy import sparse

    _, error, _ = form.reduced_costs(x, best.y)
    free = np.flatnonzero(~_pushing(x, form.box, np.where(np.abs(best.z) > PUSHES * error, best.z, 0.0)))
    activity, rows = form.A @ x, form.rows
    rounding = gamma(form.q.size + 4.0) * (form.entry_sizes @ np.abs(x))
    least = PUSHES * gamma(form.q.size + 2.0) * np.abs(best.y).max(initial=0.0)
    at_lower, at_upper = np.abs(activity - rows.lower) <= rounding, np.abs(activity - rows.upper) <= rounding
    pushed = (at_lower & (best.y > least)) | (at_upper & (best.y < -least))
    pushing = np.flatnonzero(pushed | ((rows.lower == rows.upper) & at_lower))
    if not free.size:
        return True
    P = sparse.csc_array(form.P)[free][:, free]
    A = sparse.csr_array(form.A)[pushing][:, free]
    return any(_is_definite(P, A, weight) for weight in WEIGHTS)


def _pushing(value: Array, limits: Box, multiplier: Array) -> Mask:
    """Whether a value stands at a limit that its multiplier pushes it against; equal limits always hold it."""
    near = AT * np.maximum(np.abs(value), largest_limit(limits))
    at_lower, at_upper = value - limits.lower <= near, limits.upper - value <= near
    return ((multiplier > 0) & at_lower) | ((multiplier < 0) & at_upper) | (limits.lower == limits.upper)


def _is_definite(P: Any, A: Any, weight: float) -> bool:
    """Whether P + weight A'A is positive definite, in units that make its diagonal about 1."""
    A = np.sqrt(weight) * A
    diagonal = P.diagonal() + np.asarray(A.multiply(A).sum(axis=0)).ravel()
    if not ((diagonal > 0) & np.isfinite(diagonal)).all():
        return False
    unit = 1.0 / power_of_two(np.sqrt(diagonal))
    P, A = in_units(P, unit, unit), in_units(A, np.ones(int(A.shape[0])), unit)
    if P is None or A is None:
        return False
    S, formed = with_squares(P, A)
    shift = definite_shift(S)
    return shift is not None and shift[0] * float(S.diagonal().min()) > shift[1] + float(formed.max())
