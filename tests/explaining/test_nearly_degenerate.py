"""Ranging of quadratic programs that nearly are degenerate, against values in rational arithmetic.

Limits are missed, and multipliers differ from 0, by 1e-3 down to 1e-9. The value of the program is found by trying all
sets of limits; between the ends of a range it must be one quadratic function of the limit.
"""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

import thalweg as tw

TINY = Fraction(1, 2**200)  # a step whose difference quotient is a derivative


def solved(matrix, right):
    """Gauss-Jordan in fractions; None if the matrix is singular."""
    lines = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(len(lines)):
        pivot = next((i for i in range(column, len(lines)) if lines[i][column]), None)
        if pivot is None:
            return None
        lines[column], lines[pivot] = lines[pivot], lines[column]
        lines[column] = [value / lines[column][column] for value in lines[column]]
        for i, line in enumerate(lines):
            if i != column and line[column]:
                lines[i] = [a - line[column] * b for a, b in zip(line, lines[column], strict=True)]
    return [line[-1] for line in lines]


class Exact:
    """A positive definite program; rows and bounds in one list. The value is that of a minimisation."""

    def __init__(self, problem):
        sign, n = -1 if problem.maximize else 1, problem.shape[1]
        self.P = [[sign * Fraction(v) for v in row] for row in problem.P.tolist()]
        self.q = [sign * Fraction(v) for v in problem.q.tolist()]
        A = problem.A.tolist() if problem.shape[0] else []
        self.G = [[Fraction(v) for v in row] for row in [*A, *np.eye(n).tolist()]]
        ends = ([*problem.row_lower, *problem.lower], [*problem.row_upper, *problem.upper])
        self.ends = [[None if np.isinf(v) else Fraction(float(v)) for v in side] for side in ends]

    def value(self, k, side, shift):
        """Return the best objective with one limit moved; None if there is no point."""
        low, high = (list(side) for side in self.ends)
        for name, ends in (("lower", low), ("upper", high)):
            if side in (name, "="):
                ends[k] += shift
        if any(a is not None and b is not None and a > b for a, b in zip(low, high, strict=True)):
            return None
        limited = [i for i, row in enumerate(self.G) if any(row) and (low[i], high[i]) != (None, None)]
        for size in range(len(self.q) + 1):
            for held in combinations(limited, size):
                for at in product(*([v for v in {low[i], high[i]} if v is not None] for i in held)):
                    x = self._best(held, at, low, high)
                    if x is not None:
                        return self._objective(x)
        return None

    def _best(self, held, at, low, high):
        n, normals = len(self.q), [self.G[i] for i in held]
        matrix = [[*self.P[j], *(-row[j] for row in normals)] for j in range(n)]
        matrix += [[*row, *[Fraction(0)] * len(held)] for row in normals]
        found = solved(matrix, [*(-v for v in self.q), *at])
        if found is None:
            return None
        x, multipliers = found[:n], found[n:]
        for i, v, y in zip(held, at, multipliers, strict=True):
            if low[i] != high[i] and (y < 0 if v == low[i] else y > 0):
                return None
        for row, a, b in zip(self.G, low, high, strict=True):
            value = sum(c * v for c, v in zip(row, x, strict=True))
            if (a is not None and value < a) or (b is not None and value > b):
                return None
        return x

    def _objective(self, x):
        bends = sum(a * row[j] * b for a, row in zip(x, self.P, strict=True) for j, b in enumerate(x))
        return sum(c * v for c, v in zip(self.q, x, strict=True)) + bends / 2


