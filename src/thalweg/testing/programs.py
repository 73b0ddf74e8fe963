"""Linear and quadratic programs whose answers are known by construction.

Choose x, the sides of rows and columns that are active there, and multipliers y, z with fitting signs; then
q = A'y + z - P x makes x optimal. All numbers have few bits, so every product and sum is exact in float64 and the
optimum is known exactly.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from thalweg.result import Array, Claim, Index
from thalweg.testing import hostile_programs, hostile_quadratics
from thalweg.testing.exact import ExactProgram, rational
from thalweg.testing.kinds import Case, Kind
from thalweg.testing.rewriting import Written, rewrite, written

CONSTANTS = (0.0, 0.0, 0.0, -3.5, 1024.0, 2.0**40)
SCALES = (1.0, 1.0, 1.0, 2.0**-40, 2.0**20)


class _Sides(NamedTuple):
    """Limits that hold at given values, and multipliers (minimisation sense) that fit them."""

    lower: Array
    upper: Array
    multiplier: Array


def numbers(rng: np.random.Generator, size: Any, fine: bool) -> Array:
    """Small integers, or numbers of 20 bits; some zeros."""
    values = rng.integers(-(2**20), 2**20, size) / 2.0**18 if fine else rng.integers(-4, 5, size).astype(float)
    return values * (rng.random(size) < 0.8)


def sides(rng: np.random.Generator, values: Array, fixed: bool = False) -> _Sides:
    """Choose for each value whether it is free, one-sided, boxed or fixed, and on which side it is active."""
    chosen = [_side(rng, float(value), fixed) for value in values]
    return _Sides(*(np.array([side[k] for side in chosen], dtype=float) for k in range(3)))


def _side(rng: np.random.Generator, value: float, fixed: bool) -> tuple[float, float, float]:
    gap = 2.0 ** rng.integers(-3, 6)
    m = float(rng.integers(0, 17)) / 4  # 0: active, but degenerate
    inf = np.inf
    choices = (
        (-inf, inf, 0.0),
        (value - gap, inf, 0.0),
        (-inf, value + gap, 0.0),
        (value - gap, value + gap, 0.0),
        (value, inf, m),
        (-inf, value, -m),
        (value, value + gap, m),
        (value - gap, value, -m),
        (value, value, m * float(rng.choice([-1, 1]))),
    )
    return choices[-1] if fixed else choices[rng.integers(len(choices))]


def hessian(rng: np.random.Generator, n: int) -> Array:
    """P = F'F of any rank, P diagonal, or P = 0."""
    F = rng.integers(-3, 4, (int(rng.integers(0, n + 2)), n)).astype(float)
    style = rng.integers(4)
    if style == 0:
        return np.diag(rng.integers(0, 4, n).astype(float))
    return F.T @ F + (np.eye(n) if style == 1 else 0.0)


def honest(rng: np.random.Generator, quadratic: bool) -> Case:
    """Make a random small program and its answer: any mixture of rows, boxes, degeneracy, scale, sense and storage."""
    n, m, fine = int(rng.integers(1, 7)), int(rng.integers(0, 7)), bool(rng.random() < 0.5)
    A, x = _with_twins(rng, numbers(rng, (m, n), fine)), numbers(rng, n, False) / 2
    pinned = bool(rng.random() < 0.1)  # one point only: every multiplier proves it, and rounding alone is left
    rows, box = sides(rng, A @ x, pinned), sides(rng, x, pinned)
    P = hessian(rng, n) if quadratic else np.zeros((n, n))
    scale = rng.choice(SCALES)
    q = (A.T @ rows.multiplier + box.multiplier - P @ x) * scale
    program = Written(
        P * scale, q, A, rows.lower, rows.upper, box.lower, box.upper, float(rng.choice(CONSTANTS)), False
    )
    plain = True
    if rng.random() < 0.2:
        program, x, plain = *_cancelled(program, x, scale * float(rng.choice([0.0, 2.0**-40, 1.0]))), False
    dual = rows.multiplier * scale
    if rng.random() < 0.5:
        program = program.in_other_sense()
        dual = -dual
    claim = Claim({"x": x}, {"row_dual": dual}, by="construction")
    return known(program.problem(quadratic, sparse=bool(rng.random() < 0.3)), claim, plain)


def known(problem: Any, claim: Claim, plain: bool = True) -> Case:
    """Case of a program whose claim is its answer."""
    measure = ExactProgram(problem, claim.values["x"])
    truth = measure(claim.values, 0.0)
    small = abs(truth.objective - Fraction(problem.constant)) <= truth.noise * 10**9
    return Case(problem, claim, truth.objective, measure, plain and not small)


def _with_twins(rng: np.random.Generator, A: Array) -> Array:
    """Now and then two equal rows, two equal columns, an empty row or column."""
    m, n = A.shape
    if m > 1 and rng.random() < 0.3:
        A[-1] = A[0] * rng.choice([-1.0, 1.0, 2.0])
    if n > 1 and rng.random() < 0.3:
        A[:, -1] = A[:, 0]
    if rng.random() < 0.15:
        A[:, rng.integers(n)] = 0.0
    if m and rng.random() < 0.15:
        A[rng.integers(m)] = 0.0
    return A


