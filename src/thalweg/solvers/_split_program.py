"""The quadratic model of a fit with l1 penalties, box and rows, as a quadratic program without kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.result import Array, Stop
from thalweg.solvers._program import Answer, Program
from thalweg.solvers._quadratic import least_quadratic
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._signed_quadratic import SignedQuadratic
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.polish import Base, polished
from thalweg.terms.constraints import Box
from thalweg.terms.matrices import beside
from thalweg.watch import Watch

FLAT = 1e-8  # a least squared pivot of the matrix with unit diagonal below this
PRICES = 30  # rounds of the method of multipliers
WEIGHT = 10.0  # of its rows, of length 1, beside the largest curvature
MET = 1e-14  # share of its own terms by which a row may be missed then


class SplitProgram:
    """Least d'G d / 2 + slopes'd + sum l1 |b + d| over a box and rows of b + d, where b is the point reached.

    Steps d keep the digits of the slopes, which are small near the end; a program in b + d would bury them under G b.
    The coefficients whose penalised sign is open are split: b = b+ - b- with |b| = b+ + b-; the others stay as they
    are.
    """

    def __init__(self, G: Array, slopes: Array, l1: Array, limits: Limits, b: Array) -> None:
        box = limits.box
        self.open = np.flatnonzero((l1 > 0) & (box.lower < 0) & (box.upper > 0))
        self.G, self.slopes, self.l1, self.limits, self.b = G, slopes, l1, limits, b
        self.activity, k = limits.A @ b, self.open
        lower, price = box.lower.copy(), np.where(box.upper <= 0, -l1, l1)
        lower[k] = 0.0
        self.box = Box(np.append(lower, np.zeros(k.size)), np.append(box.upper, -box.lower[k]))
        self.origin = self._split(b)
        self.program = Program(
            np.block([[G, -G[:, k]], [-G[k], G[np.ix_(k, k)]]]) if k.size else G,
            np.append(price + slopes, (l1 - slopes)[k]),
            _beside(limits.A, k),
            limits.rows.lower - self.activity,
            limits.rows.upper - self.activity,
            self.box.lower - self.origin,
            self.box.upper - self.origin,
        )

    def interior(self, watch: Watch, aim: Tolerance) -> Answer:
        """Solve from nothing; rows that no point meets come with their ray."""
        answer = least_quadratic(self.program, Piqp(accuracy=1e-12).interior, watch, aim)
        if answer.x is None or answer.stop is Stop.INFEASIBLE:
            return answer
        y = np.zeros(self.program.row_lower.size) if answer.row_dual is None else answer.row_dual
        return answer._replace(x=self._joined(answer.x), row_dual=y)  # a program taken for unbounded comes without

    def polished(self, b: Array, y: Array, size: float, watch: Watch) -> tuple[Answer, float]:
        """Solve from a point and row duals near the answer, and say how far the result is from a proof.

        The answer's direction is the step: it has digits that the point cannot hold.
        """
        base = Base(self.origin, size)
        x, y, merit = polished(self.program, self._split(b) - self.origin, y, watch, base)
        step = x[: b.size].copy()
        step[self.open] -= x[b.size :]
        return Answer(Stop.CONVERGED, self._joined(x), y, direction=step), merit

    def _split(self, b: Array) -> Array:
        """b+ and, after all coefficients, b-."""
        x = np.append(b, np.maximum(-b[self.open], 0.0))
        x[self.open] = np.maximum(b[self.open], 0.0)
        return x

    def _joined(self, step: Array) -> Array:
        """Coefficients after a step; one that ends at a limit ends there exactly."""
        low, high, ends = self.box.lower, self.box.upper, self.program
        x = np.where(step <= ends.lower, low, np.where(step >= ends.upper, high, self.origin + step))
        x = self.box.project(x)
        b = x[: self.b.size]
        b[self.open] -= x[self.b.size :]
        return b

    @property
    def flat(self) -> bool:
        """Whether columns of G nearly depend on each other: then interior points may end far from the minimiser."""
        sizes = np.sqrt(np.diag(self.G))
        kept = sizes > 0
        try:
            factor = np.linalg.cholesky(self.G[np.ix_(kept, kept)] / np.outer(sizes[kept], sizes[kept]))
        except np.linalg.LinAlgError:
            return True
        return bool(np.diag(factor).min(initial=1.0) ** 2 < FLAT)

    def value(self, b: Array) -> float:
        """Change of the objective, as the model has it."""
        d, l1 = b - self.b, self.l1
        return float(0.5 * d @ (self.G @ d) + self.slopes @ d + l1 @ (np.abs(b) - np.abs(self.b)))

    def by_multipliers(self, y: Array, watch: Watch) -> Answer:
        """Solve by the method of multipliers: A b = s with s in the box of the rows, at a price y.

        Each round is a program without rows, for which coordinate descent and linear algebra find the signs and the
        limits however flat G is.
        """
        A, rows, n = self.limits.dense(), self.limits.rows, self.b.size
        size = np.linalg.norm(A, axis=1)
        size = np.where(size > 0, size, 1.0)
        A, lower, upper, y = A / size[:, None], rows.lower / size, rows.upper / size, y * size
        weight = WEIGHT * float(np.diag(self.G).max())
        G = np.block([[self.G + weight * A.T @ A, -weight * A.T], [-weight * A, weight * np.eye(y.size)]])
        l1, box = np.append(self.l1, np.zeros(y.size)), self.limits.box
        ends = np.append(box.lower, lower), np.append(box.upper, upper)
        x = np.append(self.b, np.clip(A @ self.b, lower, upper))
        for _ in range(PRICES if y.size else 1):
            c = np.append(self.G @ self.b - self.slopes + A.T @ y, -y)
            x = SignedQuadratic(G, c, l1, *ends).minimise(x, watch)
            off = A @ x[:n] - x[n:]
            y = y - weight * off
            if not (np.abs(off) > MET * (np.abs(A) @ np.abs(x[:n]))).any() or watch.stop is not None:
                break
        return Answer(Stop.CONVERGED, x[:n], y / size)


def _beside(A: Any, columns: Array) -> Any:
    """[A, -A of some columns]."""
    return beside([A, -A[:, columns]]) if columns.size else A
