"""Slopes at kinks: where a loss has many slopes at the claim, those that the penalty and the limits leave in balance.

At a kink every t between the slopes on both sides supports the loss. A best answer has t with X'u - A'y held by the
penalty and the box (u = w t). Ties are looked for near the claim, for a claim hits them only up to its rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.judges.fit_gap import Point, columns_of, gradient
from thalweg.result import Array, Index

NEAR = 1e-9  # of the predictor's own size: a kink this close to the claim is a tie
ROUNDS = 50
MOST = 3000  # ties that are worth a dense least squares


def settle(problem: Any, point: Point, t: Array, y: Array) -> Array | None:
    """Return t with the slopes at ties chosen so that free columns are in balance; None where no sample is at a kink.

    Minimises |z_B + X_B' (u + du)|^2 over the ties by a projected active set: what leaves its interval is held there.
    """
    loss, eta, labels = problem.loss, point.eta, problem.y
    near = point.rounding + NEAR * (loss.predictor_size(labels) + np.abs(eta))
    low, high = loss.slope(eta - near, labels), loss.slope(eta + near, labels)
    ties = np.flatnonzero((high > low) & (problem.weights > 0))
    columns = _unheld(problem, point)
    if not ties.size or ties.size > MOST or not columns.size:
        return None
    t = np.where(high > low, np.clip(t, low, high), loss.slope(eta, labels))
    design = _design(problem, ties, columns)
    free = np.ones(ties.size, dtype=bool)
    for _ in range(ROUNDS):
        rest = _imbalance(problem, point, problem.weighted(t), y)[columns]
        step = np.zeros(ties.size)
        step[free] = np.linalg.lstsq(design[free].T, -rest, rcond=None)[0]
        moved = np.clip(t[ties] + step, low[ties], high[ties])
        stuck = free & (moved != t[ties] + step)
        t[ties] = moved
        if not stuck.any() or stuck.sum() == free.sum():
            break
        free &= ~stuck
    return t


def _imbalance(problem: Any, point: Point, u: Array, y: Array) -> Array:
    """Slope of the objective along each column that is not 0."""
    penalty, _ = columns_of(problem)
    b = point.columns
    return gradient(problem, u, y)[0] + penalty.l2 * b + penalty.kink(b)


def _unheld(problem: Any, point: Point) -> Index:
    """Columns that neither a kink of the penalty nor a bound holds."""
    penalty, box = columns_of(problem)
    b = point.columns
    kinked = (b == 0) & (penalty.l1 > 0)
    return np.flatnonzero(~kinked & (b > box.lower) & (b < box.upper))


def _design(problem: Any, rows: Index, columns: Index) -> Array:
    """w x_ij for some samples and columns, dense."""
    p = int(problem.shape[1])
    chosen = problem.X.X[rows][:, columns[columns < p]]
    dense = np.asarray(chosen.todense()) if problem.X.sparse else chosen
    if columns[-1] == p:
        dense = np.column_stack([dense, np.ones(rows.size)])
    return dense * problem.weights[rows, None]
