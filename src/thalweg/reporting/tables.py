"""The numbers of an answer as tables: values, prices, rays, directions, attempts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Verdict
from thalweg.judges.form import Form
from thalweg.problems.class_columns import by_column
from thalweg.reporting.question import combination
from thalweg.reporting.wording import mentioned, named, number, without_noise
from thalweg.result import Array, Solution
from thalweg.terms.matrices import dense
from thalweg.visible import visible

MOST_TERMS = 6  # of a combination of rows that is written out
NEAR = 1e-9  # share of a limit up to which it counts as met, and of its terms up to which a sum counts as 0
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
    """A titled column: what it says of the variable or row at a place."""

    title: str
    cell: Callable[[int], str]


class Choice(NamedTuple):
    """Places of the variables or rows that a table shows, and what it says of the others."""

    places: list[int]
    note: str


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
    solution = by_column(solution)
    problem, values = solution.problem, solution.claim.values
    if not _fits(values.get("coef"), problem):
        return None
    coef = without_noise(values["coef"])
    columns = [_numbers("value", coef), *_errors(solution), *_remarks(solution, coef)]
    table = _table("coefficients", _labels(problem.names, "x"), _chosen(coef, limit), columns)
    if np.any(_certified(solution, coef)):
        table = table._replace(lead="A certified zero is 0 in every best answer, not in this one only.")
    intercept = np.asarray(values.get("intercept"))  # a claim may be anything
    if not problem.intercept or intercept.size != 1 or intercept.dtype.kind not in "biuf":
        return table
    return _with_intercept(table, problem, float(intercept.reshape(-1)[0]))


def _errors(solution: Solution) -> list[Column]:
    """A column of how far the best coefficients are at most, where that is known of any."""
    errors = solution.certificate.facts.get("coef_error")
    if errors is None or not np.isfinite(errors).any():
        return []
    return [Column("best within", lambda j: f"{errors[j]:.1e}" if np.isfinite(errors[j]) else "unknown")]


def _variables(solution: Solution, limit: int) -> Table | None:
    problem, values = solution.problem, solution.claim.values
    if not _fits(values.get("x"), problem):
        return None
    x, reduced = without_noise(values["x"]), _reduced_costs(solution)
    columns = [
        _numbers("value", x),
        *([] if reduced is None else [_numbers("reduced cost", reduced)]),
        *_remarks(solution, x),
    ]
    table = _table("variables", _labels(problem.names, "x"), _chosen(x, limit), columns)
    if reduced is None or not solution.ok or not np.any(reduced):
        return table
    lead = "One more unit of the limit that a variable meets changes the best objective by its reduced cost."
    return table._replace(lead=lead)


def _reduced_costs(solution: Solution) -> Array | None:
    """Those of the judge; the solver's noise, small beside the terms whose sum it is, is shown as 0."""
    facts, problem = solution.certificate.facts, solution.problem
    reduced, y = facts.get("reduced_costs"), facts.get("row_dual")
    if reduced is None or y is None:
        return reduced
    with np.errstate(all="ignore"):  # a claim may be anything
        _, _, terms = Form.of(problem).reduced_costs(np.asarray(solution.claim.values["x"], dtype=float), np.asarray(y))
    return np.where(np.abs(reduced) <= NEAR * terms, 0.0, reduced)


def _remarks(solution: Solution, values: Array) -> list[Column]:
    """A column of what is to be said of single values, if anything is: the limit they meet, a zero that is proved."""
    problem = solution.problem
    proved = _certified(solution, values)
    lower = values <= problem.lower + _slack(problem.lower)
    upper = values >= problem.upper - _slack(problem.upper)
    if not (lower | upper | proved).any():
        return []
    met = np.where(lower & upper, "fixed", np.where(lower, "at lower limit", np.where(upper, "at upper limit", "")))
    return [Column("remark", lambda j: ", ".join(filter(None, (str(met[j]), "certified zero" if proved[j] else ""))))]


