"""Least x'G x / 2 - c'x + sum l1 |x| over a box and rows, as a quadratic program without kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.result import Array, Stop
from thalweg.solvers._highs import Answer
from thalweg.solvers._program import Program
from thalweg.solvers._quadratic import least
from thalweg.solvers._row_limits import Limits
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.polish import polished
from thalweg.watch import Watch


class SplitProgram:
    """b = b+ - b- with |b| = b+ + b- for the coefficients whose penalised sign is open; the others stay as they are."""

    def __init__(self, G: Array, c: Array, l1: Array, limits: Limits) -> None:
        box = limits.box
        self.open = np.flatnonzero((l1 > 0) & (box.lower < 0) & (box.upper > 0))
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
