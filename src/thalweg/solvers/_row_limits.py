"""Box and rows of a fit in standard form, and what solvers ask of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.result import Array, Stop
from thalweg.solvers._highs import least
from thalweg.solvers._program import Program
from thalweg.solvers._quadratic import least as least_quadratic
from thalweg.solvers._standard import Standard
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.polish import polished
from thalweg.terms.constraints import Box
from thalweg.watch import Watch

AROUND = 1e-3  # share of the sizes around a row that its own terms may be smaller than: judges grant as much


class Limits(NamedTuple):
    """lower <= b <= upper and rows on A b, b in scaled columns; the rows keep the user's units."""

    box: Box
    A: Any
    rows: Box

    @classmethod
    def of(cls, fit: Standard) -> Limits:
        """Scale the columns of A with those of X."""
        A = fit.problem.A
        scaled = A.multiply(fit.scale).tocsc() if is_sparse(A) else A * fit.scale
        return cls(Box(fit.lower, fit.upper), scaled, fit.problem.rows)

    def dense(self) -> Array:
        """A as a dense array."""
        return np.asarray(self.A.todense() if is_sparse(self.A) else self.A)

    def sizes(self, b: Array) -> Array:
        """Sizes of the terms of each row, or a thousandth of the largest ones that such coefficients can have."""
        entries = abs(self.A)
        return np.maximum(entries @ np.abs(b), AROUND * (entries @ np.full(b.size, np.abs(b).max(initial=0.0))))

    def violation(self, b: Array) -> float:
        """Largest violation of a row, relative to its limit and the sizes of its terms."""
        activity = self.A @ b
        below, above = self.rows.lower - activity, activity - self.rows.upper
        amount = np.maximum(np.maximum(below, above), 0.0)
        limit = np.where(below > 0, np.abs(self.rows.lower), np.where(above > 0, np.abs(self.rows.upper), 0.0))
        size = limit + self.sizes(b)
        return float(np.where(amount > 0, amount / np.where(size > 0, size, 1.0), 0.0).max(initial=0.0))

    def ray(self, watch: Watch, aim: Tolerance) -> Array | None:
        """Row weights that show that no coefficients meet all limits; None if some do."""
        empty = Program(None, np.zeros(self.box.lower.size), self.A, *self.rows_and_box)
        answer = least(empty, watch, aim)
        return answer.ray if answer.stop is Stop.INFEASIBLE else None

    def nearest(self, b: Array, watch: Watch, aim: Tolerance) -> Array:
        """Nearest point that meets all limits, on those that hold it exactly; b itself where none is found."""
        program = Program(np.eye(b.size), -b, self.A, *self.rows_and_box)
        try:
            answer = least_quadratic(program, Piqp().interior, watch, aim)
        except Exception:  # a backend's failure leaves things as they are
            return b
        if answer.x is None or answer.row_dual is None:
            return b
        x, _, _ = polished(program, answer.x, answer.row_dual, watch.child(callback=lambda _: None))
        return program.clipped(x)

    @property
    def rows_and_box(self) -> tuple[Array, Array, Array, Array]:
        """Limits in the order of a program."""
        return self.rows.lower, self.rows.upper, self.box.lower, self.box.upper
