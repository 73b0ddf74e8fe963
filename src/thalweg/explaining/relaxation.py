"""What it would take: the least total violation that leaves a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.errors import InputError
from thalweg.explaining import blocks
from thalweg.explaining.elastic import Elastic
from thalweg.explaining.sides import limits_of, with_whole
from thalweg.front import solve
from thalweg.problems.labelled import readable
from thalweg.result import Array, Mask, Solution
from thalweg.terms.rounding import gamma
from thalweg.watch import Watch

MET = Tolerance(feasibility=1e-12)  # nothing is called met that a tolerance excuses
ROUNDING = 1e-12  # an amount below this share of its limit's terms is none
SHOWN = 8


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The least total violation of a problem's limits, proved, and the point that has it.

    Attributes
    ----------
    objective : float
        Least sum of weight times violation; 0 if all limits can be met.
    x : (n,) array or None
        The point with this violation; None if there is none, since limits that were not relaxed contradict each other.
    by_row : mapping of str to float
        By how much which row gives way; only what is not 0.
    by_bound : mapping of str to float
        By how much which variable's bound gives way; only what is not 0.
    prices : mapping of str to float
        By row: what one more unit of its limit would save; only what is not 0. Whole numbers have no prices.
    problem : LinearProgram, QuadraticProgram or MixedIntegerProgram
        The problem with its limits moved by these amounts, ready to be solved.
    solution : Solution
        Of the program behind it, linear or mixed-integer: elastic variables beside x, whose weighted sum is least.
    moves : tuple of str
        Each limit that moved, in words: from what to what.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1, 2], [[1, 1], [1, 1]], row_lower=[3, None], row_upper=[None, 1], lower=0)
    >>> found = problem.relax(rows=["row1"])
    >>> found.objective, found.by_row, found.ok, tw.solve(found.problem).x
    (2.0, {'row1': 2.0}, True, array([3., 0.]))
    """

    objective: float
    x: Array | None
    by_row: Mapping[str, float]
    by_bound: Mapping[str, float]
    prices: Mapping[str, float]
    problem: Any
    solution: Solution
    moves: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True if it is proved that no smaller violation leaves a point."""
        return self.certificate.ok

    @property
    def certificate(self) -> Certificate:
        """What is proved about the least violation."""
        return self.solution.certificate

    def explain(self) -> str:
        """Say in a sentence what must give way, and by how much."""
        certificate = self.certificate
        verdict = certificate.verdict.name
        if self.x is None:
            proved = certificate.verdict is Verdict.INFEASIBLE
            told = "No violation of the relaxed limits leaves a point." if proved else "No point was found."
            return f"{told} {certificate.explain()}"
        if not self.moves:
            return f"All limits can be met: nothing has to give way ({verdict})."
        more = f"; and {len(self.moves) - SHOWN} more" if len(self.moves) > SHOWN else ""
        told = "; ".join(self.moves[:SHOWN])
        proved = f"{verdict}: no smaller total will do" if self.ok else f"{verdict}, so a smaller one may do"
        assumed = "".join(f", assuming that {text}" for text in certificate.assumptions)
        return f"A total violation of {self.objective:.6g} leaves a point ({proved}{assumed}): {told}{more}."

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        told = {"objective": self.objective, "by_row": dict(self.by_row), "by_bound": dict(self.by_bound)}
        assumed = list(self.certificate.assumptions)
        proved = {"ok": self.ok, "verdict": self.certificate.verdict.name, "assumptions": assumed}
        return {**told, "prices": dict(self.prices), **proved}

    def __repr__(self) -> str:
        return f"<Relaxation: {self.certificate.verdict.name}, least total {self.objective:.10g}; print() tells all>"

    def __str__(self) -> str:
        return self.explain()


def relax(
    problem: Any,
    rows: Sequence[str | int] | None = None,
    *,
    weights: Mapping[str, float] | Sequence[float] | float | None = None,
    bounds: bool = False,
    time_limit: float | None = None,
) -> Relaxation:
    """Find the least total violation of the rows that leaves a point; see `LinearProgram.relax`.

    After ``time_limit`` seconds the best so far is returned; branch and bound may well need more.
    """
    chosen = _chosen(problem, rows)
    price = _weights(problem, weights)
    limits, integer = limits_of(problem), getattr(problem, "integer", None)
    watch = Watch(time_limit)
    half = None if time_limit is None else time_limit / 2  # the rest is for how to give way, should the limits not do
    met = solve(with_whole(limits, integer), tol=MET, time_limit=half)
    if met.ok:
        return Relaxation(0.0, met.x, {}, {}, {}, problem, met, ())
    elastic = Elastic.of(limits, np.where(chosen, price, np.inf), bounds=bounds)
    solution = solve(elastic.program if integer is None else elastic.with_whole(integer), time_limit=watch.time_limit)
    if solution.x is None:
        return Relaxation(np.inf, None, {}, {}, {}, problem, solution, ())
    return _read(problem, elastic, solution)


def _read(problem: Any, elastic: Elastic, solution: Solution) -> Relaxation:
    """What the elastic variables say about the problem's own limits."""
    m, n = problem.shape
    x, below, above = elastic.parts(solution.x)
    activity, size = np.append(problem.A @ x, x), np.append(abs(problem.A) @ np.abs(x), np.abs(x))
    low, high = np.append(problem.row_lower, problem.lower), np.append(problem.row_upper, problem.upper)
    below, above = (np.where(gives > ROUNDING * size, gives, 0.0) for gives in (below, above))
    slack = gamma(float(n)) * size  # so that x is inside however its rows are summed
    new_low = np.where(below > 0, np.minimum(low - below, activity - slack), low)
    new_high = np.where(above > 0, np.maximum(high + above, activity + slack), high)
    names = [_name(problem.row_names, i, "row") for i in range(m)], [_name(problem.names, j, "x") for j in range(n)]
    amounts = below + above
    duals = np.zeros(m) if solution.duals is None else np.abs(solution.duals[:m])
    moved = {"row_lower": new_low[:m], "row_upper": new_high[:m], "lower": new_low[m:], "upper": new_high[m:]}
    moves = [
        f"{_label(problem, k)} from {sign} {old[k]:.6g} to {sign} {new[k]:.6g}"
        for k in np.flatnonzero(amounts).tolist()
        for sign, gives, old, new in ((">=", below, low, new_low), ("<=", above, high, new_high))
        if gives[k] > 0
    ]
    return Relaxation(
        solution.objective,
        x,
        {names[0][i]: float(amounts[i]) for i in np.flatnonzero(amounts[:m])},
        {names[1][j]: float(amounts[m + j]) for j in np.flatnonzero(amounts[m:])},
        {names[0][i]: float(duals[i]) for i in np.flatnonzero(duals)},
        problem.replace(**moved),
        solution,
        tuple(moves),
    )


