"""Squared loss without l1 penalties and limits: one linear system, solved to the last digit that the data allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._metric import inverse_by_cholesky
from thalweg.solvers._standard import Standard, claim_of
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

RANK = 1e-13  # a pivot below this share of the largest is rounding: its column depends on the others
WELL_CONDITIONED = 1e-8  # least squared pivot of a Gram matrix that costs a solution half its digits at most
EXTENDED = 2_000_000  # entries up to which residuals are refined in extended precision
REFINEMENTS = 3
GRAM = 2000  # sparse designs with more columns are solved by conjugate gradients


@solver("least-squares", solves=(Fit,), handles={"sparse"}, needs={"quadratic"}, rank=10, interruptible="no")
@dataclass(frozen=True)
class LeastSquares:
    """Pivoted QR of the centred, scaled design, with refinement of the augmented system (Björck 1967).

    Where columns depend on each other, the solution of least norm in columns of unit norm is returned. Sparse designs
    are solved by their Gram matrix, or by conjugate gradients (CGLS) if they have many columns.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]), solver="least-squares").coef.round(12)
    array([2.])
    """

    def solve(self, problem: Fit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the least-squares coefficients."""
        fit = Standard(problem, watch)
        b, b0, stop = _solved(fit, watch)
        coef, intercept = fit.coefficients(b, b0)
        if problem.intercept and not problem.X.sparse and problem.X.X.size <= EXTENDED:
            intercept = _level(problem, coef)
        claim = claim_of(coef, intercept, stop, "least-squares")
        watch.offer(fit.value(fit.eta(b, b0), b), **claim.values)
        return claim


def _solved(fit: Standard, watch: Watch) -> tuple[Array, float, Stop]:
    """Solve in the way that suits the size; the last one asks the watch in each step, the others once on their way."""
    if not fit.Z.sparse:
        n, p = fit.shape
        quick = _by_cholesky(fit) if n * p > EXTENDED and n > p else None
        return *(_by_qr(fit) if quick is None else quick), Stop.CONVERGED
    if fit.shape[1] <= GRAM:
        return *_by_gram(fit), Stop.CONVERGED
    return _by_gradients(fit, watch)


class _Factors(NamedTuple):
    """A = Q R with the columns of A in the order of the pivots; the first ``rank`` rows of R are kept."""

    Q: Array
    R: Array
    pivots: Array
    rank: int

    def solve(self, v: Array) -> Array:
        """Least-norm solution of R x = v, in columns of unit norm."""
        from scipy.linalg import solve_triangular

        p = self.R.shape[1]
        x = np.zeros(p)
        if self.rank == p:
            x[self.pivots] = solve_triangular(self.R, v, check_finite=False)
        elif self.rank:
            norms = np.linalg.norm(self.R, axis=0)
            norms = np.where(norms > 0, norms, 1.0)
            x[self.pivots] = np.linalg.lstsq(self.R / norms, v, rcond=None)[0] / norms
        return x

    def solve_transposed(self, g: Array) -> Array:
        """Solution v of R'v = g, for g in the row space."""
        from scipy.linalg import solve_triangular

        square = self.R[:, : self.rank]
        return solve_triangular(square, g[self.pivots][: self.rank], trans="T", check_finite=False)


def _by_qr(fit: Standard) -> tuple[Array, float]:
    """Solve a dense problem: the least |M x - t|, x = (b0, b) with a column of unit norm for the intercept."""
    M = _weighted(fit, fit.Z.X)
    t = np.zeros(M.shape[0])
    t[: fit.w.size] = np.sqrt(fit.w) * (fit.y - fit.offset)
    fit.check()
    factors = _factorised(M)
    x = factors.solve(factors.Q.T @ t)
    if M.size <= EXTENDED:
        x = _refined(fit, factors, x)
    if not fit.intercept:
        return x, 0.0
    return x[1:], float(x[0] / np.sqrt(fit.w.sum()))


def _level(problem: Fit, coef: Array) -> float:
    """Weighted mean of y - offset - X coef: the best intercept, where b0 - mean'b would cancel."""
    w = problem.weights.astype(np.longdouble)
    terms = problem.y.astype(np.longdouble) - problem.offset - problem.X.X.astype(np.longdouble) @ coef
    return float(w @ np.where(w > 0, terms, 0) / w.sum())


def _weighted(fit: Standard, Z: Array) -> Array:
    """Rows times the roots of their weights, a first column for the intercept, and rows below for l2 penalties."""
    root = np.sqrt(fit.w.astype(Z.dtype))
    M = Z * root[:, None]
    if fit.intercept:
        M = np.column_stack([root / np.sqrt(fit.w.sum()), M])
    if not fit.penalty.l2.any():
        return M
    below = np.zeros((fit.shape[1], M.shape[1]), dtype=Z.dtype)
    below[:, M.shape[1] - fit.shape[1] :] = np.diag(np.sqrt(fit.penalty.l2))
    return np.vstack([M, below])


