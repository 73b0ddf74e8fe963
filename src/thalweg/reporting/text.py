"""A solution as plain text: what was asked, what is proved, the values."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from thalweg.certificate import Verdict
from thalweg.reporting.content import Content, content
from thalweg.reporting.tables import Table
from thalweg.result import Solution
from thalweg.visible import visible

WIDTH = 100  # characters of a line of prose
LONGEST_NAME = 40  # characters of a name that its column makes room for
LONGEST = 20  # rows of a table; the rest is for --json and the HTML report


def solution_text(solution: Solution) -> str:
    """Return the report as text; ``str(solution)`` and the command line print it.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.reporting.text import solution_text
    >>> print(solution_text(tw.solve(tw.LinearProgram([1.0], lower=2, names=["load"]))))
    problem  linear program, minimise
    size     1 variable, 0 rows, 0 nonzeros
    <BLANKLINE>
    minimise
      load
    subject to
      load >= 2
    <BLANKLINE>
    PROVED: objective 2; ...
    """
    told = content(solution, LONGEST)
    blocks = [facts_text(told.asked), told.formula, certificate_text(solution, told)]
    blocks += [table_text(table) for table in told.tables]
    if told.attempts is not None and (len(told.attempts.rows) > 1 or not solution.certificate.conclusive):
        blocks.append(table_text(told.attempts))
    blocks.append("\n".join(["what this does not prove", *(f"  - {line}" for line in told.not_proved)]))
    return "\n\n".join(block for block in blocks if block)


def certificate_text(solution: Solution, told: Content) -> str:
    """The certificate's own words, and what they come to where they are about a gap; all others are plain already."""
    certificate = solution.certificate
    lines = [visible(line) for line in certificate.explain().split("\n")]
    about_a_gap = certificate.outcome is None and certificate.verdict is not Verdict.REFUTED
    plain = [f"  {told.card.headline}"] if about_a_gap and not math.isnan(certificate.objective) else []
    return "\n".join([lines[0], *plain, *lines[1:]])


def facts_text(facts: Sequence[tuple[str, str]]) -> str:
    """Name and value, one line each."""
    width = max(len(name) for name, _ in facts)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts)


def table_text(table: Table) -> str:
    """Title, what the table means, then aligned columns: names to the left, numbers to the right."""
    lines = [tuple(visible(cell) for cell in line) for line in (table.columns, *table.rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(table.columns))]
    widths[0] = max(len(line[0]) for line in lines if len(line[0]) <= LONGEST_NAME)
    title = f"{table.title} ({table.note})" if table.note else table.title
    lead = textwrap.wrap(table.lead, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
    return "\n".join([title, *lead, *(f"  {_aligned(line, widths)}".rstrip() for line in lines)])


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """One line; a long name has a line of its own above its numbers."""
    name = cells[0] if len(cells[0]) <= widths[0] else f"{cells[0]}\n  {'':<{widths[0]}}"
    numbers = (f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join([f"{name:<{widths[0]}}", *numbers])