def _label(problem: Any, k: int) -> str:
    """Row or variable in a sentence; the variables come behind the rows."""
    m = problem.shape[0]
    if k >= m:
        return naming.label(problem.names, k - m)
    word = "" if problem.row_names is None else "row "
    return f"{word}{naming.label(problem.row_names, k, 'row')}"


def _name(names: Sequence[str] | None, k: int, symbol: str) -> str:
    return f"{symbol}{k}" if names is None else names[k]


def _chosen(problem: Any, rows: Sequence[str | int] | None) -> Mask:
    """Mask of the rows that may give way."""
    m = problem.shape[0]
    chosen = np.zeros(m, dtype=bool)
    chosen[range(m) if rows is None else blocks.places(rows, problem.row_names, m, "rows", "row")] = True
    return chosen


def _weights(problem: Any, weights: Any) -> Array:
    """One positive weight per row; 1 where nothing is said."""
    m = problem.shape[0]
    known = list(naming.places_of(problem.row_names, m, "row"))
    weights = naming.by_label(readable(weights, problem.row_names, "weights"), known)
    if isinstance(weights, Mapping):
        price = np.ones(m)
        for name, weight in cast(Mapping[Any, Any], weights).items():
            number = inputs.vector([weight], f'weights["{name}"]')[0]
            price[blocks.places([name], problem.row_names, m, "weights", "row")] = number
    else:
        price = inputs.vector(1.0 if weights is None else weights, "weights", size=m, of="rows")
    if not (price > 0).all():
        i = int(np.argmin(price))
        raise InputError(
            f"the weight of {_label(problem, i)} is {price[i]:g}; weights must be > 0. "
            "Name the rows that may give way with rows=[...]; all others hold."
        )
    return price
