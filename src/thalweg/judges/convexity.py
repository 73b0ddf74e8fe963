"""Is P positive semidefinite, and by how much? Proved in float64, not assumed.

The result is a vector delta with P - diag(delta) positive semidefinite: f(x) lies above each of its tangents by at
least sum_j delta_j (x_j - w_j)^2 / 2. Proofs, cheapest first:

1. P diagonal: delta = diag(P), exact.
2. P diagonally dominant: delta_j = P_jj - sum_k |P_jk|, exact even where P is singular.
3. S - theta diag(S), S being P scaled by powers of two to a diagonal near 1, has a factorisation in float64 with
   positive pivots, whose rounding is bounded (``semidefinite``).
4. P small and singular: elimination in whole numbers.
5. Otherwise a direction v with v'P v < 0 refutes, or nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from weakref import ReferenceType, ref

import numpy as np

from thalweg import inputs
from thalweg.judges.semidefinite import is_semidefinite, largest_shift, negative_part
from thalweg.result import Array, Index
from thalweg.terms.constraints import triplets
from thalweg.terms.matrices import dense, scaled_by
from thalweg.terms.rounding import UNIT, gamma, power_of_two

STEEP = (0.5, 0.1)  # shifts of the diagonal that make bounds of rough points tighter
SHIFTS = (1e-2, 1e-4, 1e-6, 1e-9, 1e-12)  # mostly the first holds, and it is enough for points that are nearly best
ROUNDING_SHIFTS = (-1e-15, -1e-14, -1e-13)  # singular matrices: negative eigenvalues that are rounding of the entries
DENSE = 1000  # up to this size all eigenvectors are computed; beyond it one, by Lanczos steps
STEPS = 300
BELOW = (1 + 1e-6, 1.01, 1.5)  # multiples of the least eigenvalue found


@dataclass(frozen=True, eq=False)
class Curvature:
    """What is known about P.

    Attributes
    ----------
    delta : (n,) array
        P - diag(delta) is positive semidefinite; valid in every case, negative where P is not known to be convex.
    convex : bool or None
        Proved, refuted (then with ``witness``), or unknown.
    premise : str
        If not empty: P is convex up to a rounding-sized shift of its diagonal, named here.
    witness : (n,) array or None
        v with v'P v < 0.
    more : bool
        A larger delta was not looked for, and may be proved (`steepest`).
    """

    delta: Array
    convex: bool | None
    premise: str = ""
    witness: Array | None = None
    more: bool = False


_KNOWN = dict[tuple[int, bool, bool], tuple[ReferenceType[Any], Curvature]]()  # by the place of P, as long as it lives


def curvature(problem: Any) -> Curvature:
    """Curvature of a quadratic program in its minimisation form; computed once per P, which nobody can change."""
    return _known(problem, steepest=False)


def steepest(problem: Any) -> Curvature:
    """Look for the largest delta of the ladder, too, which takes more factorisations."""
    return _known(problem, steepest=True) if curvature(problem).more else curvature(problem)


def _known(problem: Any, *, steepest: bool) -> Curvature:
    P, key = problem.P, (id(problem.P), problem.maximize, steepest)
    known = _KNOWN.get(key)
    if known is None or known[0]() is not P:
        shifts = STEEP + SHIFTS if steepest else SHIFTS
        known = ref(P, lambda _: _KNOWN.pop(key, None)), _curvature(-P if problem.maximize else P, shifts)
        _KNOWN[key] = known
    return known[1]


def _curvature(P: Any, shifts: tuple[float, ...]) -> Curvature:
    """Climb the ladder on P scaled to a diagonal near 1, so that the units of the variables do not matter."""
    scale = _scale(np.asarray(P.diagonal()))
    if (scale == 1).all():
        return _scaled_curvature(P, shifts)
    S = in_units(P, scale, scale)
    if S is None:
        return Curvature(np.full(scale.size, -np.inf), convex=None)
    found = _scaled_curvature(S, shifts)
    witness = None if found.witness is None else found.witness * scale
    return replace(found, delta=found.delta / scale / scale, witness=witness)


def _scale(diagonal: Array) -> Array:
    """Powers of two s with s_j^2 |P_jj| between 1/2 and 2; 1 where the diagonal is 0."""
    size = np.where(diagonal == 0, 1.0, np.abs(diagonal))
    return 1.0 / power_of_two(np.sqrt(size))


def in_units(M: Any, left: Array, right: Array) -> Any | None:
    """diag(left) M diag(right) for powers of two; None if a digit is lost to the range of float64."""
    S = scaled_by(M, left, right)
    back = scaled_by(S, 1.0 / left, 1.0 / right)
    same = back.data == M.data if inputs.is_sparse(M) else back == M
    return S if same.all() else None


def _scaled_curvature(S: Any, shifts: tuple[float, ...]) -> Curvature:
    n = S.shape[0]
    diagonal = np.asarray(S.diagonal())
    i, j, p = triplets(S)
    off = i != j
    i, j, p = i[off], j[off], p[off]
    count = np.bincount(i, minlength=n)
    others = np.bincount(i, np.abs(p), n) * (1 + gamma(np.maximum(count - 1, 0.0)))  # a single entry is exact
    slack = diagonal - others
    slack = np.where(count > 0, slack - UNIT * np.abs(slack), diagonal)
    if (slack >= 0).all():
        return Curvature(slack, convex=True)
    plain = _plain_witness(diagonal, i, j, p)
    if plain is not None:
        return Curvature(_lowered(S, slack), convex=False, witness=plain)
    factored = _by_factorisation(S, diagonal, shifts)
    if factored is not None:
        return factored
    witness = _eigenvector(S)
    if witness is None:
        return Curvature(slack, convex=None)
    return Curvature(_lowered(S, slack), convex=False, witness=witness)


def _plain_witness(diagonal: Array, i: Index, j: Index, p: Array) -> Array | None:
    """A negative diagonal entry, or a zero one with something beside it."""
    if (diagonal > 0).all():
        return None
    n = diagonal.size
    negative = np.flatnonzero(diagonal < 0)
    if negative.size:
        return np.eye(1, n, int(negative[0]))[0]
    bare = np.flatnonzero(diagonal[i] == 0)
    if not bare.size:
        return None
    k = bare[0]
    witness = np.zeros(n)  # v = e_j - t sign(p) e_i: v'Pv = P_jj - 2 t |p| < 0 for t = (P_jj + |p|) / |p|
    witness[j[k]] = 1.0
    witness[i[k]] = -np.sign(p[k]) * (diagonal[j[k]] / abs(p[k]) + 1.0)
    return witness


def _by_factorisation(S: Any, diagonal: Array, shifts: tuple[float, ...]) -> Curvature | None:
    """Find a shift for which the factorisation proves S - theta diag(S) >= 0.

    One factorisation tells whether the first one holds; only where it does not, the largest of the others is found.
    """
    kept = np.flatnonzero(diagonal > 0)  # rows with a zero diagonal are zero rows here
    part = S if kept.size == diagonal.size else S[kept][:, kept]
    first = largest_shift(part, shifts[:1], _holds)
    found = first or largest_shift(part, shifts[1:] + ROUNDING_SHIFTS, _holds)
    if found is None:
        return None
    theta, error = found
    if theta < 0 and is_semidefinite(part):
        return Curvature(np.zeros(diagonal.size), convex=True)
    proved = theta - 2 * error - 4 * UNIT  # diag(S) >= 1/2
    delta = np.zeros(diagonal.size)
    delta[kept] = proved * diagonal[kept] * (1 - np.sign(proved) * 4 * UNIT)
    if proved >= 0:
        return Curvature(delta, convex=True, more=theta == SHIFTS[0])
    shift = f"a shift of {-proved:.1e} of its diagonal (rounding of its entries)"
    return Curvature(delta, convex=None, premise=f"P is positive semidefinite up to {shift}")


def _holds(error: float, theta: float) -> bool:
    """Whether what is not known of the eigenvalues is small beside the shift."""
    return theta < 0 or 2 * error < theta


def definite_shift(S: Any) -> tuple[float, float] | None:
    """The largest theta of the ladder, and e, with S - theta diag(S) >= -e I and e small beside theta."""
    found = largest_shift(S, STEEP + SHIFTS, lambda error, theta: 4 * error < theta)
    return None if found is None else (found[0], 2 * found[1])


def with_squares(P: Any, A: Any) -> tuple[Any, Array]:
    """P + A'A, and for each row the sum of the magnitudes of its rounding errors."""
    from scipy import sparse

    S, sizes, ones = (sparse.csc_array(P) + A.T @ A).tocsc(), abs(A), np.ones(A.shape[1])
    deepest = float(np.diff(A.tocsc().indptr).max(initial=0)) + 3.0
    return S, gamma(deepest) * (sizes.T @ (sizes @ ones) + abs(P) @ ones) * (1 + 1e-9)


