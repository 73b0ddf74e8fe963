"""Exact measurements of claimed points: rational arithmetic for programs, 27 decimals for logarithms.

Nothing here is shared with the judges. A float64 is a rational number, so violations and objectives of programs and
of squared losses are computed without any rounding; the logistic loss is evaluated in decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg.terms.rounding import UNIT

DIGITS = Context(prec=40, Emin=-999999, Emax=999999)


@dataclass(frozen=True)
class Truth:
    """What is true of a claimed point.

    Attributes
    ----------
    feasible : bool
        Every limit holds within the tolerance: relative to the row's own terms, or to a point of the answer's size.
    objective : Fraction
        In the user's sense, constant included.
    noise : Fraction
        What one float64 evaluation of the objective without its constant may lose.
    """

    feasible: bool
    objective: Fraction
    noise: Fraction


def rational(array: Any) -> Any:
    """Array of Fractions, exactly equal to the floats."""
    dense = np.asarray(array.todense() if hasattr(array, "todense") else array, dtype=float)
    flat = np.empty(dense.size, dtype=object)
    flat[:] = [Fraction(v) for v in dense.ravel().tolist()]
    return flat.reshape(dense.shape)


class ExactLimits:
    """Rows A x within limits; a known answer, or 1 if that is larger, says what is small."""

    def __init__(self, A: Any, lower: Any, upper: Any, answer: Any) -> None:
        self.A, self.size = rational(A), max([Fraction(1), *abs(rational(answer))])
        self.lower, self.upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)

    def hold(self, x: Any, feasibility: float) -> bool:
        """Every violation is at most feasibility * (|limit| + size of the row's terms, here or at the answer)."""
        tolerance = Fraction(feasibility) + 4 * (x.size + 4) * Fraction(UNIT)  # the judge may round its sums
        for i, row in enumerate(self.A):
            value = sum(row * x, Fraction(0))
            terms = sum(abs(row * x), Fraction(0))
            scale = terms + max(abs(row), default=Fraction(0)) * self.size
            for limit, outside in ((self.lower[i], -1), (self.upper[i], 1)):
                if not np.isfinite(limit):
                    continue
                exact = Fraction(float(limit))
                if (value - exact) * outside > tolerance * (abs(exact) + scale):
                    return False
        return True


class ExactProgram:
    """Measures points of a linear or quadratic program whose answer is known.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.testing.exact import ExactProgram
    >>> measure = ExactProgram(tw.LinearProgram([0.1], lower=1), [1.0])
    >>> measure({"x": [3.0]}, 1e-9).objective == 3 * measure({"x": [1.0]}, 1e-9).objective
    True
    """

    def __init__(self, problem: Any, answer: Any) -> None:
        self.q = rational(problem.q)
        self.P = None if problem.P is None else rational(problem.P)
        self.constant = Fraction(problem.constant)
        self.rows = ExactLimits(problem.A, problem.row_lower, problem.row_upper, answer)
        self.box = ExactLimits(np.eye(problem.q.size), problem.lower, problem.upper, answer)

    def __call__(self, values: Mapping[str, Any], feasibility: float) -> Truth:
        """Measure a finite point of the right shape."""
        x = rational(values["x"])
        parts = list(self.q * x)
        if self.P is not None:
            parts += list((self.P * x[:, None] * x[None, :] / 2).ravel())
        feasible = self.rows.hold(x, feasibility) and self.box.hold(x, feasibility)
        return Truth(feasible, sum(parts, self.constant), rounding(parts, len(parts) + 4))


class ExactFit:
    """Measures coefficients of a fit whose answer is known."""

    def __init__(self, problem: Any, answer: Mapping[str, Any]) -> None:
        coef = answer["coef"]
        self.logistic, self.intercept = problem.loss.name == "logistic", problem.intercept
        self.X, self.y, self.weights = rational(problem.X.X), rational(problem.y), rational(problem.weights)
        self.offset, self.l1, self.l2 = rational(problem.offset), rational(problem.l1), rational(problem.l2)
        self.rows = ExactLimits(problem.A, problem.row_lower, problem.row_upper, coef)
        self.box = ExactLimits(np.eye(len(coef)), problem.lower, problem.upper, coef)

    def __call__(self, values: Mapping[str, Any], feasibility: float) -> Truth:
        """Measure finite coefficients of the right shape; an intercept where none is fitted is not feasible."""
        b = rational(values["coef"])
        b0 = Fraction(float(np.asarray(values.get("intercept", 0.0)).reshape(())))
        eta = (self.X * b[None, :]).sum(axis=1) + b0 + self.offset
        size = (abs(self.X) * abs(b)[None, :]).sum(axis=1) + abs(b0) + abs(self.offset) + abs(self.y)
        loss = [self.weights[i] * self._loss(eta[i], self.y[i]) for i in range(eta.size)]
        parts = [*loss, *(self.l1 * abs(b)), *(self.l2 * b * b / 2)]
        slope = [w * (1 if self.logistic else abs(e - y)) for w, e, y in zip(self.weights, eta, self.y, strict=True)]
        moved = [s * r for s, r in zip(slope, size, strict=True)]  # rounding of eta, first order
        feasible = self.rows.hold(b, feasibility) and self.box.hold(b, feasibility) and (self.intercept or b0 == 0)
        entropy = [w for w, y in zip(self.weights, self.y, strict=True) if self.logistic and 0 < y < 1]
        noise = rounding(parts + entropy, len(parts) + 8) + rounding(moved, b.size + 8)
        return Truth(feasible, sum(parts, Fraction(0)), noise + self._second_order(size, b.size))

    def _second_order(self, size: Any, p: int) -> Fraction:
        """Rounding of eta, second order: what a perfect fit of the squared loss is left with."""
        lost = [Fraction(UNIT) * (p + 8) * r for r in size]
        return sum((w * d * d for w, d in zip(self.weights, lost, strict=True)), Fraction(0))

    def _loss(self, eta: Fraction, y: Fraction) -> Fraction:
        if not self.logistic:
            return (eta - y) ** 2 / 2
        return y * softplus(-eta) + (1 - y) * softplus(eta) - entropy(y)


def rounding(parts: list[Fraction], depth: int) -> Fraction:
    """Bound u * depth * sum of |parts| on the error of a float64 sum of products."""
    return Fraction(UNIT) * depth * sum((abs(part) for part in parts), Fraction(0))


def decimal(value: Fraction) -> Decimal:
    """Round to forty digits."""
    return DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def softplus(eta: Fraction) -> Fraction:
    """log(1 + exp(eta)) to 27 digits relative, at both ends; exp(-10000) counts as 0."""
    if abs(eta) > 10_000:
        return max(eta, Fraction(0))
    e = DIGITS.exp(decimal(-abs(eta)))
    small = e < Decimal("1e-12")  # then log(1 + e) = e - e^2/2 + e^3/3 to beyond 27 digits
    log = e - e * e / 2 + e * e * e / 3 if small else DIGITS.ln(DIGITS.add(Decimal(1), e))
    return max(eta, Fraction(0)) + Fraction(log)


def entropy(y: Fraction) -> Fraction:
    """-y log y - (1 - y) log(1 - y), 0 at both ends."""
    return -sum((p * Fraction(DIGITS.ln(decimal(p))) for p in (y, 1 - y) if p > 0), Fraction(0))
