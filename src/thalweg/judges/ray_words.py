"""What a checked ray says, as one sentence in the user's own names.

With weights y of the rows, every feasible x satisfies

    sum_i y_i a_i'x  >=  asked  =  sum_i (y_i+ row_lower_i - y_i- row_upper_i),
    sum_i y_i a_i'x  <=  reached  =  sum_j (g_j+ upper_j - g_j- lower_j),      g = A'y,

so that asked > reached leaves no point. Both numbers are given, with the rows and the bounds they are made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from thalweg import naming
from thalweg.judges.form import Form, longest
from thalweg.result import Array, Index
from thalweg.terms.rounding import gamma, smallest

WHOLE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24)  # denominators that rays are tried with
NEARLY_WHOLE = 1e-9
MOST = 1e4  # larger multipliers are no simpler than fractions
SHOWN = 4  # rows or bounds that are named; the rest is counted
NUMBERED = re.compile(r"row[0-9]+")
LEFTOVER = 1e-9  # a sum below this share of its terms is 0 but for rounding

Names = tuple[Sequence[str] | None, Sequence[str] | None]  # of the variables, and of the rows


class _Sum(NamedTuple):
    """The weighted sum of the rows: what its limits ask for, and what its terms reach within the bounds."""

    weights: Array
    asked: float
    pull: Array
    reached: float
    rounding: float


def contradiction(form: Form, ray: Array, margin: float, names: Names) -> str:
    """Say which rows ask for more than the bounds allow, by names; ``margin`` is how much more at the checked ray."""
    total = _simplest(form, ray)
    sign = _readable_sign(total)
    alone = np.count_nonzero(total.weights) == 1
    told = f"no point satisfies all limits: {_rows(form, sign * total.weights, sign, names[1])}"
    asks, allows = ("asks for", "allows") if alone else ("together ask for", "together allow")
    if not total.asked > total.reached:  # the difference is finer than float64, or rests on what the rows imply
        margin *= float(np.abs(total.weights).max() / np.abs(ray).max())
        bounds = f"the bounds{_implied(form, total.pull, names[0])}"
        if sign > 0:
            return f"{told} {asks} {margin:.3g} more than {bounds} allow"
        return f"{told} {allows} {margin:.3g} less than {bounds} ask for"
    asked, reached = _apart(sign * total.asked + 0.0, sign * total.reached + 0.0)
    start = f"{told} {asks} at least {asked}, but" if sign > 0 else f"{told} {allows} at most {asked}, but"
    if not total.pull.any():
        return f"{start} {'its terms are' if alone else 'their terms add up to'} 0"
    who, comes = ("it", "comes") if alone else ("they", "come")
    ends = f"can reach at most {reached}" if sign > 0 else f"{comes} to at least {reached}"
    return f"{start} with {_bounds(form, total.pull, names[0])} {who} {ends}"


def endless(form: Form, direction: Array, slope: float, names: Sequence[str] | None) -> str:
    """Say along which direction the objective improves for ever; ``slope`` is its change per unit (0: like t^2)."""
    scaled = whole(direction)
    steps = direction if scaled is None else scaled
    largest = int(np.argmax(np.abs(steps)))
    change = form.sign * slope * (steps[largest] / direction[largest])
    places, more = _heaviest(steps, SHOWN)
    moves = ", ".join(f"{naming.label(names, j)} {steps[j]:+.6g}" for j in places)
    moves += f" and {more} more variable{'s' if more > 1 else ''}" if more else ""
    verb = "rises" if form.sign < 0 else "falls"
    pace = f"by {abs(change):.6g}" if slope else "ever faster"
    return f"the objective improves for ever, from a feasible point: it {verb} {pace} per unit of {moves}"


def whole(vector: Array) -> Array | None:
    """Return a multiple of the vector in whole numbers where there is a simple one up to rounding, else None."""
    sizes = np.abs(vector)
    unit = smallest(vector)
    for k in WHOLE if 0 < unit < np.inf and sizes.max() < np.inf else ():
        for length in (float(sizes.max()), unit):
            scaled = vector / length * k
            nearest = np.rint(scaled)
            if np.abs(scaled).max() <= MOST and np.abs(nearest - scaled).max() < NEARLY_WHOLE * k:
                return nearest
    return None


def _readable_sign(total: _Sum) -> float:
    """Sign of the sum as it is told: rows of one kind keep their limits and are added; of others, it is positive.

    So upper limits together "allow at most", and a difference "asks for at least 20" rather than "allows at most -20".
    """
    if (total.weights >= 0).all():
        return 1.0
    if (total.weights <= 0).all():
        return -1.0
    return 1.0 if total.asked > 0 or not total.asked > total.reached else -1.0


def _simplest(form: Form, ray: Array) -> _Sum:
    """The sum in whole numbers if these contradict the bounds beyond rounding, else as the ray has it."""
    nearest = whole(ray)
    if nearest is not None and np.array_equal(nearest != 0, ray != 0):
        total = _sum(form, nearest)
        if total.asked - total.reached > total.rounding:
            return total
    return _sum(form, ray / np.abs(ray).max())


def _sum(form: Form, weights: Array) -> _Sum:
    parts = form.rows.lowest(weights)
    pull, size = form.A.T @ weights, form.entry_sizes.T @ np.abs(weights)
    small = np.abs(pull) <= LEFTOVER * size
    ends = -form.box.lowest(-pull)
    ends = np.where(small & np.isinf(ends), 0.0, ends)  # these the judge paid from what all rows imply
    asked, reached = float(parts.sum()) + 0.0, float(ends.sum()) + 0.0  # + 0.0: no minus zero
    pull = np.where(small, 0.0, pull)
    terms = float(np.abs(parts).sum() + np.abs(ends).sum())
    depth = float(longest(form.A) + weights.size + pull.size)
    return _Sum(weights, asked, pull, reached, float(gamma(depth)) * terms)


def _rows(form: Form, weights: Array, sign: float, names: Sequence[str] | None) -> str:
    """``2 x row "hours" (>= 3) - row "demand" (<= 4)``: the heaviest, those that are added before the others."""
    places, more = _heaviest(weights, SHOWN)
    told = ""
    for i in sorted(places, key=lambda i: bool(weights[i] < 0)):
        factor = "" if abs(weights[i]) == 1 else f"{abs(weights[i]):.6g} x "
        lower = sign * weights[i] > 0
        limit = f">= {form.rows.lower[i]:.6g}" if lower else f"<= {form.rows.upper[i]:.6g}"
        limit = f"= {form.rows.lower[i]:.6g}" if form.rows.lower[i] == form.rows.upper[i] else limit
        joint = (" + " if weights[i] > 0 else " - ") if told else ("" if weights[i] > 0 else "-")
        told += f"{joint}{factor}{_row(names, i)} ({limit})"
    return told + (f" and {more} more row{'s' if more > 1 else ''}" if more else "")


def _row(names: Sequence[str] | None, i: int) -> str:
    if names is None or NUMBERED.fullmatch(names[i]):  # row3 is what a row without a name is called
        return f"row{i}" if names is None else names[i]
    named = naming.label(names, i)
    return named if names[i].lower().startswith("row") else f"row {named}"  # "row1 of 2" says what it is


def _bounds(form: Form, pull: Array, names: Sequence[str] | None) -> str:
    """``"x" <= 3 and "y" >= 0 (their bounds)``, those that count most first."""
    places, more = _heaviest(pull, SHOWN)
    parts = [f"{naming.label(names, j)} {_side(form, j, above=bool(pull[j] > 0))}" for j in places]
    if more:
        parts.append(f"the bounds of {more} more variable{'s' if more > 1 else ''}")
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return listed if more else f"{listed} ({'its bound' if len(parts) == 1 else 'their bounds'})"


def _implied(form: Form, pull: Array, names: Sequence[str] | None) -> str:
    """Variables whose bounds are only implied by the rows, if there are any in the sum."""
    open_ends = np.where(np.isinf(form.box.lowest(-pull)), pull, 0.0)
    places, more = _heaviest(open_ends, SHOWN)
    if not places:
        return ""
    listed = ", ".join(naming.label(names, j) for j in places) + (f" and {more} more" if more else "")
    return f", and those that the rows imply for {listed},"


def _side(form: Form, j: int, *, above: bool) -> str:
    low, high = form.box.lower[j], form.box.upper[j]
    if low == high:
        return f"= {low:.6g}"
    return f"<= {high:.6g}" if above else f">= {low:.6g}"


def _heaviest(values: Array, limit: int) -> tuple[list[int], int]:
    """Places of the largest magnitudes, the largest and positive first, and how many more are not 0."""
    order: Index = np.lexsort((values < 0, -np.abs(values)))[: np.count_nonzero(values)]
    cut = limit if order.size > limit + 1 else order.size  # one more is named rather than counted
    return order[:cut].tolist(), int(order.size) - cut


def _apart(one: float, other: float) -> tuple[str, str]:
    """Two different numbers with as many digits as tell them apart."""
    for digits in (6, 9, 12, 17):
        shown = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if shown[0] != shown[1]:
            break
    return shown