def _cancelled(program: Written, x: Array, optimum: float) -> tuple[Written, Array]:
    """Append a column fixed at 1 whose cost brings the optimum (without constant) to the given number."""
    e = rational(program.q) @ rational(x) + (rational(program.P) @ rational(x)) @ rational(x) / 2
    cost = float(Fraction(optimum) - e)
    n = x.size
    P = np.zeros((n + 1, n + 1))
    P[:n, :n] = program.P
    wider = program._replace(
        P=P,
        q=np.append(program.q, cost),
        A=np.hstack([program.A, np.zeros((program.A.shape[0], 1))]),
        lower=np.append(program.lower, 1.0),
        upper=np.append(program.upper, 1.0),
    )
    return wider, np.append(x, 1.0)


def hint_sizes(problem: Any) -> dict[str, int]:
    """Return the hints that judges of programs read."""
    m, n = problem.shape
    return {"row_dual": m, "ray": m, "direction": n}


# --- the same program, written differently -------------------------------------------------------------------------


def scaled(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Rows, columns and objective times powers of two."""
    return in_units(problem, claim, *units(rng, problem))


def units(rng: np.random.Generator, problem: Any) -> tuple[Array, Array, float]:
    """Powers of two for the rows, the columns and the objective."""
    m, n = problem.shape
    reach = int(rng.choice([3, 12, 30]))
    r, c = 2.0 ** rng.integers(-reach, reach + 1, m), 2.0 ** rng.integers(-reach, reach + 1, n)
    return r, c, float(2.0 ** rng.integers(-reach, reach + 1))


def in_units(problem: Any, claim: Claim, r: Array, c: Array, s: float) -> tuple[Any, Claim]:
    """Rows times r, columns times c, and the objective times s."""
    w = written(problem)
    other = w._replace(
        P=w.P * np.outer(c, c) * s,
        q=w.q * c * s,
        A=r[:, None] * w.A * c,
        row_lower=w.row_lower * r,
        row_upper=w.row_upper * r,
        lower=w.lower / c,
        upper=w.upper / c,
        constant=w.constant * s,
    )
    moves = {
        "x": lambda x: x / c,
        "row_dual": lambda y: y * s / r,
        "ray": lambda y: y / r,
        "direction": lambda d: d / c,
    }
    return other.like(problem), rewrite(claim, moves)


def permuted(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Rows and columns in another order."""
    m, n = problem.shape
    return ordered(problem, claim, rng.permutation(m), rng.permutation(n))


def ordered(problem: Any, claim: Claim, i: Index, j: Index) -> tuple[Any, Claim]:
    """Rows in the order i, columns in the order j."""
    w = written(problem)
    other = w._replace(
        P=w.P[np.ix_(j, j)],
        q=w.q[j],
        A=w.A[np.ix_(i, j)],
        row_lower=w.row_lower[i],
        row_upper=w.row_upper[i],
        lower=w.lower[j],
        upper=w.upper[j],
    )
    moves = {"x": lambda x: x[j], "row_dual": lambda y: y[i], "ray": lambda y: y[i], "direction": lambda d: d[j]}
    return other.like(problem), rewrite(claim, moves)


def other_sense(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Maximise the negative objective instead; a ray speaks of the rows alone and stays."""
    return written(problem).in_other_sense().like(problem), rewrite(claim, {"row_dual": lambda y: -y})


def turned(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Some rows times -1, with their limits exchanged."""
    w, (m, _) = written(problem), problem.shape
    s = rng.choice([-1.0, 1.0], m)
    lower, upper = np.where(s > 0, w.row_lower, -w.row_upper), np.where(s > 0, w.row_upper, -w.row_lower)
    other = w._replace(A=s[:, None] * w.A, row_lower=lower, row_upper=upper)
    return other.like(problem), rewrite(claim, {"row_dual": lambda y: s * y, "ray": lambda y: s * y})


def shifted(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Another constant, which no gap may be relative to."""
    w = written(problem)
    return w._replace(constant=w.constant + float(rng.choice([-7.0, 64.0, 2.0**20]))).like(problem), claim


def with_free_row(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """One more row, without limits."""
    w, (_, n) = written(problem), problem.shape
    other = w._replace(
        A=np.vstack([w.A, rng.integers(-4, 5, (1, n))]),
        row_lower=np.append(w.row_lower, -np.inf),
        row_upper=np.append(w.row_upper, np.inf),
    )
    return other.like(problem), rewrite(
        claim, {"row_dual": lambda y: np.append(y, 0.0), "ray": lambda y: np.append(y, 0.0)}
    )


DISGUISES = {
    "powers of two": scaled,
    "permutation": permuted,
    "other sense": other_sense,
    "rows times -1": turned,
    "constant": shifted,
}
LONGER = {"free row": with_free_row}
LINEAR = Kind("LinearProgram", partial(honest, quadratic=False), hostile_programs.linear, hint_sizes, DISGUISES, LONGER)
QUADRATIC = replace(
    LINEAR, name="QuadraticProgram", honest=partial(honest, quadratic=True), hostile=hostile_quadratics.quadratic
)
