"""Ranges at any optimum: extreme values over the faces of best points and of best multipliers, each one certified.

The left and the right derivative of the best objective by a limit are the least and the largest multiplier of that
limit over all best multipliers (Rockafellar 1970, theorem 25.4). A price p holds as far as the limit can move while
some feasible point stays complementary to multipliers with that price.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.certificate import Tolerance, Verdict
from thalweg.explaining.onward import reach
from thalweg.explaining.optimum import Optimum
from thalweg.front import solve
from thalweg.judges import judge
from thalweg.judges.form import Form
from thalweg.judges.rays import recession
from thalweg.problems.linear import LinearProgram
from thalweg.result import Array, Claim, Mask, Solution, Stop
from thalweg.solvers.simplex import Simplex
from thalweg.terms.matrices import dense
from thalweg.watch import Watch

ZERO = 1e-9  # a multiplier below this share of the largest is 0
ABSOLUTE = 1e-9  # of an extreme value, beside the largest value and multiplier
WIDE = 1e6  # half-width of a box that stands for none, in the same unit
HUGE = 1e4  # multipliers beyond this, beside the largest known one, hide the others
FREE = 1e-6  # price of its walls, in the same unit, that is only rounding
FAR = 1e-6  # two points differ if a coordinate does by more than this share


class Faces:
    """Best points and best multipliers as programs."""

    def __init__(self, optimum: Optimum, watch: Watch) -> None:
        self.optimum, self.watch = optimum, watch

    @property
    def blind(self) -> bool:
        """Whether nothing more is found out: time is up, or it is not known which limits are met."""
        return self.watch.stop is not None or not self.optimum.settled

    def limit(self, k: int, side: str) -> tuple[float, float, float, float]:
        """Left and right price of a limit, and the ends up to which they hold; NaN where it is not known."""
        o = self.optimum
        value = o.limit(k, side)
        if self.blind:
            return np.nan, np.nan, np.nan, np.nan
        ends: list[tuple[float, float]] = []
        for step in (-1.0, 1.0):
            price, multipliers = self._price(k, step) if o.meets(k, side) else (0.0, o.multipliers)
            loosens = (side == "lower" and step < 0) or (side == "upper" and step > 0)
            if np.isinf(price):
                ends.append((price, value))
            elif price == 0 and loosens:
                ends.append((0.0, step * np.inf))
            elif o.problem.P is not None:
                met = o.meets(k, side)
                ends.append((price, reach(o, k, side, step, self.watch) if met else float(o.times(o.x)[k])))
            else:
                ends.append((price, np.nan if multipliers is None else self._reach(k, side, step, multipliers)))
        return ends[0][0], ends[1][0], ends[0][1], ends[1][1]

    def cost(self, j: int) -> tuple[float, float]:
        """Ends between which cost j may move while the point stays best."""
        o = self.optimum
        k = o.rows + j
        if self.blind:
            return np.nan, np.nan
        least, most = -np.inf, np.inf
        bend = o.g[j] - o.sign * o.problem.q[j]
        if not o.at_upper[k]:  # its reduced cost is not negative: the cost is at least a_j'y - (P x)_j
            least = self._extreme_cost(j, 1.0) - bend
        if not o.at_lower[k]:
            most = self._extreme_cost(j, -1.0) - bend
        return least, most

    def another(self) -> tuple[Array, Any] | None:
        """Return another best point and the judge's certificate, if one is found; only of linear programs."""
        o = self.optimum
        idle = o.met & ~o.fixed & (o.multipliers == 0)
        if o.problem.P is not None or not idle.any() or self.blind:
            return None
        away = np.where(idle, np.where(o.at_lower, -1.0, 1.0), 0.0)
        face = self._face(o.multipliers, np.zeros(o.met.size, dtype=bool))
        near = 1.0 + np.abs(o.x)
        cost = o.problem.A.T @ away[: o.rows] + away[o.rows :]
        short = {"lower": np.maximum(face.lower, o.x - near), "upper": np.minimum(face.upper, o.x + near)}
        found = self._least(face.replace(c=cost, **short))
        if found.x is None or not (np.abs(found.x - o.x) > FAR * near).any():
            return None
        claim = Claim({"x": found.x}, {"row_dual": o.sign * o.multipliers[: o.rows]})
        certificate = judge(o.problem, claim, Tolerance())
        return (found.x, certificate) if certificate.ok else None

    def _least(self, program: LinearProgram) -> Solution:
        """Solve over a face; where that proves nothing, within a wide box whose walls do not matter.

        Proofs have to pay for rounding where a variable has no bound, and that may cost everything. What is best within
        the box is best without it if its walls have no price. An extreme value of 0 needs an absolute tolerance.
        """
        o, program = self.optimum, _without_idle_rows(program)
        size = 1.0 + float(np.abs(o.x).max()) + float(np.abs(o.multipliers).max())
        tol, wall = Tolerance(absolute=ABSOLUTE * size), WIDE * size
        found = solve(program, Simplex(), tol=tol, time_limit=self.watch.time_limit)
        if found.stop is Stop.INTERRUPTED:
            self.watch.interrupt()
        lower, upper = np.maximum(program.lower, -wall), np.minimum(program.upper, wall)
        if found.ok or _endless(found) or self.watch.stop is not None or not (lower <= upper).all():
            return found
        boxed = solve(program.replace(lower=lower, upper=upper), Simplex(), tol=tol, time_limit=self.watch.time_limit)
        if not boxed.ok:
            return found
        walls = (lower != program.lower) | (upper != program.upper)
        at = walls & (np.abs(boxed.x) > wall / 2)
        price = float(np.abs(boxed.reduced_costs[at]).sum()) * wall
        return boxed if price <= FREE * size else found

    def _price(self, k: int, step: float) -> tuple[float, Array | None]:
        """Extreme multiplier of limit k over all best multipliers, and multipliers with that value."""
        o, m = self.optimum, self.optimum.rows
        if not m:  # without rows there is no choice of multipliers
            return float(o.multipliers[k]), o.multipliers
        goal = np.zeros(m)
        if k < m:
            goal[k] = 1.0
        else:
            goal = -_column(o.problem.A, k - m)  # z_j = g_j - a_j'y
        program = self._multipliers(None)
        found = self._least(program.replace(c=-step * goal))
        if _endless(found):
            return step * np.inf, None
        if not found.ok:
            return np.nan, None
        y = np.asarray(found.x)
        if np.abs(y).max(initial=0.0) > HUGE * (1.0 + np.abs(o.multipliers).max()):  # the digits of the others are lost
            return float(goal @ y + (0.0 if k < m else o.g[k - m])), None
        z = o.g - o.problem.A.T @ y
        both = np.append(y, z)
        size = np.append(np.full(m, np.abs(y).max(initial=0.0)), np.abs(o.g) + abs(o.problem.A).T @ np.abs(y))
        both = np.where(np.abs(both) <= ZERO * size, 0.0, both)
        return float(both[k]), both

    def _extreme_cost(self, j: int, step: float) -> float:
        """Least (step 1) or largest (step -1) a_j'y over multipliers that ignore column j."""
        if not self.optimum.rows:
            return 0.0
        found = self._least(self._multipliers(j).replace(c=step * _column(self.optimum.problem.A, j)))
        if _endless(found):
            return -step * np.inf
        return step * found.objective if found.ok else np.nan

    def _multipliers(self, ignored: int | None) -> LinearProgram:
        """Best multipliers of the rows: signs by what is met, and g - A'y with the signs that the bounds allow."""
        o, m = self.optimum, self.optimum.rows
        low = np.where(o.at_upper, -np.inf, 0.0)  # a multiplier is negative only at an upper limit
        high = np.where(o.at_lower, np.inf, 0.0)
        below, above = o.g - high[m:], o.g - low[m:]
        if ignored is not None:
            below[ignored], above[ignored] = -np.inf, np.inf
        return LinearProgram(
            np.zeros(m), o.problem.A.T, row_lower=below, row_upper=above, lower=low[:m], upper=high[:m]
        )

    def _face(self, multipliers: Array, released: Mask) -> LinearProgram:
        """Feasible points that are complementary to the multipliers; released limits do not count."""
        o, m = self.optimum, self.optimum.rows
        low = np.where((multipliers < 0) & np.isfinite(o.upper), o.upper, o.lower)
        high = np.where((multipliers > 0) & np.isfinite(o.lower), o.lower, o.upper)
        low, high = np.where(released, -np.inf, low), np.where(released, np.inf, high)
        return LinearProgram(
            np.zeros(o.x.size), o.problem.A, row_lower=low[:m], row_upper=high[:m], lower=low[m:], upper=high[m:]
        )

    def _reach(self, k: int, side: str, step: float, multipliers: Array) -> float:
        """Furthest value of limit k at which some complementary point is feasible."""
        o, m = self.optimum, self.optimum.rows
        released = np.arange(o.met.size) == k
        face = self._face(multipliers, released)
        other = {"lower": (-np.inf, o.upper[k]), "upper": (o.lower[k], np.inf), "=": (-np.inf, np.inf)}[side]
        rows, box = ("row_lower", "row_upper"), ("lower", "upper")
        changes: dict[str, Array] = {}
        for name, end in zip(rows if k < m else box, other, strict=True):
            changes[name] = getattr(face, name).copy()
            changes[name][k if k < m else k - m] = end
        found = self._least(face.replace(c=-step * o.normal(k), **changes))
        if _endless(found):
            return step * np.inf
        return -step * found.objective if found.ok else np.nan


def _without_idle_rows(program: LinearProgram) -> LinearProgram:
    """Leave out rows without limits: a solver whose rows all are of that kind finds no direction."""
    limited = np.isfinite(program.row_lower) | np.isfinite(program.row_upper)
    if limited.all():
        return program
    short = {"row_lower": program.row_lower[limited], "row_upper": program.row_upper[limited]}
    return program.replace(A=program.A[limited], **short)


def _endless(found: Solution) -> bool:
    """Whether a face goes on for ever: a checked direction, which may leave limits by rounding (1e-12 of its terms)."""
    direction = found.claim.hints.get("direction")
    if found.certificate.verdict is Verdict.UNBOUNDED or direction is None or found.x is None:
        return found.certificate.verdict is Verdict.UNBOUNDED
    with np.errstate(all="ignore"):
        return recession(Form.of(found.problem), np.asarray(found.x), np.asarray(direction)) is not None


def _column(A: Any, j: int) -> Array:
    return dense(A[:, [j]]).ravel()
