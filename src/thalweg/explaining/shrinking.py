"""Shrink a contradiction until no row can be left out.

The support of a checked Farkas ray is a contradiction already (Gleeson & Ryan 1990). A deletion filter (Chinneck &
Dravnieks 1991) makes it minimal: each row is left out in turn; if the rest has a checked ray, the support of that is
all that is kept, and if it has a point, the row is needed. All bounds stay until the end: a row that is needed beside
all of them is needed beside a few.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.explaining.sides import Sides
from thalweg.front import solve
from thalweg.judges import judge
from thalweg.problems.linear import LinearProgram
from thalweg.result import Array, Claim, Mask, Stop
from thalweg.solvers.simplex import Simplex
from thalweg.watch import Watch

STRICT = Tolerance(feasibility=1e-12)  # a point shows that a row is needed only if it meets the others to rounding
BOTH = "lower", "upper"
LEFTOVER = 1e-9  # a sum of weighted rows below this share of its terms is 0 but for rounding


class Shrinking:
    """The smallest contradiction so far: sides of rows, and a ray that proves it; rows known to be needed."""

    def __init__(self, problem: LinearProgram, ray: Array, watch: Watch) -> None:
        self.problem, self.watch = problem, watch
        m, n = problem.shape
        self.all_bounds: Mask = np.ones(n, dtype=bool)
        self.needed: Mask = np.zeros(m, dtype=bool)
        self.open: Mask = np.ones(m, dtype=bool)  # rows that were not left out yet
        limits = (problem.row_lower, problem.row_upper, problem.lower, problem.upper)
        self.given = Sides(*(np.isfinite(side) for side in limits)), ray
        self.sides, self.ray = self.given
        self._settle(*self.given)

    def run(self) -> None:
        """Leave out the lightest row of those left, until all are needed or time is up."""
        while self.watch.stop is None:
            rows = self.sides.rows
            rows = rows[self.open[rows]]
            if not rows.size:
                return
            i = int(rows[np.argmin(np.abs(self.ray[rows]))])
            self.open[i] = False
            self._leave_out(i)

    def result(self) -> tuple[Sides, Certificate]:
        """Return rows and bounds with the judge's proof that they contradict each other."""
        leans = Sides.of_ray(self.problem, self.ray, LEFTOVER)
        sides = Sides(self.sides.row_lower, self.sides.row_upper, leans.lower, leans.upper)
        for ray in self._rays(sides):
            proof = _proof(sides.program(self.problem), ray[sides.rows])
            if proof is not None:
                return sides, proof
        sides = self._fewer_bounds(leans)
        proof = _proof(sides.program(self.problem), self.ray[sides.rows])
        if proof is not None:
            return sides, proof
        self.needed[:] = False  # known beside fewer limits only
        sides, ray = self.given
        return sides, judge(sides.program(self.problem), Claim({}, {"ray": ray[sides.rows]}), Tolerance())

    def _rays(self, sides: Sides) -> Iterator[Array]:
        yield self.ray
        fresh = self._solved(sides)
        if fresh is not None and fresh.verdict is Verdict.INFEASIBLE:
            yield self._spread(fresh.facts["ray"], sides)

    def _fewer_bounds(self, leans: Sides) -> Sides:
        """Leave out bounds, half of them at a time, then fewer, that the judge does not need to excuse rounding."""
        rows = self.sides.rows
        touched = np.asarray(abs(self.problem.A[rows]).sum(axis=0)).ravel() > 0
        kept = {side: np.isfinite(getattr(self.problem, side)) & touched for side in BOTH}
        spare = [(side, j) for side in BOTH for j in np.flatnonzero(kept[side] & ~getattr(leans, side)).tolist()]
        size = len(spare)
        while size and self.watch.stop is None:
            for start in range(0, len(spare), size):
                fewer = {side: mask.copy() for side, mask in kept.items()}
                for side, j in spare[start : start + size]:
                    fewer[side][j] = False
                sides = Sides(self.sides.row_lower, self.sides.row_upper, **fewer)
                if _proof(sides.program(self.problem), self.ray[rows]) is not None:
                    kept = fewer
            spare = [(side, j) for side, j in spare if kept[side][j]]
            size = min(size // 2, len(spare))
        return Sides(self.sides.row_lower, self.sides.row_upper, **kept)

    def _leave_out(self, i: int) -> None:
        rest = self.sides.without_row(i)
        found = self._solved(rest)
        if found is None:
            return
        if found.verdict is Verdict.INFEASIBLE:
            self._settle(rest, self._spread(found.facts["ray"], rest))
        elif found.ok:
            self.needed[i] = True

    def _settle(self, sides: Sides, ray: Array) -> None:
        """Keep what the ray leans on, if that is a contradiction by itself, else all of ``sides``."""
        self.sides, self.ray = sides, ray
        leans = Sides.of_ray(self.problem, ray, LEFTOVER)
        support = Sides(leans.row_lower, leans.row_upper, self.all_bounds, self.all_bounds)
        if _proof(support.program(self.problem), ray[support.rows]) is not None:
            self.sides = support
            return
        found = self._solved(support)
        if found is not None and found.verdict is Verdict.INFEASIBLE:
            self.sides, self.ray = support, self._spread(found.facts["ray"], support)

    def _solved(self, sides: Sides) -> Certificate | None:
        """What a solver finds out about these limits: a checked ray, a point, or neither; None if time is up."""
        if self.watch.stop is not None:
            return None
        program = sides.program(self.problem)
        used = np.flatnonzero(np.asarray(abs(program.A).sum(axis=0)).ravel())  # the others take what their bounds allow
        if used.size < program.shape[1] and used.size:
            names = None if program.names is None else [program.names[j] for j in used]
            short = {"lower": program.lower[used], "upper": program.upper[used], "names": names}
            program = program.replace(c=program.c[used], A=program.A[:, used], **short)
        found = solve(program, Simplex(), tol=STRICT, time_limit=self.watch.time_limit)
        if not found.certificate.conclusive and self.watch.stop is None:  # other solvers have other rays
            found = solve(program, tol=STRICT, time_limit=self.watch.time_limit)
        if found.stop is Stop.INTERRUPTED:
            self.watch.interrupt()
        return found.certificate

    def _spread(self, ray: Array, sides: Sides) -> Array:
        """A ray for the rows of ``sides`` as one for all rows."""
        spread = np.zeros(self.problem.shape[0])
        spread[sides.rows] = ray
        return spread


def _proof(program: LinearProgram, ray: Array) -> Certificate | None:
    """The judge's certificate if the ray proves the program infeasible."""
    found = judge(program, Claim({}, {"ray": ray}), Tolerance())
    return found if found.verdict is Verdict.INFEASIBLE else None