def _factorised(A: Array) -> _Factors:
    """Plain QR, which is fast, then pivoted QR of the small triangle."""
    from scipy.linalg import qr

    Q, R = np.linalg.qr(A)
    inner, R, pivots = qr(R, mode="economic", pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    rank = int((sizes > RANK * sizes[0]).sum()) if sizes.size and sizes[0] > 0 else 0
    return _Factors(Q @ inner[:, :rank], R[:rank], pivots, rank)


def _refined(fit: Standard, factors: _Factors, x: Array) -> Array:
    """Refine the solution of r + M x = t, M'r = 0 with residuals in extended precision.

    M is formed anew, from columns whose centring is not rounded. ``longdouble`` is float64 on some machines: there the
    refinement is merely harmless.
    """
    X = fit.problem.X.X[fit.problem.weights > 0].astype(np.longdouble)
    M = _weighted(fit, (X - fit.mean) * fit.scale)
    t = np.zeros(M.shape[0], dtype=np.longdouble)
    t[: fit.w.size] = np.sqrt(fit.w.astype(np.longdouble)) * (fit.y.astype(np.longdouble) - fit.offset)
    x = x.astype(np.longdouble)
    r = t - M @ x
    for _ in range(REFINEMENTS):
        f = np.asarray(t - r - M @ x, dtype=float)
        g = np.asarray(-(M.T @ r), dtype=float)
        d = factors.Q.T @ f - factors.solve_transposed(g)
        x, r = x + factors.solve(d), r + (f - factors.Q @ d)
    return np.asarray(x, dtype=float)


def _by_cholesky(fit: Standard) -> tuple[Array, float] | None:
    """Solve by the Gram matrix and correct by residuals of the design; None where that would cost digits."""
    G, means = fit.gram(fit.w)
    G[np.diag_indices_from(G)] += fit.penalty.l2
    fit.check()
    solve = inverse_by_cholesky(G, WELL_CONDITIONED)
    return None if solve is None else _corrected(fit, means, solve)


def _by_gram(fit: Standard) -> tuple[Array, float]:
    """Solve by the eigenvalues of the Gram matrix, and correct by residuals of the design."""
    G, means = fit.gram(fit.w)
    G[np.diag_indices_from(G)] += fit.penalty.l2
    fit.check()
    values, vectors = np.linalg.eigh(G)
    kept = values > RANK * max(values[-1], 0.0)
    vectors, values = vectors[:, kept], values[kept]
    return _corrected(fit, means, lambda g: vectors @ ((vectors.T @ g) / values))


def _corrected(fit: Standard, means: Array, solve: Callable[[Array], Array]) -> tuple[Array, float]:
    """Solve with what is nearly the inverse of the Gram matrix, again and again for the residual."""
    total = fit.w.sum()
    b, b0 = np.zeros(fit.shape[1]), 0.0
    for _ in range(1 + REFINEMENTS):
        u = fit.w * (fit.y - fit.eta(b, b0))
        shift = u.sum() / total if fit.intercept else 0.0
        g = fit.Z.t_dot(u) - total * shift * means - fit.penalty.l2 * b
        step = solve(g)
        b, b0 = b + step, b0 + shift - float(means @ step)
    return b, b0


def _by_gradients(fit: Standard, watch: Watch) -> tuple[Array, float, Stop]:
    """Conjugate gradients on the normal equations, never formed (CGLS; Björck 1996, section 7.4)."""
    total = fit.w.sum()
    means = fit.Z.t_dot(fit.w) / total if fit.intercept else np.zeros(fit.shape[1])
    t = fit.y - fit.offset
    level = float(fit.w @ t / total) if fit.intercept else 0.0
    b, r = np.zeros(fit.shape[1]), t - level
    s = fit.Z.t_dot(fit.w * r) - total * means * float(fit.w @ r / total)
    direction, size = s.copy(), float(s @ s)
    first, stop = size, Stop.STEP_LIMIT
    for _ in range(10 * min(fit.shape)):
        if size <= 1e-28 * first:
            stop = Stop.CONVERGED
            break
        if not watch.step(gradient=size**0.5):
            stop = watch.stop or stop
            break
        image = fit.Z.dot(direction) - float(means @ direction)
        length = size / float(fit.w @ image**2 + fit.penalty.l2 @ direction**2)
        b, r = b + length * direction, r - length * image
        s = fit.Z.t_dot(fit.w * r) - means * float(fit.w @ r) - fit.penalty.l2 * b
        last, size = size, float(s @ s)
        direction = s + (size / last) * direction
    return b, level - float(means @ b), stop
