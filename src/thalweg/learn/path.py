"""Coefficients along a row of penalties: each point starts from the one before, and has its own certificate."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.certificate import Certificate
from thalweg.errors import InputError, NotProved, UncertifiedWarning
from thalweg.front import solve
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Solution, Stop
from thalweg.terms.penalties import ElasticNet

DOWN_TO = 1e-3  # share of the largest strength at which a path ends, as in scikit-learn
Problem = Fit | MultinomialFit
LEAST_L1 = 1e-3  # share of l1 that a ridge is given for its largest strength, which would be infinite (as in glmnet)


@dataclass(frozen=True, eq=False)
class Path:
    """Fits of one problem along a row of penalty strengths, the strongest first.

    Attributes
    ----------
    alphas : (k,) array
        Strengths, falling.
    coefs : (k, p) array, or (k, K, p) of K > 2 classes
        Coefficients; NaN where there are none.
    intercepts : (k,) array, or (k, K)
    certificates : tuple of Certificate
        What is proved about each point.
    names : tuple of str or None
        Names of the features; of more than two classes, of the coefficients class by class.

    Examples
    --------
    >>> import thalweg as tw
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0]], [1.0, 3.0, 5.0, 8.0]
    >>> path = tw.LinearRegression(l1_ratio=1.0).path(X, y, n_alphas=3)
    >>> path.alphas.round(6), path.ok
    (array([2.875   , 0.090915, 0.002875]), True)
    >>> path.coefs.round(3) + 0.0
    array([[0.   , 0.   ],
           [2.227, 0.   ],
           [2.285, 0.128]])
    """

    alphas: Array
    coefs: Array
    intercepts: Array
    certificates: tuple[Certificate, ...]
    names: tuple[str, ...] | None = None

    @property
    def ok(self) -> bool:
        """Whether every point is certified."""
        return all(certificate.ok for certificate in self.certificates)

    def __len__(self) -> int:
        return len(self.alphas)

    def __repr__(self) -> str:
        proved = sum(certificate.ok for certificate in self.certificates)
        return f"<Path of {len(self)} points, {proved} certified, {self.coefs.shape[-1]} features>"

    def plot(self, ax: Any = None, most: int = 10) -> Any:
        """Draw each coefficient over alpha; see `thalweg.plotting.path.plot_path`."""
        from thalweg.plotting.path import plot_path

        return plot_path(self, ax, most)


def follow(unit: Problem, alphas: Any, n_alphas: Any, settings: dict[str, Any], on_unproven: str) -> Path:
    """Solve a problem whose penalty has strength 1 for every strength, from the strongest on.

    Raises
    ------
    InputError
        Strengths that are none.
    NotProved
        A point is not proved and ``on_unproven="raise"``.
    """
    strengths = _strengths(unit, alphas, n_alphas, settings)
    with unit.X.keeping():
        points = list(_points(unit, strengths, settings))
    if len(points) < len(strengths):
        told = f"interrupted: the path has {len(points)} of {len(strengths)} points."
        warnings.warn(told, UncertifiedWarning, stacklevel=3)
    unproven = [k for k, solution in enumerate(points) if not solution.ok]
    if unproven:
        first = points[unproven[0]]
        told = (
            f"{len(unproven)} of {len(points)} points of the path are not proved, first alpha = "
            f"{strengths[unproven[0]]:.6g}. {first.certificate.explain()}"
        )
        if on_unproven == "raise":
            raise NotProved(told, first)
        warnings.warn(told, UncertifiedWarning, stacklevel=3)
    coefs, intercepts = (_stacked(unit, points, name) for name in Fit.answer)
    certificates = tuple(solution.certificate for solution in points)
    names = getattr(unit, "column_names", unit.names)
    return Path(strengths[: len(points)], coefs, intercepts, certificates, names)


def _points(unit: Problem, strengths: Array, settings: dict[str, Any]) -> Iterator[Solution]:
    """Solve point by point, each from the one before; an interruption ends it."""
    before = None
    for alpha in strengths:
        problem = unit.replace(l1=alpha * unit.l1, l2=alpha * unit.l2)
        solution = solve(problem, start=before, **settings)
        if solution.stop is Stop.INTERRUPTED:
            return
        yield solution
        usable = all(np.isfinite(np.asarray(solution.claim.values.get(name, np.nan))).all() for name in Fit.answer)
        before = {name: solution.claim.values[name] for name in Fit.answer} if usable else None


def _stacked(unit: Problem, points: list[Solution], name: str) -> Array:
    """One value of all points; NaN where there is none."""
    shape = np.shape(unit.start()[name])
    stacked = np.full((len(points), *shape), np.nan)
    for k, solution in enumerate(points):
        if solution.claim.values.get(name) is not None:
            stacked[k] = np.reshape(np.asarray(solution.claim.values[name], dtype=float), shape)
    return stacked


def _strengths(unit: Problem, alphas: Any, n_alphas: Any, settings: dict[str, Any]) -> Array:
    """Strengths, falling: those that were given, or from the largest that does anything down to a thousandth of it."""
    if alphas is not None:
        given = inputs.vector(alphas, "alphas")
        if not given.size or (given < 0).any():
            wrong = "none is there" if not given.size else f"one is {given.min():g}"
            raise InputError(f"alphas are strengths >= 0, at least one; {wrong}.")
        return np.sort(given)[::-1]
    if isinstance(n_alphas, bool) or not isinstance(n_alphas, (int, np.integer)) or n_alphas < 1:
        raise InputError(f"n_alphas is {n_alphas!r}; pass how many points the path has, e.g. 100.")
    largest = largest_strength(unit, settings)
    return np.geomspace(largest, largest * DOWN_TO, int(n_alphas))


def largest_strength(unit: Problem, settings: dict[str, Any]) -> float:
    """Strength from which on all penalised coefficients are 0, if nothing else limits them.

    For a ridge, which never makes them 0, a thousandth of its penalty is taken as l1.
    """
    penalised = unit.l1 + unit.l2 > 0
    if not penalised.any():
        raise InputError("no coefficient is penalised, so that alpha changes nothing. Check penalty_factors.")
    bare = {"A": None, "row_lower": None, "row_upper": None, "row_names": None}
    bare |= {} if isinstance(unit, MultinomialFit) else {"groups": None}
    none = unit.replace(
        l1=0.0, l2=0.0, lower=np.where(penalised, 0.0, -np.inf), upper=np.where(penalised, 0.0, np.inf), **bare
    )
    solution = solve(none, **settings)
    slopes = solution.certificate.facts.get("gradient")  # of several classes, one row for each
    if slopes is None:
        raise NotProved(f"the path has no largest alpha: {solution.certificate.explain()}", solution)
    penalty = unit.penalty if isinstance(unit, Fit) else ElasticNet(unit.l1, unit.l2)
    floor = replace(penalty, l1=np.maximum(unit.l1, LEAST_L1 * (unit.l1 + unit.l2)))
    largest = max(floor.threshold(np.where(penalised, row, 0.0)) for row in np.atleast_2d(slopes))
    if not largest > 0:
        raise InputError("every slope is 0 without coefficients: the features say nothing about y. Pass alphas.")
    return largest
