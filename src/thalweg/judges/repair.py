"""A point that meets all limits, next to one that nearly does.

A tolerance excuses a row that is missed by little beside its terms, and where the terms are large this little can be
all that the row says. So an excused violation must be one that a small move can mend; what the move costs is part of
the gap. The move is the nearest one in units of the columns' sizes: violated rows are put onto their limits, columns
that would leave the box are held at their bounds, until nothing is violated (a Newton step on the active set, as in the
refinement of linear programs by Gleixner, Steffy & Wolter 2016, here for the primal point alone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import IntEnum
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance, Violation
from thalweg.judges.existence import distance_to_feasible
from thalweg.judges.feasibility import CLEAR, Outside
from thalweg.result import Array, Mask
from thalweg.terms.matrices import scaled_by
from thalweg.terms.saddle import Saddle, sparse_rows

ROUNDS, FEWER = 24, 1  # steps towards a point; the second where an assumption would do as well
STALLED = 3  # rounds without a smaller violation
ACTIVE = 1e-9  # share of its terms by which a row may be away from a limit and still be at it
REGULARISATION = 1e-12  # of the equations for a move
SLIGHT = 2.0**-30  # share of a distance over which an objective rises by its slope alone
MET = 1e-14  # a limit is met within this share of its terms: rounding


class Looks(IntEnum):
    """How often to look for a point that cannot be written down, which takes a factorisation each time.

    Only where an assumption would do as well: otherwise all is tried.
    """

    NONE = 0  # a point that can be written down is not looked for either
    ONE = 1  # and only next to a point that meets all limits up to rounding
    FEW = 3
    ALL = 99


class Objective(NamedTuple):
    """Value at a point, and by how much it can rise from a point within a distance per column, where that is known."""

    value: Callable[[Array], float]
    rise: Callable[[Array, Array], float] | None = None


class Price(NamedTuple):
    """What it costs to meet all limits, what a verdict then rests on, and what is worth telling."""

    cost: float = 0.0
    premises: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mended: bool = False  # a point that meets all limits is known to exist; the cost is what it costs more at most

    def mending(self, violations: Mapping[str, Violation]) -> Mapping[str, Violation]:
        """Mark the violations as mended, if they are."""
        return {name: replace(v, mended=True) for name, v in violations.items()} if self.mended else violations


def price_of_limits(
    outside: Outside,
    x: Array,
    objective: Objective,
    tolerance: Tolerance,
    duals: tuple[Array, Array],
    looks: Looks = Looks.ALL,
) -> Price:
    """Price the nearest point that meets all limits, where something excuses x.

    Limits that are missed by nothing beside themselves are priced at their ``duals`` (of rows and of bounds). Of more
    this is the least that it costs: another copy of a limit, or a limit implied by others, can carry the dual. Where no
    point is found, rounding becomes an assumption, and more than that and the tolerance costs everything.
    """
    first, tolerated = _first_order(outside, duals), outside.alone <= tolerance.feasibility
    if outside.alone <= CLEAR:
        return Price(first)
    looks = looks if outside.rounding else Looks.ALL
    here, worst = objective.value(x), max(outside.found.values(), key=lambda violation: violation.normwise)
    allowed = tolerance.gap * abs(here) + tolerance.absolute
    missed = f"{worst.where} is missed by {worst.amount:.1e}"
    note = f"{missed}, {'within the tolerance' if tolerated else 'little beside large terms only'}"
    near = proved = np.inf
    for point, meets, look in _candidates(outside, x, looks):
        near = min(near, objective.value(point) - here, key=abs) if meets else near
        most = here + allowed if outside.rounding and abs(near) <= allowed else np.inf  # else any price says more
        proved = min(proved, _highest(outside, point, objective, most, look=look) - here, key=abs)
        if abs(proved) <= allowed:
            return Price(proved, notes=() if outside.rounding else (_moves(note, proved),), mended=True)
        if not look and outside.rounding and abs(near) <= allowed:  # an assumption will do
            break
    rounded = (f"a point that meets all limits is near: {missed}",)
    if outside.rounding and abs(near) <= allowed:
        return Price(near, rounded)
    if np.isfinite(proved):
        return Price(proved, notes=(_moves(note, proved),), mended=True)
    if np.isfinite(near):
        return Price(near, rounded, (_moves(note, near),))
    lost = Price(np.inf, notes=(f"{note}, and no point nearby that meets all limits was found",))
    return Price(first, rounded) if outside.rounding or tolerated else lost


def _moves(missed: str, cost: float) -> str:
    return f"{missed}; a point nearby that meets all limits moves the objective by {cost:.1e}"


def _candidates(outside: Outside, x: Array, looks: Looks) -> Iterator[tuple[Array, bool, bool]]:
    """Points near x, whether they meet all limits up to rounding, and whether to look at what is next to them."""
    if looks is Looks.NONE:
        return
    thorough, inside, looked = looks > Looks.ONE, outside.box.project(x), set[bytes]()
    snapped, _ = _snapped(outside, inside)
    near = feasible_nearby(outside, x, thorough)
    for point, meets in chain([(snapped, False), (inside, False)], ((point, True) for point in near)):
        look = (thorough or meets) and len(looked) < looks and point.tobytes() not in looked
        looked |= {point.tobytes()} if look else set()
        if look or meets or point is snapped:
            yield point, meets, look


def _highest(outside: Outside, point: Array, objective: Objective, most: float, *, look: bool) -> float:
    """Objective at most of a point next to this one that meets all limits; infinite where none is known.

    To ``look`` for one that cannot be written down takes a factorisation, in vain if it may be above ``most``.
    """
    rise = objective.rise
    if _meets(outside, point):
        return objective.value(point)
    if rise is None or not look:
        return np.inf

    def useful(room: Array) -> float:
        """The share of this room at which the slope alone makes the objective rise that far."""
        slope = rise(point, SLIGHT * room) / SLIGHT
        return (most - objective.value(point)) / slope if slope > 0 else 1.0

    reach = distance_to_feasible(outside, point, useful)
    return np.inf if reach is None else objective.value(point) + rise(point, reach)


def _first_order(outside: Outside, duals: tuple[Array, Array]) -> float:
    """What the violations are worth at the duals: about as much as meeting the limits costs."""
    pairs = zip(duals, outside.amounts, strict=True)
    return float(sum(np.abs(dual) @ amount for dual, amount in pairs if amount.any()))


def _meets(outside: Outside, x: Array) -> bool:
    """Whether each row is met within nothing of what it decides, however large its terms are.

    A limit other than 0 may be missed by `CLEAR` of itself: rounding of large terms may be all that such a row says.
    A row at a limit of 0 may be missed by what moving one of its columns by as little makes good; where only
    columns of another size can move, the rounding of the others may be all that it says.
    """
    value = outside.activity(x)
    target = outside.rows.project(value)
    missed = np.abs(target - value)
    doubtful = missed > CLEAR * np.abs(target)
    if (doubtful & (target != 0)).any():
        return False
    box = outside.box
    room = np.minimum(CLEAR * np.abs(x), np.minimum(x - box.lower, box.upper - x))
    rows = np.flatnonzero(doubtful)
    return bool((missed[rows] <= np.asarray(_tallest(abs(sparse_rows(outside.A)[rows]).multiply(room)))).all())


def _tallest(part: Any) -> Array:
    """Largest entry of each row."""
    if not (part.shape[0] and part.shape[1]):
        return np.zeros(int(part.shape[0]))
    largest: Array = np.asarray(part.max(axis=1).toarray()).ravel()
    return largest


def charged(distance: float, cost: float) -> float:
    """Distance between objective and bound, at the claimed point or at the repaired one, whichever is larger."""
    return max(distance, distance + cost, key=abs)


def feasible_nearby(outside: Outside, x: Array, thorough: bool = True) -> Iterator[Array]:
    """Find points near x that meet all limits up to the rounding of their terms.

    First the columns inside their box move, with all rows that are at a limit held there: at a vertex these are the
    equations of its basis. Then, if it is to be ``thorough``, columns that are nearly at a bound are put onto it, and
    last all columns move, and the violated rows alone are asked for.
    """
    x, box = outside.box.project(x), outside.box
    snapped, nearly = _snapped(outside, x)
    starts = [(x, (x == box.lower) | (x == box.upper))]
    starts += [(snapped, nearly)] if thorough and (snapped != x).any() else []
    for point, at_bound in starts:
        value, terms = outside.A @ point, abs(outside.A) @ np.abs(point)
        away = np.minimum(np.abs(value - outside.rows.lower), np.abs(value - outside.rows.upper))
        found = _approached(outside, point, away <= ACTIVE * terms, at_bound.copy(), ROUNDS if thorough else FEWER)
        if found is not None:
            yield found
    if not thorough:
        return
    found = _approached(outside, x, np.zeros(outside.rows.lower.size, dtype=bool), np.zeros(x.size, dtype=bool))
    if found is not None:
        yield found


def _snapped(outside: Outside, x: Array) -> tuple[Array, Mask]:
    """Put columns that are at a bound up to rounding onto it, and say which these are."""
    box, reach = outside.box, ACTIVE * outside.sizes
    low, high = x - box.lower <= reach, box.upper - x <= reach
    return np.where(low, box.lower, np.where(high, box.upper, x)), low | high


def _approached(outside: Outside, x: Array, joined: Mask, held: Mask, rounds: int = ROUNDS) -> Array | None:
    """Newton steps on the rows that are ``joined``, with the columns that are ``held`` at their bounds; both grow."""
    A, rows, box, sizes = sparse_rows(outside.A), outside.rows, outside.box, outside.sizes
    entries, scale = abs(A), np.where(sizes > 0, sizes, sizes.max(initial=0.0) or 1.0)
    best, stalled, step = np.inf, 0, None
    for steps in range(rounds + 1):
        value, terms = A @ x, entries @ np.abs(x)
        target = rows.project(value)
        missed = np.abs(target - value) / (np.abs(target) + terms)
        violated = missed > MET
        if not violated.any():
            return x
        if steps == rounds or stalled > STALLED:
            return None
        if (violated & ~joined).any() or step is None:
            joined |= violated
            step = _Step(A, scale, joined, held)
        moved = step.from_point(x, np.where(violated, target - value, 0.0))
        x = box.project(moved)
        if (held | (x != moved)).sum() > held.sum():
            held |= x != moved
            step = None
        worst = float(missed.max())
        best, stalled = (worst, 0) if worst < 0.5 * best else (best, stalled + 1)
    return None


class _Step:
    """Shortest move, in units of the columns' sizes, that changes the joined rows by given amounts."""

    def __init__(self, A: Any, scale: Array, joined: Mask, held: Mask) -> None:
        self.rows, self.columns = np.flatnonzero(joined), np.flatnonzero(~held)
        self.scale = scale[self.columns]
        part = A[self.rows][:, self.columns]
        self.equations = Saddle(np.ones(self.columns.size), scaled_by(part, 1.0, self.scale), REGULARISATION)

    def from_point(self, x: Array, gap: Array) -> Array:
        """Return the point after the move."""
        u, _ = self.equations.solve(np.zeros(self.columns.size), gap[self.rows])
        moved = x.copy()
        moved[self.columns] += self.scale * u
        return moved
