"""How a direction of a multinomial fit moves each sample away from the classes that it does not belong to."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.problems.fit import Fit
from thalweg.result import Array, Index
from thalweg.terms.constraints import Box
from thalweg.terms.design import Design
from thalweg.terms.losses.logistic import Logistic

REAL = 1e-6  # a margin of the wrong sign above this share of its terms is no rounding


class Margins:
    """The differences eta_iy - eta_ik (k not the class y of sample i), as the predictors of a fit of n (K - 1) rows.

    Multinomial loss falls for ever along a direction if none of these rows falls and one rises, which is what the
    logistic loss of label 1 does in each of them (Albert and Anderson 1984): so what is known of separated classes is
    known here, too. Limits and penalties are those of the columns of ``flat``. The matrix is formed when it is asked
    for.
    """

    noun = "differences between classes"  # what its rows are

    def __init__(self, flat: Fit, y: Index) -> None:
        self.flat, self.classes_of = flat, y
        self.loss, self.intercept, self.names = Logistic(), False, flat.X.names
        self.l1, self.l2, self.lower, self.upper, self.A = flat.l1, flat.l2, flat.lower, flat.upper, flat.A
        self.row_lower, self.row_upper = flat.row_lower, flat.row_upper
        self.box, self.rows = Box(flat.lower, flat.upper), Box(flat.row_lower, flat.row_upper)
        n = y.size
        K: int = flat.X.classes
        self.sample = np.repeat(np.arange(n), K - 1)
        ranks = np.tile(np.arange(K - 1), n)
        self.other: Index = np.where(ranks >= y[self.sample], ranks + 1, ranks)
        self.y, self.weights, self.offset = np.ones(self.sample.size), flat.weights[self.sample], 0.0
        self._design: Design | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(n (K - 1), columns)."""
        return self.sample.size, self.flat.shape[1]

    def of(self, eta: Array) -> Array:
        """Differences of K stretches of predictors."""
        stretches = eta.reshape(self.flat.X.classes, -1)
        return stretches[self.classes_of[self.sample], self.sample] - stretches[self.other, self.sample]

    def hopeless(self, direction: Array) -> bool:
        """Whether some margin clearly falls along a direction: then the matrix need not be formed."""
        X = self.flat.X
        falling = -self.of(X.dot(direction)) > 2 * REAL * X.abs_dot(direction)[self.sample]
        return bool((falling & (self.weights > 0)).any())

    @property
    def X(self) -> Design:  # noqa: N802  a matrix, as everywhere
        """The matrix of the differences, sparse."""
        if self._design is None:
            self._design = Design(self._matrix(), self.names)
        return self._design

    def _matrix(self) -> Any:
        from scipy import sparse

        design = self.flat.X
        X, blocks = sparse.csr_array(design.X)[self.sample], list[Any]()
        ones = np.ones(self.sample.size)
        for k in range(design.classes):
            sign = (self.classes_of[self.sample] == k).astype(float) - (self.other == k)
            which = design.feature[design.owner == k]
            blocks.append(X.multiply(sign[:, None]).tocsc()[:, which[which < X.shape[1]]])
        for k in range(design.intercepts):
            sign = (self.classes_of[self.sample] == k).astype(float) - (self.other == k)
            blocks.append(sparse.csc_array((ones * sign)[:, None]))
        return sparse.hstack(blocks, format="csc")