def nearly_degenerate(seed):
    """A program made from its best point: of each limit either the distance or the multiplier is tiny, at random."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    F, A = (rng.integers(-2, 3, shape).astype(float) for shape in ((n, n), (m, n)))
    P = F.T @ F + np.eye(n) * rng.choice([1.0, 0.25, 0.01])
    x = rng.integers(-2, 3, n).astype(float)
    G, g = np.vstack([A, np.eye(n)]), np.zeros(n)
    low, high = np.full(m + n, -np.inf), np.full(m + n, np.inf)
    for k in range(m + n):
        tiny, size = 10.0 ** -rng.integers(3, 10), float(rng.integers(1, 9))
        slack, push = [(None, 0), (size, 0), (0, size), (tiny * size, 0), (0, tiny * size)][rng.integers(5)]
        if slack is None:
            continue
        if rng.random() < 0.5:
            low[k], g = G[k] @ x - slack, g + push * G[k]
        else:
            high[k], g = G[k] @ x + slack, g - push * G[k]
    sign = -1.0 if rng.random() < 0.3 else 1.0
    limits = {"row_lower": low[:m], "row_upper": high[:m], "lower": low[m:], "upper": high[m:]}
    return tw.QuadraticProgram(sign * P, sign * (g - P @ x), A, maximize=sign < 0, **limits)


def entries(problem, ranging):
    """Place, side, and of either direction: its sign, the price in a minimisation, the end of its range."""
    sign = -1.0 if problem.maximize else 1.0
    for table, symbol, shift in ((ranging.rows, "row", 0), (ranging.bounds, "x", problem.shape[0])):
        for name, side, limit, _, left, right, start, end in zip(*table.values(), strict=True):
            k = int(name.removeprefix(symbol)) + shift
            yield k, side, -1, sign * left, limit - start
            yield k, side, 1, sign * right, end - limit


@pytest.mark.parametrize("seed", range(40))
def test_what_is_said_is_true(seed):
    problem = nearly_degenerate(seed)
    solution = tw.solve(problem)
    if not solution.ok:
        pytest.skip(solution.explain())
    exact, known = Exact(problem), 0
    for k, side, direction, price, room in entries(problem, solution.ranging()):

        def value(step, k=k, side=side, direction=direction):
            return exact.value(k, side, direction * Fraction(step))

        best, ahead = value(0), value(TINY)
        if np.isinf(price) or ahead is None:
            assert (np.isinf(price) and ahead is None) or np.isnan(price), (k, side, direction)
            continue
        slope = (ahead - best) / TINY
        assert direction * price == pytest.approx(float(slope), rel=1e-7, abs=1e-10, nan_ok=False), (k, side, direction)
        known += 1
        if not room > 0:
            continue
        reach = min(room, 10.0)
        half = value(reach / 2)
        assert half is not None, (k, side, direction, room)
        bend = (half - best - slope * Fraction(reach / 2)) / Fraction(reach / 2) ** 2
        for share in (0.25, 0.75, 1 - 1e-6):
            step = Fraction(share * reach)
            there = value(step)
            assert there is not None, (k, side, direction, room)
            assert float(there - best - slope * step - bend * step**2) == pytest.approx(0, abs=1e-9), (k, side, room)
    assert known


def test_rows_without_coefficients_hide_no_ranges():
    """0 = 0 is met by every point and makes nothing degenerate."""
    problem = tw.QuadraticProgram([[4.0]], [-1.0], [[0.0], [0.0]], row_lower=[0, 0], row_upper=[0, 3], lower=1, upper=3)
    ranging = tw.solve(problem).ranging()
    assert (ranging.bounds["left"], ranging.bounds["right"]) == ([3, 0], [3, 0])
    assert (ranging.bounds["from"], ranging.bounds["to"]) == ([0.25, 1], [3, np.inf])
    assert (ranging.rows["left"], ranging.rows["right"]) == ([-np.inf, 0, 0], [np.inf, np.inf, 0])


def test_ranges_of_degenerate_quadratic_programs_are_read_further_on():
    """x1 + x2 <= 3 is met where it would be without it: its price is 0, and 0 only there if it moves down."""
    problem = tw.QuadraticProgram(np.eye(2), [-1.0, -2.0], [[1, 1]], row_upper=3, lower=0)
    ranging = tw.solve(problem).ranging()
    assert (ranging.rows["left"], ranging.rows["right"]) == ([0.0], [0.0])
    assert ranging.rows["from"] == pytest.approx([1.0])  # there x1 is 0
    assert ranging.rows["to"] == [np.inf]


def test_limits_that_cannot_be_told_apart_leave_all_unknown(monkeypatch):
    monkeypatch.setattr("thalweg.explaining.settling.ROUNDS", 0)
    ranging = tw.solve(tw.QuadraticProgram([[1.0]], [-1.0], upper=0.5)).ranging()
    assert np.isnan([*ranging.bounds["left"], *ranging.columns["to"]]).all()
    assert "limits that are met cannot be told from limits that are nearly met" in ranging.explain()