def _lowered(S: Any, slack: Array) -> Array:
    """Delta of a matrix that is not convex: a little below its least eigenvalue, or ``slack`` where that is better."""
    vector = _lowest_vector(S)
    least = 0.0 if vector is None else float(vector @ (S @ vector)) / float(vector @ vector)
    for below in BELOW if least < 0 else ():
        shift = -below * least
        error = negative_part(S + shift * _identity(S), 0.0)
        if error is not None:
            delta = np.full(slack.size, -shift - 2 * error - 4 * UNIT * (1.0 + shift))
            return delta if delta.sum() > slack.sum() else slack
    return slack


def _identity(S: Any) -> Any:
    if not inputs.is_sparse(S):
        return np.eye(S.shape[0])
    from scipy import sparse

    return sparse.eye_array(S.shape[0], format="csc")


def _eigenvector(S: Any) -> Array | None:
    """A direction of negative curvature, checked; None where none was found."""
    vector = _lowest_vector(S)
    if vector is None:
        return None
    terms = np.abs(vector) @ (np.abs(S) @ np.abs(vector))
    negative = vector @ (S @ vector) < -gamma(2.0 * vector.size + 2) * terms
    return vector if negative else None


def _lowest_vector(S: Any) -> Array | None:
    """Eigenvector of the least eigenvalue, or an attempt at it."""
    if S.shape[0] <= DENSE:
        return np.linalg.eigh(dense(S))[1][:, 0]
    from scipy.sparse.linalg import ArpackError, eigsh

    try:
        return eigsh(S, k=1, which="SA", v0=np.ones(S.shape[0]), maxiter=STEPS, tol=1e-6)[1][:, 0]
    except ArpackError as error:
        vectors = getattr(error, "eigenvectors", np.zeros((0, 0)))
        return vectors[:, 0] if vectors.size else None
