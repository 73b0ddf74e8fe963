"""How far an answer holds: prices of limits with the ranges they hold for, and ranges of costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from thalweg.certificate import Certificate, Tolerance
from thalweg.errors import InputError, suggest
from thalweg.explaining import blocks
from thalweg.explaining.faces import Faces
from thalweg.explaining.optimum import Optimum
from thalweg.explaining.regular import Regular
from thalweg.front import solve
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Solution
from thalweg.visible import visible
from thalweg.watch import Watch

LIMITS = ("name", "side", "limit", "price", "left", "right", "from", "to")
COSTS = ("name", "value", "cost", "from", "to")
CLOSE = Tolerance(gap=1e-9)  # what is met, and which multipliers are 0, can be told of such answers
FEW = 3  # sentences about one table
SAME = 1e-9  # left and right price count as one within this share
LONGEST = 40  # lines of a table as text
UNSETTLED = "limits that are met cannot be told from limits that are nearly met"

Columns = Mapping[str, list[Any]]


@dataclass(frozen=True, eq=False)
class Ranging:
    """Prices of limits and the ranges over which they hold; ranges of costs over which the point stays best.

    All numbers are in the user's sense: a price is d(best objective) / d(limit), in maximisations as well. ``left`` is
    the price of moving the limit down, which holds from ``from`` up to the limit; ``right`` that of moving it up, which
    holds up to ``to``. They differ where the answer is degenerate, and ``price`` is NaN there. An infinite price: the
    limit cannot move that way, no point would be left. NaN: not known.

    Of an equality (side ``"="``) both limits move at once. In a quadratic program prices change along the range, within
    which the same limits are met.

    Attributes
    ----------
    rows : mapping of str to list
        Columns ``name``, ``side``, ``limit``, ``price``, ``left``, ``right``, ``from``, ``to``: one entry per limit.
    bounds : mapping of str to list
        The same of the bounds of variables.
    columns : mapping of str to list
        Columns ``name``, ``value``, ``cost``, ``from``, ``to``: the costs between which the point stays best.
    other : (n,) array or None
        Another best point, if one was found; ``other_certificate`` proves it.
    stopped : str
        Why not all was looked at ("time limit", "interrupted"); empty if all was.

    Examples
    --------
    >>> import thalweg as tw
    >>> bread = tw.LinearProgram([3.0, 5.0], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
    >>> ranging = tw.solve(bread).ranging()
    >>> ranging.rows["price"], ranging.rows["from"], ranging.rows["to"]
    ([0.0, 1.5, 1.0], [2.0, 6.0, 12.0], [inf, 18.0, 24.0])
    >>> ranging.columns["from"], ranging.columns["to"]
    ([0.0, 2.0], [7.5, inf])
    """

    rows: Columns
    bounds: Columns
    columns: Columns
    maximize: bool
    quadratic: bool
    other: Array | None = None
    other_certificate: Certificate | None = field(default=None, repr=False)
    stopped: str = ""

    def table(self, which: str = "rows") -> str:
        """Return one of the tables ("rows", "bounds" or "columns") as text."""
        tables = {"rows": self.rows, "bounds": self.bounds, "columns": self.columns}
        if which not in tables:
            raise InputError(f'there is no table "{which}". {suggest(str(which), tables)}')
        columns: Columns = tables[which]
        lines = [tuple(columns), *zip(*([_cell(v) for v in column] for column in columns.values()), strict=True)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        shown = lines[: LONGEST + 1]
        text = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in shown]
        if len(lines) > len(shown):
            text.append(f"... and {len(lines) - len(shown)} more")
        return "\n".join(text)

    def explain(self) -> str:
        """Say whether the answer is degenerate or not the only one, as far as that is proved."""
        told = [*_degenerate(self.rows, "row"), *_degenerate(self.bounds, "bound of")]
        if self.other is not None:
            told.append(f"another best point, within the tolerance ({self.other_certificate.verdict.name}): see other")
        if self.stopped:
            told.append(f"not all is known ({self.stopped}): nan")
        return "; ".join(told)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints; infinite and NaN become None."""
        tables = {"rows": self.rows, "bounds": self.bounds, "columns": self.columns}
        plain = {name: {key: [_plain(v) for v in column] for key, column in t.items()} for name, t in tables.items()}
        return {**plain, "other": None if self.other is None else self.other.tolist()}

    def __str__(self) -> str:
        lead = "d(best objective) / d(limit); left holds from 'from' to the limit, right from there to 'to'"
        if self.quadratic:
            lead = "d(best objective) / d(limit), which changes with it; the same limits are met from 'from' to 'to'"
        parts = [
            f"prices of rows: {lead}\n{self.table('rows')}" if self.rows["name"] else "",
            f"prices of bounds\n{self.table('bounds')}" if self.bounds["name"] else "",
            f"costs between which the point stays best\n{self.table('columns')}" if self.columns["name"] else "",
            self.explain(),
        ]
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return str(self)


def ranging(
    solution: Solution,
    rows: Iterable[str | int] | None = None,
    columns: Iterable[str | int] | None = None,
    *,
    time_limit: float | None = None,
) -> Ranging:
    """Return prices and ranges of a proved answer; see `Solution.ranging`."""
    problem = solution.problem
    if not isinstance(problem, (LinearProgram, QuadraticProgram)):
        cure = (
            " Those of its relaxation: tw.solve(problem.relaxation).ranging()." if hasattr(problem, "integer") else ""
        )
        raise InputError(f"ranging() is for linear and quadratic programs; this is {type(problem).__name__}.{cure}")
    if not solution.ok:
        raise InputError(
            f"there is nothing to range: the answer is {solution.certificate.verdict.name}. "
            "Ranges are of a best point that is proved."
        )
    m, n = problem.shape
    chosen_rows = range(m) if rows is None else blocks.places(rows, problem.row_names, m, "rows", "row")
    chosen = range(n) if columns is None else blocks.places(columns, problem.names, n, "columns")
    watch = Watch(time_limit)
    optimum = Optimum.of(_at_a_vertex(solution), watch)
    regular = Regular.of(optimum) if optimum.settled else None
    faces = Faces(optimum, watch)
    found, another = _Found(optimum, regular or faces), None if regular is not None else faces.another()
    stopped = watch.stop.value if watch.stop is not None else "" if optimum.settled else UNSETTLED
    return Ranging(
        found.limits(chosen_rows, problem.row_names, "row", 0),
        found.limits(chosen, problem.names, "x", m),
        found.costs(chosen, problem.names),
        problem.maximize,
        problem.P is not None,
        *(another or (None, None)),
        stopped=stopped,
    )


def _at_a_vertex(solution: Solution) -> Solution:
    """An answer whose active limits can be told: of a linear program a vertex, else one with a gap of rounding."""
    told = solution.problem.P is not None or solution.claim.by == "simplex"
    if told and solution.certificate.gap <= CLOSE.gap:
        return solution
    again = solve(solution.problem, "simplex" if solution.problem.P is None else "auto", tol=CLOSE)
    return again if again.ok else solution


@dataclass(frozen=True, eq=False)
class _Found:
    """Where the numbers come from: the linear system if nothing is degenerate, else the faces."""

    optimum: Optimum
    source: Regular | Faces

    def limits(self, places: Iterable[int], names: Sequence[str] | None, symbol: str, shift: int) -> Columns:
        """Table of the limits of rows, or of the bounds of variables (which stand ``shift`` places behind)."""
        o, lines = self.optimum, list[tuple[Any, ...]]()
        for place in places:
            for side in o.sides(place + shift):
                left, right, start, end = self.source.limit(place + shift, side)
                left, right = o.sign * left + 0.0, o.sign * right + 0.0
                same = abs(left - right) <= SAME * max(abs(left), abs(right)) if np.isfinite([left, right]).all() else 0
                price = left if same else np.nan
                value = float((o.upper if side == "upper" else o.lower)[place + shift])
                name = f"{symbol}{place}" if names is None else names[place]
                lines.append((name, side, value, price, left, right, start + 0.0, end + 0.0))
        return {title: [line[i] for line in lines] for i, title in enumerate(LIMITS)}

    def costs(self, places: Iterable[int], names: Sequence[str] | None) -> Columns:
        """Table of the costs."""
        o, lines = self.optimum, list[tuple[Any, ...]]()
        for j in places:
            low, high = self.source.cost(j)
            low, high = (low, high) if o.sign > 0 else (-high, -low)
            name = f"x{j}" if names is None else names[j]
            lines.append((name, float(o.x[j]), float(o.problem.q[j]), low + 0.0, high + 0.0))
        return {title: [line[i] for line in lines] for i, title in enumerate(COSTS)}


def _degenerate(table: Columns, what: str) -> list[str]:
    """Sentences about limits with two prices."""
    split = [k for k, price in enumerate(table["price"]) if np.isnan(price) and _differ(table, k)]
    told: list[str] = []
    for k in split[:FEW]:
        left, right, name = table["left"][k], table["right"][k], f'{what} "{table["name"][k]}"'
        if np.isinf(left) and np.isinf(right):
            told.append(f"{name} cannot move alone: no point would be left")
        else:
            told.append(f"degenerate: {name} has the price {left:.6g} downwards and {right:.6g} upwards")
    more = len(split) - FEW
    return [*told, f"and {more} more of the same kind"] if more > 0 else told


def _differ(table: Columns, k: int) -> bool:
    return not (np.isnan(table["left"][k]) or np.isnan(table["right"][k]))


def _cell(value: Any) -> str:
    return visible(value) if isinstance(value, str) else f"{value:.6g}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else (float(value) if np.isfinite(value) else None)
