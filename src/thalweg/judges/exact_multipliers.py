r"""Multipliers that make reduced costs exactly 0, where float64 has none.

A column without bounds, or one whose reduced cost is 0 in every optimum, leaves a rounding that no finite box pays for,
and where the best objective is 0 no tolerance pays for what a finite box does.
But multipliers with A_J'y = q_J exactly exist next to those at hand if the columns J are independent (``existence``, of
the transposed rows): y moves by at most reach_i, keeps its sign, and with it the bound changes by at most
sum_i reach_i |limit_i|, the other reduced costs by sum_i |a_ij| reach_i.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thalweg.judges.dual_bound import DualBound, Nearby
from thalweg.judges.existence import in_room, shortest_move
from thalweg.judges.form import Form
from thalweg.judges.shift import active_rows
from thalweg.result import Array, Index, Mask
from thalweg.terms.rounding import UNIT
from thalweg.terms.saddle import sparse_rows

ROUNDS = 8
ROUNDED = 1e-14  # a reduced cost below this share of its terms may well be 0
SHORT = 4.0  # times what such reduced costs take from a bound: more than this they do not explain
SHARE = 0.5  # of a multiplier by which it may move at most: it keeps its sign


def with_exact_zeros(form: Form, w: Array, bound: DualBound, evaluate: Callable[..., DualBound]) -> DualBound | None:
    """Bound without assumptions by multipliers that exist near those of ``bound``; None if that is not proved."""
    zeros = bound.assumed if bound.assumed.any() else _costly_leftovers(form, w, bound)
    if not zeros.any():
        return None
    rows, unit = active_rows(form, w, bound.y)
    room = np.where(form.rows.lower == form.rows.upper, np.inf, SHARE * np.abs(bound.y))[rows]
    room = np.minimum(room, unit)
    for _ in range(ROUNDS):
        reach = _reach(form, w, bound.y, rows[room > 0], room[room > 0], zeros)
        if reach is None:
            return None
        exact = evaluate(bound.y, exact=True, nearby=Nearby(zeros, reach))
        if not exact.assumed.any():
            return exact if np.isfinite(exact.value) else None
        if not (exact.assumed & ~zeros).any():
            return None
        zeros = zeros | exact.assumed
    return None


def _costly_leftovers(form: Form, w: Array, bound: DualBound) -> Mask:
    """Reduced costs of rounding size, where these are what the bound is short of; else none."""
    z, terms = form.sharp_gradient(w, bound.y)[0], form.reduced_costs(w, bound.y)[2]
    slight = (terms > 0) & (np.abs(z) <= ROUNDED * terms) & np.isfinite(bound.reach)
    paid = float(((np.abs(z) + form.lost * terms) * bound.reach)[slight].sum())
    return slight if form.value(w)[0] - bound.value <= SHORT * paid else np.zeros(z.size, dtype=bool)


def _reach(form: Form, w: Array, y: Array, rows: Index, room: Array, zeros: Mask) -> Array | None:
    """By how much each multiplier moves at most; None where nothing is known."""
    matters = y != 0
    matters[rows] = True
    columns = _without_twins(form, np.flatnonzero(zeros), matters)
    _, _, terms = form.reduced_costs(w, y)
    missed = np.abs(form.sharp_gradient(w, y)[0])[columns] * (1 + 4 * UNIT) + (form.lost * terms)[columns]
    scaled = in_room(sparse_rows(form.A)[rows][:, columns].T, room)
    move = None if scaled is None else shortest_move(scaled, missed)
    if move is None:
        return None
    reach = np.zeros(y.size)
    reach[rows] = move * room * (1 + 4 * UNIT)
    return reach


def _without_twins(form: Form, columns: Index, matters: Mask) -> Index:
    """Leave out columns that are a multiple of another one in the rows that matter: halves of a split free variable.

    Their reduced costs are the same multiple of each other: where one is 0, both are. Only multiples by powers of two
    are looked for, which are exact, and only where there is no curvature.
    """
    found: dict[bytes, int] = {}
    bent = np.zeros(form.q.size) if form.P is None else form.bend_sizes @ np.ones(form.q.size)
    for j in columns.tolist():
        entries = [(i, a) for i, a in form.column(form.A, j) if matters[i]]
        rows, whole = np.array([i for i, _ in entries]), np.array([*(a for _, a in entries), form.q[j]])
        if bent[j]:
            found[b"%d" % j] = j
            continue
        first = float(whole[np.flatnonzero(whole)[0]]) if whole.any() else 1.0
        unit = np.ldexp(np.sign(first), -int(np.frexp(first)[1]))
        if not (whole * unit / unit == whole).all():  # the scaling lost a digit
            found[b"%d" % j] = j
            continue
        found.setdefault(b"twins" + rows.tobytes() + (whole * unit + 0.0).tobytes(), j)
    return np.sort(np.fromiter(found.values(), dtype=np.intp))
