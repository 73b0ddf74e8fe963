"""A direction along which every prediction of an unpenalised fit gets better for ever: then there is no minimiser.

With r = X d + d0 the objective falls along (d, d0) without end if no loss rises along r and some r_i is not 0 (Albert
and Anderson 1984). Such a direction is found by linear programs (Konis 2007).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._highs import least_linear
from thalweg.solvers._program import Program
from thalweg.solvers._standard import Standard
from thalweg.terms.constraints import Box
from thalweg.terms.extended import ExtendedRows
from thalweg.terms.matrices import beside, dense, stacked
from thalweg.terms.rounding import power_of_two
from thalweg.watch import Watch

FAR = 15.0  # predictors beyond this, on the side where the loss falls for ever, raise the suspicion
CLEAR = 1e-5  # share of its own terms that some margin must exceed
REAL = 1e-7  # a smaller margin may be rounding of the linear program
LEFT = 1e-12  # share of its own terms at which a row may be left: rounding
GRID = 2.0**20  # directions are tried in whole multiples of 1 / GRID: short sums of such numbers round nothing
SECONDS = 30.0  # the search may cost so much
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 24)  # ratios tried for margins that are exactly 0


class _Cone(NamedTuple):
    """Directions that leave no limit: their box, and rows that they are held at (``equal``) or above 0 (``above``)."""

    box: Box
    equal: Any
    above: Any


class Separation:
    """Looks for such a direction, once, when some prediction has gone so far that it may go for ever."""

    def __init__(self, fit: Standard, by: str, watch: Watch, aim: Tolerance) -> None:
        self.fit, self.by, self.watch, self.aim = fit, by, watch, aim
        self.problem: Any = fit.rows_that_run
        self.open = fit.intercept or bool(_mobile(fit.problem).any())
        self.better = _better(self.problem) if self.open else None

    def claim(self, b: Array, b0: float, eta: Array) -> Claim | None:
        """Claim that no best coefficients exist, with a direction that shows it; None if none was found.

        The point itself is tried as a direction first, which needs no linear program.
        """
        fit, problem = self.fit, self.problem
        if not self.open or self.better is None or self.watch.stop is not None:
            return None
        if not (fit.running(eta, self.better) > FAR).any():
            return None
        self.open = False
        coef, intercept = fit.coefficients(b, b0)
        found = _most_exact(problem, chain([(coef, intercept)], _searched(problem, self.watch, self.aim)))
        if found is None:
            return None
        message = "no minimiser: some predictions improve for ever"
        ended = fit.claim_of(coef, intercept, Stop.UNBOUNDED, self.by, message)
        return replace(ended, hints={**ended.hints, **fit.direction(*found)})


def _mobile(problem: Fit) -> Array:
    """Coefficients that may move for ever in some direction."""
    boxed = np.isfinite(problem.lower) & np.isfinite(problem.upper)
    return (problem.l1 + problem.l2 == 0) & ~boxed


def _better(problem: Fit) -> Array:
    """Per sample the side on which its loss falls for ever: 1, -1, or NaN if there is none."""
    y = problem.y
    up = problem.loss.recession(np.ones_like(y), y) == 0
    down = problem.loss.recession(-np.ones_like(y), y) == 0
    return np.where(up, 1.0, np.where(down, -1.0, np.nan))


def _separates(problem: Fit, d: Array, d0: float) -> bool:
    """Whether no loss rises along the direction and some prediction moves, as far as float64 can tell."""
    if d[~_mobile(problem)].any():
        return False
    if (d[np.isfinite(problem.lower)] < 0).any() or (d[np.isfinite(problem.upper)] > 0).any():
        return False
    rate, slack = problem.A @ d, LEFT * (abs(problem.A) @ np.abs(d))
    falls, rises = rate < -slack, rate > slack
    if (falls & np.isfinite(problem.row_lower)).any() or (rises & np.isfinite(problem.row_upper)).any():
        return False
    used = problem.weights > 0
    r, terms = (problem.X.dot(d) + d0)[used], (problem.X.abs_dot(d) + abs(d0))[used]
    rise = problem.loss.recession(r, problem.y[used])
    return bool((rise == 0).all() and (np.abs(r) > CLEAR * terms).any())


def _searched(problem: Fit, watch: Watch, aim: Tolerance) -> Iterator[tuple[Array, float]]:
    """Look for one column that separates, then for the largest least margin, then for the largest sum of margins."""
    columns = np.flatnonzero(_mobile(problem))
    if not columns.size:  # only the intercept may move
        yield from ((np.zeros(problem.shape[1]), d0) for d0 in (1.0, -1.0))
        return
    if watch.stop is not None:
        return
    scale, matrix, sign = _margin_matrix(problem, columns)
    limited = Watch(SECONDS, parent=watch)
    for step in _candidates(matrix, sign, _cone(problem, columns, scale), limited, aim):
        d = np.zeros(problem.shape[1])
        d[columns] = step[: columns.size] * scale
        yield d, float(step[-1]) if problem.intercept else 0.0


def _most_exact(problem: Fit, directions: Iterator[tuple[Array, float]]) -> tuple[Array, float] | None:
    """First direction that separates and leaves no row by even a rounding; else the first one that separates.

    A proof needs the former, which need not exist in float64.
    """
    fallback = None
    for d, d0 in directions:
        if _separates(problem, d, d0):
            rate = -ExtendedRows(problem.A).residual(np.zeros(problem.row_lower.size), d)
            left = (rate < 0) & np.isfinite(problem.row_lower) | (rate > 0) & np.isfinite(problem.row_upper)
            if not left.any():
                return d, d0
            fallback = fallback or (d, d0)
    return fallback


def _cone(problem: Fit, columns: Array, scale: Array) -> _Cone:
    lower = np.where(np.isfinite(problem.lower[columns]), 0.0, -1.0)
    upper = np.where(np.isfinite(problem.upper[columns]), 0.0, 1.0)
    A = problem.A[:, columns]
    A = dense(A) * scale
    if problem.intercept:
        lower, upper, A = np.append(lower, -1.0), np.append(upper, 1.0), np.pad(A, ((0, 0), (0, 1)))
    low, high = np.isfinite(problem.row_lower), np.isfinite(problem.row_upper)
    return _Cone(Box(lower, upper), A[low & high], np.vstack([A[low & ~high], -A[high & ~low]]))


def _candidates(matrix: Any, sign: Array, cone: _Cone, watch: Watch, aim: Tolerance) -> Iterator[Array]:
    """Directions, cheap ones and those with few and whole numbers first: their zero margins are exactly zero."""
    single = _single_column(matrix, sign, cone.box)
    if single is not None:
        yield single
    for least_margin in (True, False):
        for strict in (True, False) if cone.above.any() else (False,):
            program = _program(matrix, sign, cone, least_margin, strict)
            answer = least_linear(program, watch, aim)
            if answer.stop is Stop.CONVERGED and answer.x is not None and program.q @ answer.x < -REAL:
                step = answer.x[: cone.box.lower.size]
                yield from (np.round(step * k) for k in DENOMINATORS)
                yield _held(step, cone.equal) if cone.equal.any() else step


def _held(step: Array, equal: Array) -> Array:
    """Return a direction nearby that leaves these rows exactly at 0, if their coefficients have few digits."""
    from scipy.linalg import lstsq, qr

    R, pivots = qr(equal, mode="r", pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    held = pivots[: int((sizes > REAL * sizes[0]).sum())]
    rounded = np.round(step * GRID)
    rounded[held] = 0.0
    rounded[held] = lstsq(equal[:, held], -(equal @ rounded), check_finite=False)[0]
    whole = np.round(rounded)
    return whole if not (equal @ whole).any() else rounded


def _single_column(matrix: Any, sign: Array, box: Box) -> Array | None:
    """Find a column none of whose entries pulls the wrong way, such as a level that only one class has."""
    tied = np.isnan(sign)
    low, high = (dense(extreme(axis=0)).ravel() for extreme in (matrix.min, matrix.max))
    still = dense(abs(matrix[tied]).max(axis=0)).ravel() == 0 if tied.any() else np.ones(low.size, dtype=bool)
    rising, falling = (low >= 0) & (high > 0) & (box.upper > 0), (high <= 0) & (low < 0) & (box.lower < 0)
    found = np.flatnonzero(still & (rising | falling))
    if not found.size:
        return None
    step = np.zeros(low.size)
    step[found[0]] = 1.0 if rising[found[0]] else -1.0
    return step


def _margin_matrix(problem: Fit, columns: Array) -> tuple[Array, Any, Array]:
    """Scales of the columns, the matrix whose rows times (d, d0) are margins, and the good side of each row.

    Margins must be >= 0 where there is a good side, and 0 where there is none (NaN).
    """
    rows = np.flatnonzero(problem.weights > 0)
    X = problem.X.X[:, columns][rows]
    size = dense(abs(X).max(axis=0)).ravel()
    scale = 1.0 / power_of_two(np.where(size > 0, size, 1.0))
    sign = _better(problem)[rows]
    turn = np.where(np.isnan(sign), 1.0, sign)
    if problem.X.sparse:
        from scipy import sparse

        blocks = [sparse.csc_array(X.multiply(scale).multiply(turn[:, None]))]
        if problem.intercept:
            blocks.append(sparse.csc_array(turn[:, None]))
        return scale, sparse.hstack(blocks, format="csc"), sign
    turned = X * scale * turn[:, None]
    return scale, np.column_stack([turned, turn]) if problem.intercept else turned, sign


def _program(matrix: Any, sign: Array, cone: _Cone, least_margin: bool, strict: bool) -> Program:
    """The most margin within the cone: the least margin (one more variable, at most 1), or the sum of margins.

    A strict program treats the rows that bound the cone like margins of samples.
    """
    margin = np.concatenate([~np.isnan(sign), np.full(cone.above.shape[0], strict), np.zeros(cone.equal.shape[0])])
    above = np.concatenate([~np.isnan(sign), np.ones(cone.above.shape[0]), np.zeros(cone.equal.shape[0])])
    row_lower, row_upper = np.zeros(margin.size), np.where(above, np.inf, 0.0)
    below, box = np.vstack([cone.above, cone.equal]), cone.box
    rows = stacked([matrix, below]) if below.size else matrix
    if not least_margin:
        return Program(None, -(rows.T @ margin), rows, row_lower, row_upper, box.lower, box.upper)
    q = np.zeros(box.lower.size + 1)
    q[-1] = -1.0
    rows = beside([rows, -margin[:, None]])
    return Program(None, q, rows, row_lower, row_upper, np.append(box.lower, 0.0), np.append(box.upper, 1.0))