def _slack(limits: Array) -> Array:
    return NEAR * np.abs(limits, where=np.isfinite(limits), out=np.zeros(limits.size))


def _certified(solution: Solution, values: Array) -> Any:
    """Which values are 0 and proved to be so in every best answer."""
    zeros = solution.certificate.facts.get("certified_zeros")
    return np.zeros(values.size, dtype=bool) if zeros is None else np.asarray(zeros) & (values == 0)


def _duals(solution: Solution, limit: int) -> Table | None:
    problem, y = solution.problem, solution.certificate.facts.get("row_dual")
    if y is None or not np.any(y):
        return None
    y = without_noise(y)
    chosen = _chosen(y, limit, only_nonzero=True)
    lower = (y > 0) != problem.maximize
    columns = [_numbers("dual", y), Column("limit", lambda j: _priced(problem, j, lower[j]))]
    names = getattr(problem, "row_names", None)
    table = _table("row duals that are not 0", _labels(names, "row"), chosen, columns)
    if not solution.ok or not chosen.places:
        return table
    j = max(chosen.places, key=lambda i: abs(y[i]))
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
    weights = without_noise(ray)
    columns = [_numbers("weight", weights), Column("limit", lambda j: _priced(problem, j, ray[j] > 0))]
    chosen = _chosen(weights, limit, only_nonzero=True)
    lead = "Each row times its weight (a negative one turns the row round), added up, asks for what no point can give."
    table = _table(title, _labels(problem.row_names, "row"), chosen, columns)
    return table._replace(lead=f"{lead}{_added_up(problem, ray)}")


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
    solution = by_column(solution)
    problem, facts = solution.problem, solution.certificate.facts
    direction, intercept = facts.get("direction"), float(facts.get("direction_intercept", 0.0))
    if direction is None or not (np.any(direction) or intercept):
        return None
    fit = solution.certificate.verdict is Verdict.NO_MINIMISER
    title = f"direction in which the {'loss falls' if fit else 'objective improves'} for ever"
    steps = without_noise(direction)
    chosen = _chosen(steps, limit, only_nonzero=True)
    table = _table(title, _labels(problem.names, "x"), chosen, [_numbers("step", steps)])
    return _with_intercept(table, problem, intercept) if intercept else table


def _fits(values: Any, problem: Any) -> bool:
    """Whether there is one value per variable; a claim may be anything."""
    return values is not None and hasattr(problem, "shape") and np.shape(values) == (problem.shape[1],)


def _with_intercept(table: Table, problem: Any, value: float) -> Table:
    taken = "(intercept)" in (problem.names or ())
    row = ("(intercept of the fit)" if taken else "(intercept)", number(value))
    return table._replace(rows=[row + ("",) * (len(table.columns) - 2), *table.rows])


def _table(title: str, label: Callable[[int], str], chosen: Choice, columns: list[Column]) -> Table:
    rows = [(label(j), *(column.cell(j) for column in columns)) for j in chosen.places]
    titles = tuple(column.title for column in columns)
    return Table(title, ("name", *titles), rows, chosen.note, words=("remark",) if "remark" in titles else ())


def _labels(names: Sequence[str] | None, symbol: str) -> Callable[[int], str]:
    return lambda j: named(names, symbol, j)


def _numbers(title: str, numbers: Array) -> Column:
    return Column(title, lambda j: number(numbers[j]))


def _chosen(first: Array, limit: int, *, only_nonzero: bool = False) -> Choice:
    """Places in their order, or those of the largest if there are more than ``limit``; NaN counts as largest."""
    size = np.nan_to_num(np.abs(first), nan=np.inf)
    places = np.flatnonzero(size) if only_nonzero else np.arange(size.size)
    if places.size <= limit:
        return Choice(places.tolist(), "")
    note = f"the largest {limit} of {places.size:,}, {np.count_nonzero(size):,} of them not 0"
    return Choice(places[np.argsort(-size[places], kind="stable")[:limit]].tolist(), note)
