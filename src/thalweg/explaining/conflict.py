"""Limits that contradict each other, as few rows as possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg.certificate import Verdict
from thalweg.errors import InputError
from thalweg.explaining.shrinking import Shrinking
from thalweg.explaining.sides import limits_of
from thalweg.judges import judge
from thalweg.naming import label, places_of
from thalweg.problems.linear import LinearProgram
from thalweg.result import Array, Solution
from thalweg.watch import Watch

SHOWN = 12  # limits that are listed; the rest is counted
SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class Conflict:
    """Some limits of an infeasible problem that no point satisfies together.

    Attributes
    ----------
    problem : LinearProgram
        The program with only these rows and bounds; its infeasibility is proved by ``ray``.
    ray : (rows of ``problem``,) array
        Weights of the rows, in the sign of the row duals, as the judge checked them.
    sides : tuple of str
        Each limit in words: rows first, then the bounds of variables.
    minimal : bool
        True if no row can be left out: a point was found and checked for each. Of the bounds those are listed that the
        proof leans on.
    statement : str
        Why no point satisfies them together, in a sentence.
    note : str
        What is not known, where ``minimal`` is False.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1, 1], [[1, 1], [1, 1], [1, 0]], row_lower=[3, None, 0], row_upper=[None, 1, 9])
    >>> conflict = tw.solve(problem).conflict
    >>> conflict.rows, conflict.columns, conflict.sides, conflict.minimal
    (('row0', 'row1'), (), ('row0 >= 3', 'row1 <= 1'), True)
    """

    problem: LinearProgram
    ray: Array
    sides: tuple[str, ...]
    minimal: bool
    statement: str
    note: str = ""

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows; ``row0``, ``row1``, ... where the problem has none."""
        return tuple(self.problem.row_names or ())

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the variables whose bounds take part; ``x0``, ``x1``, ... where the problem has none."""
        names = self.problem.names
        bounded = np.flatnonzero(np.isfinite(self.problem.lower) | np.isfinite(self.problem.upper))
        return tuple(names[j] if names is not None else label(None, j) for j in bounded.tolist())

    def explain(self, *, reason: bool = True) -> str:
        """Say which limits contradict each other, why, and whether all of them are needed.

        ``reason=False`` leaves out why, which may have been said already.
        """
        more = f"; and {len(self.sides) - SHOWN} more" if len(self.sides) > SHOWN else ""
        listed = f"These limits contradict each other: {'; '.join(self.sides[:SHOWN])}{more}."
        parts = listed, _sentence(self.statement) if reason else "", self._needed()
        return " ".join(part for part in parts if part)

    def retold(self, solution: Solution) -> Solution:
        """Return the infeasible answer with this proof in the place of its own, so that one contradiction is told.

        The judge has a look; where the proof does not hold for all limits as it does for these, nothing changes.
        """
        problem, claim = solution.problem, solution.claim
        places = places_of(problem.row_names, problem.shape[0], "row")
        ray = np.zeros(problem.shape[0])
        ray[[places[name] for name in self.rows]] = self.ray
        claim = replace(claim, hints={**claim.hints, "ray": ray})
        certificate = judge(problem, claim, solution.certificate.tolerance)
        if certificate.verdict is not solution.certificate.verdict:
            return solution
        return replace(solution, claim=claim, certificate=certificate)

    def _needed(self) -> str:
        """Say whether a row can be left out."""
        count = len(self.rows)
        if not self.minimal or not count:
            return _sentence(self.note)
        needed = "The row is needed" if count == 1 else f"Each of the {count} rows is needed"
        return f"{needed}: without it, a point satisfies the others."

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        told = {"rows": list(self.rows), "columns": list(self.columns), "sides": list(self.sides)}
        weights = dict(zip(self.rows, self.ray.tolist(), strict=True))
        return {**told, "ray": weights, "minimal": self.minimal, "statement": self.statement, "note": self.note}

    def __repr__(self) -> str:
        parts = _count(self.rows, "row"), _count(self.columns, "bounded variable") if self.columns else ""
        kind = "minimal" if self.minimal else "not known to be minimal"
        return f"<Conflict: INFEASIBLE by {' and '.join(filter(None, parts))}, {kind}; print() tells all>"

    def __str__(self) -> str:
        return self.explain()


def find_conflict(solution: Any, *, time_limit: float | None = SECONDS) -> Conflict:
    """Find limits that contradict each other, as few rows as possible; ``solution.conflict`` is this with defaults.

    Parameters
    ----------
    solution : Solution or ModelSolution
        Of a problem that is proved to be infeasible.
    time_limit : float, optional
        Seconds, after which the smallest contradiction so far is returned, with ``minimal`` False.

    Raises
    ------
    InputError
        The problem is not proved to be infeasible; something else than a solution.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[3.0], upper=2.0, names=["load"], row_names=["need"])
    >>> print(tw.find_conflict(tw.solve(problem)).explain())
    These limits contradict each other: row "need" >= 3; "load" <= 2. No point satisfies all limits: ...
    """
    solution = getattr(solution, "solution", solution)  # that of a model's answer
    if not isinstance(solution, Solution):
        raise InputError(f"got {type(solution).__name__}; pass a solution, e.g. tw.find_conflict(tw.solve(problem)).")
    verdict = solution.certificate.verdict
    if verdict is not Verdict.INFEASIBLE:
        whole = hasattr(solution.problem, "integer") and not solution.ok
        cure = " Whole numbers have no rays; problem.relax() says what it would take to have a point." if whole else ""
        raise InputError(
            "there is no conflict to show: the problem is not proved to be infeasible, its answer is "
            f"{verdict.name}.{cure}"
        )
    search = Shrinking(limits_of(solution.problem), solution.certificate.facts["ray"], Watch(time_limit))
    search.run()
    sides, proof = search.result()
    rows = sides.rows
    left = int((~search.needed[rows]).sum())
    stop = search.watch.stop
    stopped = "rounding leaves it open" if stop is None else f"the search ended before ({stop.value})"
    note = f"whether a row can be left out is not known of {left} of the {rows.size} rows: {stopped}" if left else ""
    texts = tuple(sides.texts(search.problem))
    return Conflict(sides.program(search.problem), proof.facts["ray"], texts, not left, proof.statement, note)


def _count(names: tuple[str, ...], noun: str) -> str:
    return f"{len(names)} {noun}{'s' if len(names) != 1 else ''}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
