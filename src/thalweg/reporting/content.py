"""What a report says, as plain words and tables; text and HTML only lay it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Verdict
from thalweg.inputs import is_sparse
from thalweg.problems.fit import Fit
from thalweg.result import Array, Solution

MOST_LIMITS = 20  # limits of coefficients told one by one
NOISE = 1e-12  # share of the largest number of a column, up to which a solver's zeros are shown as 0 ...
NOISE_CAP = 1e-9  # ... and never more than this, where the largest is huge
_KINDS = {"LinearProgram": "linear program", "QuadraticProgram": "quadratic program", "Fit": "penalised linear model"}


class Table(NamedTuple):
    """A titled table of text; every column but the first holds numbers."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""


class Column(NamedTuple):
    """A titled column of numbers."""

    title: str
    numbers: Array


def asked(problem: Any) -> list[tuple[str, str]]:
    """Say what was asked: kind, sense and sizes."""
    return _asked_fit(problem) if isinstance(problem, Fit) else _asked_program(problem)


def _asked_program(problem: Any) -> list[tuple[str, str]]:
    m, n = problem.shape
    sense = "maximise" if problem.maximize else "minimise"
    lines = [("problem", f"{_KINDS[type(problem).__name__]}, {sense}")]
    lines.append(("size", f"{_count(n, 'variable')}, {_count(m, 'row')}, {_count(_nonzeros(problem.A), 'nonzero')}"))
    if problem.P is not None:
        lines.append(("quadratic part", f"{_count(_nonzeros(problem.P), 'nonzero')} of P"))
    if problem.constant:
        lines.append(("constant", f"{problem.constant:.10g} (part of the objective, never of the gap's scale)"))
    return lines


def _asked_fit(problem: Fit) -> list[tuple[str, str]]:
    n, p = problem.shape
    lines = [("problem", f"{_KINDS['Fit']}, {problem.loss.name} loss")]
    lines.append(
        ("size", f"{_count(n, 'row')}, {_count(p, 'feature')}, {'with' if problem.intercept else 'no'} intercept")
    )
    factors = [(name, getattr(problem, name)) for name in ("l1", "l2")]
    shown = [f"{name} {_range(values)}" for name, values in factors if values.any()]
    lines.append(("penalty", ", ".join(shown) or "none"))
    if (problem.weights != 1).any():
        even = problem.weights.min() == problem.weights.max()
        lines.append(("row weights", _range(problem.weights) + (" each" if even else "")))
    if problem.box.limited:
        lines.append(("limits", _limits(problem)))
    if problem.A.shape[0]:
        lines.append(("rows on coefficients", str(problem.A.shape[0])))
    return lines


def numbers(solution: Solution) -> list[tuple[str, str]]:
    """Objective, bound and gap as far as they are known."""
    c = solution.certificate
    lines = [] if np.isnan(c.objective) else [("objective", f"{c.objective:.12g}")]
    if np.isfinite(c.bound):
        lines.append(("bound (nobody is better)", f"{c.bound:.12g}"))
        lines.append(("gap", f"{c.gap_absolute:.3g} ({c.gap:.3g} relative; asked {c.tolerance.gap:g})"))
    return lines


def tables(solution: Solution, limit: int) -> list[Table]:
    """Values, duals and rays by name, each abbreviated to the largest ``limit``."""
    problem, facts, values = solution.problem, solution.certificate.facts, solution.claim.values
    found = []
    if _fits(values.get("coef"), problem):
        found.append(_coefficients(solution, limit))
    if _fits(values.get("x"), problem):
        columns = [Column("value", np.asarray(values["x"]))]
        if facts.get("reduced_costs") is not None:
            columns.append(Column("reduced cost", facts["reduced_costs"]))
        found.append(_table("variables", problem.names, "x", columns, limit))
    row_names, row_title = getattr(problem, "row_names", None), "row duals that are not 0"
    for key, title, names, symbol in (
        ("row_dual", row_title, row_names, "row"),
        ("ray", "ray: weights of the rows that contradict each other", row_names, "row"),
        ("direction", _direction_title(solution), problem.names, "x"),
    ):
        intercept = float(facts.get("direction_intercept", 0.0)) if key == "direction" else 0.0
        if facts.get(key) is not None and (np.any(facts[key]) or intercept):
            heading = "dual" if key == "row_dual" else "weight" if key == "ray" else "step"
            table = _table(title, names, symbol, [Column(heading, facts[key])], limit, only_nonzero=True)
            found.append(_with_intercept(table, problem, intercept) if intercept else table)
    return found


def attempts(solution: Solution) -> Table | None:
    """Who tried what; None if nobody did (a claim that was handed over)."""
    if not solution.attempts:
        return None
    rows = [
        (a.by, a.stop.value, a.verdict.name, f"{a.gap:.2g}" if np.isfinite(a.gap) else "-", f"{a.seconds:.3g}")
        for a in solution.attempts
    ]
    messages = "; ".join(dict.fromkeys(f"{a.by}: {a.message}" for a in solution.attempts if a.message))
    return Table("attempts", ("solver", "stopped", "verdict", "gap", "seconds"), rows, messages)


