"""A solution as text for a terminal: what was asked, what is proved, the values."""

from __future__ import annotations

from collections.abc import Sequence

from thalweg.reporting import content
from thalweg.reporting.content import Table
from thalweg.result import Solution

LONGEST = 20  # rows of a table; the rest is for --json and the HTML report


def solution_text(solution: Solution, remarks: Sequence[tuple[str, str]] = ()) -> str:
    """Return the whole report as text.

    Parameters
    ----------
    solution : Solution
        What to report; an answer that was handed over is one without attempts.
    remarks : sequence of (str, str)
        Further lines of what was asked: the file, the target, choices made.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.reporting.text import solution_text
    >>> print(solution_text(tw.solve(tw.LinearProgram([1.0], lower=2, names=["load"]))))
    problem  linear program, minimise
    size     1 variable, 0 rows, 0 nonzeros
    <BLANKLINE>
    PROVED: objective 2; ...
    """
    blocks = [
        facts_text([*solution.remarks, *remarks, *content.asked(solution.problem)]),
        solution.certificate.explain(),
    ]
    blocks += [table_text(table) for table in content.tables(solution, LONGEST)]
    tried = content.attempts(solution)
    if tried is not None and (len(tried.rows) > 1 or not solution.certificate.conclusive):
        blocks.append(table_text(tried))
    return "\n\n".join(blocks)


def facts_text(facts: Sequence[tuple[str, str]]) -> str:
    """Name and value, one line each."""
    width = max(len(name) for name, _ in facts)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts)


def table_text(table: Table) -> str:
    """Title, then aligned columns: names to the left, numbers to the right."""
    lines = [table.columns, *table.rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(table.columns))]
    title = f"{table.title} ({table.note})" if table.note else table.title
    return "\n".join([title, *(f"  {_aligned(line, widths)}".rstrip() for line in lines)])


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = f"{cells[0]:<{widths[0]}}"
    return "  ".join([first, *(f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True))])
