"""Box and rows of a fit in standard form, and what solvers ask of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.result import Array
from thalweg.solvers._highs import least_linear
from thalweg.solvers._program import Answer, Program
from thalweg.solvers._quadratic import least_quadratic
from thalweg.solvers._standard import Standard
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.polish import polished
from thalweg.terms.constraints import Box
from thalweg.terms.matrices import dense
from thalweg.watch import Watch

AROUND = 1e-3  # share of the sizes around a row that its own terms may be smaller than: judges grant as much


class Limits(NamedTuple):
    """lower <= b <= upper and rows on A b, b in scaled columns; the rows keep the user's units."""

    box: Box
    A: Any
    rows: Box
    scale: Array  # of the columns

    @classmethod
    def of(cls, fit: Standard) -> Limits:
        """Scale the columns of A with those of X."""
        A = fit.problem.A
        scaled = A.multiply(fit.scale).tocsc() if is_sparse(A) else A * fit.scale
        return cls(Box(fit.lower, fit.upper), scaled, fit.problem.rows, fit.scale)

    def dense(self) -> Array:
        """A as a dense array."""
        return dense(self.A)

    def sizes(self, b: Array) -> Array:
        """Sizes of the terms of each row, or a thousandth of what they are if all coefficients are as large as one.

        That one is the largest in the user's units, in which judges measure.
        """
        entries = abs(self.A)
        alike = np.abs(b * self.scale).max(initial=0.0) / self.scale
        return np.maximum(entries @ np.abs(b), AROUND * (entries @ alike))

    def violation(self, b: Array) -> float:
        """Largest violation of a row, relative to its limit and the sizes of its terms."""
        activity = self.A @ b
        amount, nearest = self.rows.violation(activity), self.rows.project(activity)
        limit = np.where(amount > 0, np.abs(nearest), 0.0)
        size = limit + self.sizes(b)
        return float(np.where(amount > 0, amount / np.where(size > 0, size, 1.0), 0.0).max(initial=0.0))

    def inside(self, watch: Watch, aim: Tolerance) -> Answer:
        """Return a point that meets all limits, or the ray that shows there is none."""
        return least_linear(Program(None, np.zeros(self.box.lower.size), self.A, *self.rows_and_box), watch, aim)

    def nearest(self, b: Array, watch: Watch, aim: Tolerance) -> Array:
        """Nearest point that meets all limits, on those that hold it exactly; b itself where none is found."""
        program = Program(np.eye(b.size), -b, self.A, *self.rows_and_box)
        answer = least_quadratic(program, Piqp(accuracy=1e-12).interior, watch, aim)
        if answer.x is None or answer.row_dual is None:
            return b
        x, _, _ = polished(program, answer.x, answer.row_dual, watch.child(callback=lambda _: None))
        return program.clipped(x)

    @property
    def rows_and_box(self) -> tuple[Array, Array, Array, Array]:
        """Limits in the order of a program."""
        return self.rows.lower, self.rows.upper, self.box.lower, self.box.upper
