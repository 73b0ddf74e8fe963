"""The numbers of an answer as tables: values, prices, rays, directions, attempts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Verdict
from thalweg.reporting.question import combination, dense
from thalweg.reporting.wording import mentioned, named, number, without_noise
from thalweg.result import Array, Solution
from thalweg.visible import visible

MOST_TERMS = 6  # of a combination of rows that is written out
DENSE = 100_000  # entries of rows that are looked at for it


class Table(NamedTuple):
    """A titled table of text; every column but the first holds numbers, except those that ``words`` names."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""
    lead: str = ""
    words: tuple[str, ...] = ()


class Column(NamedTuple):
    """A titled column of numbers."""

    title: str
    numbers: Array


def tables(solution: Solution, limit: int) -> list[Table]:
    """Values, duals and rays by name, each abbreviated to the largest ``limit``."""
    made = (_coefficients, _variables, _duals, _ray, _direction)
    return [table for table in (make(solution, limit) for make in made) if table is not None]


def attempts(solution: Solution) -> Table | None:
    """Who tried what; None if nobody did (a claim that was handed over)."""
    if not solution.attempts:
        return None
    rows = [
        (a.by, a.stop.value, a.verdict.name, f"{a.gap:.2g}" if np.isfinite(a.gap) else "-", f"{a.seconds:.3g}")
        for a in solution.attempts
    ]
    messages = "; ".join(dict.fromkeys(f"{a.by}: {a.message}" for a in solution.attempts if a.message))
    columns = ("solver", "stopped", "verdict", "gap", "seconds")
    return Table("attempts", columns, rows, visible(messages), words=("stopped", "verdict"))


def _coefficients(solution: Solution, limit: int) -> Table | None:
    problem, values = solution.problem, solution.claim.values
    if not _fits(values.get("coef"), problem):
        return None
    coef = np.asarray(values["coef"], dtype=float)
    table = _table("coefficients", problem.names, "x", [Column("value", coef)], limit)
    table = _with_remarks(table, solution, coef, limit)
    intercept = np.asarray(values.get("intercept"))  # a claim may be anything
    if not problem.intercept or intercept.size != 1 or intercept.dtype.kind not in "biuf":
        return table
    return _with_intercept(table, problem, float(intercept.reshape(-1)[0]))


def _variables(solution: Solution, limit: int) -> Table | None:
    problem, values = solution.problem, solution.claim.values
    if not _fits(values.get("x"), problem):
        return None
    x, reduced = np.asarray(values["x"], dtype=float), solution.certificate.facts.get("reduced_costs")
    if reduced is not None:
        reduced = without_noise(reduced, beside=float(np.abs(problem.q).max()))
    columns = [Column("value", x), *([] if reduced is None else [Column("reduced cost", reduced)])]
    table = _with_remarks(_table("variables", problem.names, "x", columns, limit), solution, x, limit)
    if reduced is None or not solution.ok or not np.any(reduced):
        return table
    lead = "One more unit of the limit that a variable meets changes the best objective by its reduced cost."
    return table._replace(lead=lead)


def _with_remarks(table: Table, solution: Solution, values: Array, limit: int) -> Table:
    """Add what is to be said of single values, if anything is: the limit they meet, a zero that is proved."""
    problem, zeros = solution.problem, solution.certificate.facts.get("certified_zeros")
    lower, upper = values <= problem.lower, values >= problem.upper
    proved = np.zeros(values.size, dtype=bool) if zeros is None else np.asarray(zeros) & (values == 0)
    if not (lower | upper | proved).any():
        return table
    met = np.where(lower & upper, "fixed", np.where(lower, "at lower limit", np.where(upper, "at upper limit", "")))
    told = [", ".join(filter(None, (str(met[j]), "certified zero" if proved[j] else ""))) for j in range(values.size)]
    rows = [(*row, told[j]) for row, j in zip(table.rows, _chosen(without_noise(values), limit), strict=True)]
    lead = "A certified zero is 0 in every best answer, not in this one only." if proved.any() else ""
    return table._replace(columns=(*table.columns, "remark"), rows=rows, words=("remark",), lead=lead)


def _duals(solution: Solution, limit: int) -> Table | None:
    problem, y = solution.problem, solution.certificate.facts.get("row_dual")
    if y is None or not np.any(y):
        return None
    names = getattr(problem, "row_names", None)
    table = _table("row duals that are not 0", names, "row", [Column("dual", y)], limit, only_nonzero=True)
    chosen = _chosen(without_noise(y), limit, only_nonzero=True)
    lower = np.asarray(y > 0) != problem.maximize
    rows = [(*row, _priced(problem, j, lower[j])) for row, j in zip(table.rows, chosen, strict=True)]
    table = table._replace(columns=(*table.columns, "limit"), rows=rows)
    if not solution.ok or not chosen:
        return table
    j = max(chosen, key=lambda i: abs(y[i]))
    lead = (
        f'One more unit of "{mentioned(names, "row", j)}" changes the best objective by {number(y[j])}: '
        "exactly so for small changes if the duals are unique, and never with a larger gain."
    )
    return table._replace(lead=lead)


