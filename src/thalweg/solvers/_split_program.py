"""Least x'G x / 2 - c'x + sum l1 |x| over a box and rows, as a quadratic program without kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.result import Array, Stop
from thalweg.solvers._highs import Answer
from thalweg.solvers._program import Program, power_of_two
from thalweg.solvers._quadratic import least
from thalweg.solvers._row_limits import Limits
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.polish import polished
from thalweg.watch import Watch

CHANGES = 50  # of the signs


class SplitProgram:
    """b = b+ - b- with |b| = b+ + b- for the coefficients whose penalised sign is open; the others stay as they are."""

    def __init__(self, G: Array, c: Array, l1: Array, limits: Limits) -> None:
        box = limits.box
        self.open = np.flatnonzero((l1 > 0) & (box.lower < 0) & (box.upper > 0))
        self.G, self.c, self.l1, self.limits = G, c, l1, limits
        self.size, k = c.size, self.open
        lower, slope = box.lower.copy(), np.where(box.upper <= 0, -l1, l1)
        lower[k] = 0.0
        self.program = Program(
            np.block([[G, -G[:, k]], [-G[k], G[np.ix_(k, k)]]]) if k.size else G,
            np.concatenate([slope - c, (l1 + c)[k]]),
            _beside(limits.A, k),
            limits.rows.lower,
            limits.rows.upper,
            np.concatenate([lower, np.zeros(k.size)]),
            np.concatenate([box.upper, -box.lower[k]]),
        )

    def interior(self, watch: Watch, aim: Tolerance) -> Answer:
        """Solve from nothing; rows that no point meets come with their ray."""
        try:
            answer = least(self.program, Piqp().interior, watch, aim)
        except Exception as error:  # a backend's failure is part of the story, not its end
            return Answer(Stop.FAILED, message=f"PIQP failed: {error}")
        if answer.x is None or answer.stop is Stop.INFEASIBLE:
            return answer
        y = np.zeros(self.program.row_lower.size) if answer.row_dual is None else answer.row_dual
        return answer._replace(x=self._joined(answer.x), row_dual=y)  # a program taken for unbounded comes without

    def polished(self, b: Array, y: Array, watch: Watch) -> tuple[Answer, float]:
        """Solve from a point and row duals near the answer, and say how far the result is from a proof."""
        start = np.concatenate([b, np.maximum(-b[self.open], 0.0)])
        start[self.open] = np.maximum(b[self.open], 0.0)
        x, y, merit = polished(self.program, start, y, watch)
        return Answer(Stop.CONVERGED, self._joined(x), y), merit

    def by_signs(self, watch: Watch, aim: Tolerance) -> Answer:
        """Solve with the signs held, first without l1, then those found so; a 0 that the slope pulls across changes.

        b+ and b- of one coefficient are dependent columns. Where columns of G nearly depend on each other, too, PIQP
        takes the split program for unbounded; with signs held there is no pair. Each change can only lead down.
        """
        signs = np.zeros(self.open.size)
        answer, slope = self._with_signs(signs, watch, aim)
        for _ in range(CHANGES):
            if answer.x is None or answer.row_dual is None or watch.stop is not None:
                break
            x, pull = answer.x[self.open], slope[self.open]
            held = np.where(signs * pull > self.l1[self.open], -signs, np.where(signs == 0, -np.sign(pull), signs))
            changed = np.where(x == 0, np.where(held == 0, 1.0, held), np.sign(x))
            if (changed == signs).all():
                break
            signs = changed
            answer, slope = self._with_signs(signs, watch, aim)
        return answer

    def _with_signs(self, signs: Array, watch: Watch, aim: Tolerance) -> tuple[Answer, Array]:
        """Solve without a kink, in units in which slopes have size 1; with the slopes that rows leave, without l1's."""
        box, k = self.limits.box, self.open
        lower, upper = box.lower.copy(), box.upper.copy()
        lower[k], upper[k] = np.where(signs > 0, 0.0, lower[k]), np.where(signs < 0, 0.0, upper[k])
        slope = np.where(box.upper <= 0, -self.l1, self.l1)
        slope[k] = signs * self.l1[k]
        size = float(np.abs(self.c).max(initial=0.0))
        unit = float(power_of_two(size)) if size > 0 else 1.0
        ends = (self.limits.rows.lower / unit, self.limits.rows.upper / unit, lower / unit, upper / unit)
        program = Program(self.G, (slope - self.c) / unit, self.limits.A, *ends)
        try:
            answer = least(program, Piqp().interior, watch, aim)
        except Exception as error:  # a backend's failure is part of the story, not its end
            return Answer(Stop.FAILED, message=f"PIQP failed: {error}"), self.c
        if answer.x is None:
            return answer, self.c
        y = np.zeros(ends[0].size) if answer.row_dual is None else answer.row_dual
        x, y, _ = polished(program, answer.x, y, watch.child(callback=lambda _: None))
        b, y = unit * program.clipped(x), unit * y
        return answer._replace(x=b, row_dual=y), self.G @ b - self.c - self.limits.A.T @ y

    def _joined(self, x: Array) -> Array:
        x = self.program.clipped(x)
        b = x[: self.size].copy()
        b[self.open] -= x[self.size :]
        return b


def _beside(A: Any, columns: Array) -> Any:
    """[A, -A of some columns]."""
    if not columns.size:
        return A
    if not is_sparse(A):
        return np.hstack([A, -A[:, columns]])
    from scipy import sparse

    return sparse.hstack([A, -A[:, columns]], format="csc")
