"""Mixed-integer programs whose answers are known: by construction of the relaxation, or by trying every point.

A relaxation whose answer is whole by construction is the answer over whole numbers as well, with a proof. Where the two
differ, every whole point of a small box is tried in exact arithmetic, and one continuous variable beside them takes
the better end of the interval that they leave it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.result import SOLVER_BOUND, Array, Claim, Mask
from thalweg.testing import hostile_programs, programs
from thalweg.testing.exact import ExactProgram, Truth, rational
from thalweg.testing.hostile_programs import INF, point, program
from thalweg.testing.kinds import NOT_OK, Case, Disguise, Hostile, Kind, Number
from thalweg.testing.rewriting import Written


class ExactMixed:
    """Measures points of a mixed-integer program: those of its relaxation, and whether they are whole."""

    def __init__(self, problem: MixedIntegerProgram, answer: Any) -> None:
        self.relaxation, self.integer = ExactProgram(problem, answer), problem.integer

    def __call__(self, values: Mapping[str, Any], feasibility: float) -> Truth:
        """Measure a finite point of the right shape."""
        truth = self.relaxation(values, feasibility)
        x = np.asarray(values["x"], dtype=float)[self.integer]
        whole = bool((np.abs(x - np.rint(x)) <= feasibility).all())
        return dataclasses.replace(truth, feasible=truth.feasible and whole)


def mixed(linear: LinearProgram, integer: Mask | bool) -> MixedIntegerProgram:
    """Return a linear program with some of its variables whole."""
    fields = {field.name: getattr(linear, field.name) for field in dataclasses.fields(linear)}
    return MixedIntegerProgram(**fields, integer=integer)


def honest(rng: np.random.Generator) -> Case:
    """Make a linear program with its answer, where some of the variables that are whole there must be."""
    case = programs.honest(rng, quadratic=False)
    x = np.asarray(case.claim.values["x"])
    problem = mixed(case.problem, (x == np.rint(x)) & (rng.random(x.size) < 0.8))
    return dataclasses.replace(case, problem=problem, measure=ExactMixed(problem, x))


def enumerated(rng: np.random.Generator) -> Case:
    """Make a small program that is solved by trying every point; what its relaxation proves may fall short."""
    while True:
        n, m, fine = int(rng.integers(1, 4)), int(rng.integers(1, 4)), bool(rng.random() < 0.3)
        integer = np.ones(n, dtype=bool)
        integer[-1] = n == 1 or rng.random() < 0.7
        A, q = programs.numbers(rng, (m, n), fine), programs.numbers(rng, n, fine)
        width = rng.integers(1, 12, m).astype(float)
        low = np.where(rng.random(m) < 0.5, -np.inf, np.rint(A.sum(axis=1)) - width)
        box = rng.integers(-2, 1, n).astype(float), rng.integers(1, 4, n).astype(float)
        w = Written(np.zeros((n, n)), q, A, low, np.rint(A.sum(axis=1)) + width / 4, *box)
        w = w.in_other_sense() if rng.random() < 0.5 else w
        problem = mixed(w.problem(quadratic=False, sparse=bool(rng.random() < 0.3)), integer)
        best = brute_force(problem)
        if best is not None:
            value, x = best
            return Case(problem, Claim({"x": x}, {}, by="brute force"), value, ExactMixed(problem, x))


def brute_force(problem: MixedIntegerProgram) -> tuple[Fraction, Array] | None:
    """Best objective and a best point of a boxed program, at most its last variable not whole; None if there is none.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.testing.mixed_integers import brute_force
    >>> brute_force(tw.MixedIntegerProgram([1.0, 1.0], [[2.0, 3.0]], row_lower=4, lower=0, upper=3))
    (Fraction(2, 1), array([0., 2.]))
    """
    sign = -1 if problem.maximize else 1
    found = [(sign * value, x) for value, x in _points(problem)]
    if not found:
        return None
    value, x = min(found, key=lambda pair: pair[0])
    return sign * value, np.array([float(entry) for entry in x])


def _points(problem: MixedIntegerProgram) -> Iterator[tuple[Fraction, list[Fraction]]]:
    """Every feasible whole point with its objective, and the ends of what the continuous variable may be."""
    A, q = rational(problem.A), rational(problem.q)
    inner = int(problem.integer.sum())
    ranges = [range(int(low), int(high) + 1) for low, high in zip(problem.lower, problem.upper, strict=True)]
    for start in product(*ranges[:inner]):
        whole = [Fraction(value) for value in start]
        ends = [[]] if inner == len(q) else [[end] for end in _interval(problem, A, whole)]
        for end in ends:
            x = whole + end
            if all(_within(row, x, *limits) for row, *limits in zip(A, *_rows(problem), strict=True)):
                yield sum((c * v for c, v in zip(q, x, strict=True)), Fraction(problem.constant)), x


def _rows(problem: MixedIntegerProgram) -> tuple[list[float], list[float]]:
    return problem.row_lower.tolist(), problem.row_upper.tolist()


def _within(row: Any, x: list[Fraction], low: float, high: float) -> bool:
    value = sum((a * v for a, v in zip(row, x, strict=True)), Fraction(0))
    return (low == -INF or value >= Fraction(low)) and (high == INF or value <= Fraction(high))


def _interval(problem: MixedIntegerProgram, A: Any, whole: list[Fraction]) -> list[Fraction]:
    """Ends of what rows and bounds leave to the last variable; empty if nothing is left."""
    low, high = Fraction(float(problem.lower[-1])), Fraction(float(problem.upper[-1]))
    for row, *limits in zip(A, *_rows(problem), strict=True):
        rest = sum((a * v for a, v in zip(row, whole, strict=False)), Fraction(0))
        if row[-1] == 0:
            continue
        sides = sorted((Fraction(limit) - rest) / row[-1] for limit in limits if np.isfinite(limit))
        below, above = np.isfinite(limits[0]), np.isfinite(limits[1])
        if below and above:
            low, high = max(low, sides[0]), min(high, sides[1])
        elif sides and below == (row[-1] > 0):
            low = max(low, sides[0])
        elif sides:
            high = min(high, sides[0])
    return [low, high] if low <= high else []


# --- made to deceive ------------------------------------------------------------------------------------------------


def hostile(rng: np.random.Generator) -> list[Hostile]:
    """Hostile linear programs, which stay what they are without whole numbers, and those that whole numbers deceive."""
    linear = hostile_programs.linear(rng)
    kept = [dataclasses.replace(entry, problem=mixed(entry.problem, integer=False)) for entry in linear]
    return [*kept, *_whole()]


def _made(name: str, p: Written, integer: Any, claim: Claim, best: Number | None, *more: str) -> Hostile:
    problem = mixed(p.problem(quadratic=False), np.asarray(integer) if isinstance(integer, list) else integer)
    return Hostile(name, problem, claim, NOT_OK | set(more), best)


def _whole() -> Iterator[Hostile]:
    """A little away from whole numbers is all the difference."""
    big = program([0.0, -1.0], [[-1e9, 1.0]], row_upper=0.0, lower=0.0, upper=1.0)
    switch = point([1e-9, 1.0], row_dual=[0.0])
    yield _made("a switch that is off, and pays", big._replace(q=np.array([0.5, -1.0])), [True, False], switch, -0.5)
    yield _made("a switch that is almost off", big, [True, False], point([1e-10, 0.1], row_dual=[-1.0]), -1)
    third = program([-1.0], [[3.0]], row_upper=np.nextafter(3.0, 0.0), lower=0.0, upper=5.0)
    yield _made("one digit short of whole", third, True, point([1.0], row_dual=[-1 / 3]), 0, "WITHIN_TOLERANCE")
    third = program([-1.0], [[3.0]], row_upper=3.0 - 1e-10, lower=0.0, upper=5.0)
    yield _made("whole within the tolerance", third, True, point([1.0], row_dual=[-1 / 3]), 0, "WITHIN_TOLERANCE")
    even = program([1.0, 1.0], [[2.0, 2.0]], row_lower=1.0, row_upper=1.0, lower=0.0, upper=9.0)
    yield _made("even is odd", even, True, point([0.5, 0.0], row_dual=[0.5]), INF)
    yield _made("even is odd, by a ray", even, True, Claim({}, {"ray": np.array([1.0])}), INF)
    half = program([1.0, 1.0], [[1.0, 1.0]], row_lower=0.5, lower=0.0, upper=9.0)
    yield _made("no multiple of 1", half, [True, False], point([1.0, 0.0], row_dual=[1.0]), Fraction(1, 2))
    yield _made(
        "multiples, off by a constant", half._replace(constant=0.25), True, point([0.0, 2.0], row_dual=[1.0]), 1.25
    )
    far = program([2.0**1000, 2.0**-1000], [[0.0, 1.0]], row_lower=1.0, lower=0.0, upper=9.0)
    claim = point([0.0, 1.0], row_dual=[2.0**-1000])
    yield _made("multiples that underflow", far, True, claim, Fraction(1, 2**1000), "PROVED", "WITHIN_TOLERANCE")
    apart = program([-1.0, 0.0], [[2.0, -2.0]], row_lower=1.0, row_upper=1.0)
    way = {"direction": [1.0, 1.0], "row_dual": [0.0]}
    yield _made("unbounded between whole points", apart, True, point([0.5, 0.0], **way), INF)
    near = program([-1.0, 0.0, 0.0], [[2.0, -2.0, 1e6]], row_lower=1e6 + 1e-4, row_upper=1e6 + 1e-4)
    way3 = {"direction": [1.0, 1.0, 0.0], "row_dual": [0.0]}
    yield _made("unbounded from almost a point", near, True, point([0.0, 0.0, 1.0], **way3), INF)
    yield _made("unbounded from no point", apart, True, point([0.0, 0.0], **way), INF)


# --- the same program, written differently --------------------------------------------------------------------------


def _same_columns(disguise: Disguise) -> Disguise:
    """Apply a disguise of linear programs that leaves the columns where and what they are."""

    def disguised(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
        linear, moved = disguise(rng, problem.relaxation, claim)
        return mixed(linear, problem.integer), moved

    return disguised


def _permuted(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Rows and columns in another order."""
    m, n = problem.shape
    j = rng.permutation(n)
    linear, moved = programs.ordered(problem.relaxation, claim, rng.permutation(m), j)
    return mixed(linear, problem.integer[j]), moved


def _scaled(rng: np.random.Generator, problem: Any, claim: Claim) -> tuple[Any, Claim]:
    """Rows, objective, and columns that need not be whole, times powers of two."""
    rows, columns, objective = programs.units(rng, problem)
    columns = np.where(problem.integer, 1.0, columns)
    linear, moved = programs.in_units(problem.relaxation, claim, rows, columns, objective)
    return mixed(linear, problem.integer), moved


DISGUISES = {
    "powers of two": _scaled,
    "permutation": _permuted,
    **{name: _same_columns(programs.DISGUISES[name]) for name in ("other sense", "rows times -1", "constant")},
}
LONGER = {name: _same_columns(disguise) for name, disguise in programs.LONGER.items()}
MIXED_INTEGER = Kind(
    "MixedIntegerProgram",
    honest,
    hostile,
    programs.hint_sizes,
    DISGUISES,
    LONGER,
    words=frozenset({SOLVER_BOUND}),
)