def _priced(problem: Any, j: int, lower: bool) -> str:
    """Return the side of a row that a dual prices."""
    low, high = problem.row_lower[j], problem.row_upper[j]
    if low == high:
        return f"= {number(low)}"
    return f">= {number(low)}" if lower else f"<= {number(high)}"


def _ray(solution: Solution, limit: int) -> Table | None:
    problem, ray = solution.problem, solution.certificate.facts.get("ray")
    if ray is None or not np.any(ray):
        return None
    title = "weights of the rows that contradict each other"
    if np.count_nonzero(ray) == 1:
        title = "weight of the row that contradicts the bounds"
    table = _table(title, problem.row_names, "row", [Column("weight", ray)], limit, only_nonzero=True)
    chosen = _chosen(without_noise(ray), limit, only_nonzero=True)
    rows = [(*row, _priced(problem, j, ray[j] > 0)) for row, j in zip(table.rows, chosen, strict=True)]
    lead = "Each row times its weight (a negative one turns the row round), added up, asks for what no point can give."
    return table._replace(columns=(*table.columns, "limit"), rows=rows, lead=f"{lead}{_added_up(problem, ray)}")


def _added_up(problem: Any, ray: Array) -> str:
    """Return the sum of the weighted rows and what the bounds allow, if that is short."""
    used = np.flatnonzero(ray)
    if used.size * problem.shape[1] > DENSE:
        return ""
    terms = dense(problem.A[used]) * ray[used, None]
    total = np.where(np.abs(terms.sum(axis=0)) <= 1e-9 * np.abs(terms).sum(axis=0), 0.0, terms.sum(axis=0))
    if np.count_nonzero(total) > MOST_TERMS:
        return ""
    asks = float(ray[used] @ np.where(ray > 0, problem.row_lower, problem.row_upper)[used])
    moving = np.flatnonzero(total)
    names = [mentioned(problem.names, "x", j) for j in moving.tolist()]
    text = f" The sum reads {combination(total[moving], names)} >= {number(asks)}"
    if not moving.size:
        return f"{text}."
    best = total[moving] * np.where(total > 0, problem.upper, problem.lower)[moving]
    return f"{text}, but the bounds allow at most {number(best.sum())}." if np.isfinite(best).all() else f"{text}."


def _direction(solution: Solution, limit: int) -> Table | None:
    problem, facts = solution.problem, solution.certificate.facts
    direction, intercept = facts.get("direction"), float(facts.get("direction_intercept", 0.0))
    if direction is None or not (np.any(direction) or intercept):
        return None
    fit = solution.certificate.verdict is Verdict.NO_MINIMISER
    title = f"direction in which the {'loss falls' if fit else 'objective improves'} for ever"
    table = _table(title, problem.names, "x", [Column("step", direction)], limit, only_nonzero=True)
    return _with_intercept(table, problem, intercept) if intercept else table


def _fits(values: Any, problem: Any) -> bool:
    """Whether there is one value per variable; a claim may be anything."""
    return values is not None and hasattr(problem, "shape") and np.shape(values) == (problem.shape[1],)


def _with_intercept(table: Table, problem: Any, value: float) -> Table:
    taken = "(intercept)" in (problem.names or ())
    row = ("(intercept of the fit)" if taken else "(intercept)", number(value))
    return table._replace(rows=[row + ("",) * (len(table.columns) - 2), *table.rows])


def _table(
    title: str, names: Sequence[str] | None, symbol: str, columns: list[Column], limit: int, only_nonzero: bool = False
) -> Table:
    """Rows in their order, or the largest by the first column if there are more than ``limit``."""
    columns = [Column(column.title, without_noise(column.numbers)) for column in columns]
    first = columns[0].numbers
    chosen = _chosen(first, limit, only_nonzero)
    total, note = np.count_nonzero(first) if only_nonzero else first.size, ""
    if total > limit:
        note = f"the largest {limit} of {total:,}, {np.count_nonzero(first):,} of them not 0"
    rows = [(named(names, symbol, j), *(number(column.numbers[j]) for column in columns)) for j in chosen]
    return Table(title, ("name", *(column.title for column in columns)), rows, note)


def _chosen(first: Array, limit: int, only_nonzero: bool = False) -> list[int]:
    """Places in their order, or those of the largest if there are more than ``limit``; NaN counts as largest."""
    size = np.nan_to_num(np.abs(first), nan=np.inf)
    places = np.flatnonzero(size) if only_nonzero else np.arange(size.size)
    if places.size > limit:
        places = places[np.argsort(-size[places], kind="stable")[:limit]]
    return [int(j) for j in places]
