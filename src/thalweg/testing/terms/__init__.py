"""Conformance of terms: whether a loss or penalty is the mathematics that solvers and judges take it for.

`check_term` compares every formula with a slow one that shares nothing with it: differences for slopes, a search on a
grid for conjugates and least values, random competitors for proximal points and for what is promised of a loss far out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.testing.terms.losses import VALUE_LAWS, law_mean
from thalweg.testing.terms.penalties import PENALTY_LAWS
from thalweg.testing.terms.points import labels
from thalweg.testing.terms.promises import PROMISE_LAWS, complete

__all__ = ["check_term"]


def check_term(term: Any, *, size: int | None = None, seed: int = 0) -> None:
    """Check a loss (it has ``slope``) or a penalty (it has ``prox``) against its own mathematics.

    Parameters
    ----------
    term : Loss or penalty
        See `thalweg.terms.losses.Loss` and `thalweg.terms.penalties.ElasticNet`.
    size : int, optional
        Number of coefficients of a penalty. Default: that of its ``l1``.
    seed : int
        For the random points.

    Raises
    ------
    AssertionError
        Saying which law fails, at which point, and by how much.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.testing import check_term
    >>> check_term(tw.Logistic())
    >>> class Doubled(tw.Squared):
    ...     def slope(self, eta, y):
    ...         return 2 * (eta - y)
    >>> check_term(Doubled())
    Traceback (most recent call last):
        ...
    AssertionError: Doubled.slope at eta = -40, y = 0: it says -80, the central difference -40...; off by 40.
    """
    rng = np.random.default_rng(seed)
    if hasattr(term, "slope"):
        complete(term)
        for y in labels(term):
            for law in (*VALUE_LAWS, *PROMISE_LAWS):
                law(term, y, rng)
        for y in labels(term):
            law_mean(term, y)
    elif hasattr(term, "prox"):
        p = int(size if size is not None else np.size(term.l1))
        for law in PENALTY_LAWS:
            law(term, p, rng)
    else:
        raise AssertionError(f"{type(term).__name__} is neither a loss (slope) nor a penalty (prox).")