def not_proved(solution: Solution) -> list[str]:
    """Say what the certificate does not prove."""
    verdict = solution.certificate.verdict
    lines = ["It speaks of the problem as it was read; whether the data and the question are right, it cannot know."]
    if solution.ok:
        lines.append("Other answers may be as good: it bounds the objective, not the distance to a best point.")
    if verdict is Verdict.WITHIN_TOLERANCE:
        lines.append("It rests on the assumptions listed; where one fails, somebody may be better.")
    if verdict is Verdict.UNPROVEN:
        lines.append("It does not say that the answer is wrong: nothing refutes it, and nothing proves it.")
    if verdict is Verdict.REFUTED:
        lines.append("It does not say that the problem has no answer: only that this is none.")
    if verdict is Verdict.INFEASIBLE:
        lines.append("It does not say which limit is the mistaken one: any of those weighted by the ray may be.")
    if verdict in (Verdict.UNBOUNDED, Verdict.NO_MINIMISER):
        lines.append("It does not say what was forgotten: a limit or penalty that stops the direction gives an answer.")
    if isinstance(solution.problem, Fit):
        lines.append("It says nothing about new rows, nor about causes: it is about the best fit to these rows.")
    return lines


def _fits(values: Any, problem: Any) -> bool:
    """Whether there is one value per variable; a claim may be anything."""
    return values is not None and np.shape(values) == (problem.shape[1],)


def _direction_title(solution: Solution) -> str:
    if solution.certificate.verdict is Verdict.NO_MINIMISER:
        return "direction in which the loss falls for ever"
    return "direction in which the objective improves for ever"


def _coefficients(solution: Solution, limit: int) -> Table:
    values = solution.claim.values
    table = _table("coefficients", solution.problem.names, "x", [Column("value", np.asarray(values["coef"]))], limit)
    intercept = values.get("intercept")
    if intercept is None or not solution.problem.intercept:
        return table
    return _with_intercept(table, solution.problem, float(intercept))


def _with_intercept(table: Table, problem: Any, value: float) -> Table:
    taken = "(intercept)" in (problem.names or ())
    return table._replace(rows=[("(intercept of the fit)" if taken else "(intercept)", _number(value)), *table.rows])


def _table(
    title: str, names: Sequence[str] | None, symbol: str, columns: list[Column], limit: int, only_nonzero: bool = False
) -> Table:
    """Rows in their order, or the largest by the first column if there are more than ``limit``."""
    columns = [Column(column.title, _without_noise(column.numbers)) for column in columns]
    size = np.nan_to_num(np.abs(columns[0].numbers), nan=np.inf)
    chosen = np.flatnonzero(size) if only_nonzero else np.arange(size.size)
    total, note = chosen.size, ""
    if total > limit:
        chosen = chosen[np.argsort(-size[chosen], kind="stable")[:limit]]
        note = f"the largest {limit} of {total}, {np.count_nonzero(size)} of them not 0"
    rows = [(_label(names, symbol, j), *(_number(column.numbers[j]) for column in columns)) for j in chosen.tolist()]
    return Table(title, ("name", *(column.title for column in columns)), rows, note)


def _without_noise(values: Any) -> Array:
    numbers = np.asarray(values, dtype=float)
    size = np.abs(numbers)
    largest = float(size[np.isfinite(size)].max(initial=0.0))
    return np.where(size <= min(NOISE * largest, NOISE_CAP), 0.0, numbers)


def _label(names: Sequence[str] | None, symbol: str, j: int) -> str:
    return names[j] if names is not None else f"{symbol}[{j}]"


def _limits(problem: Fit) -> str:
    """Return the limits of the coefficients by name."""
    limited = np.flatnonzero(np.isfinite(problem.lower) | np.isfinite(problem.upper))
    shown = []
    for j in limited[:MOST_LIMITS].tolist():
        name, low, high = _label(problem.names, "x", j), problem.lower[j], problem.upper[j]
        if np.isfinite(low) and np.isfinite(high):
            shown.append(f"{_number(low)} <= {name} <= {_number(high)}")
        else:
            shown.append(f"{name} >= {_number(low)}" if np.isfinite(low) else f"{name} <= {_number(high)}")
    return ", ".join(shown) + (f", ... ({limited.size} in all)" if limited.size > MOST_LIMITS else "")


def _number(value: float) -> str:
    return f"{value + 0.0:.10g}"  # no negative zeros


def _range(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _nonzeros(matrix: Any) -> int:
    return int(matrix.nnz) if is_sparse(matrix) else int(np.count_nonzero(matrix))
