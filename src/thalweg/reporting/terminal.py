"""A solution for a terminal that knows colours: what rich shows for it. Names are text, never markup."""

from __future__ import annotations

from typing import Any

from thalweg.reporting.card import Card
from thalweg.reporting.content import content
from thalweg.reporting.tables import Table
from thalweg.reporting.text import LONGEST
from thalweg.result import Solution
from thalweg.visible import visible

COLOURS = {"good": "green", "assumed": "yellow", "open": "blue", "none": "magenta", "wrong": "red"}


def solution_renderable(solution: Solution) -> Any:
    """Return the report as rich shows it: what was asked, the certificate in a frame, tables.

    Examples
    --------
    >>> import thalweg as tw
    >>> from rich.console import Console
    >>> console = Console(width=60)
    >>> with console.capture() as shown:
    ...     console.print(tw.solve(tw.LinearProgram([1.0], lower=2)))
    >>> "✓ PROVED" in shown.get()
    True
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    told = content(solution, LONGEST)
    parts: list[Any] = [_facts(told.asked), Text("")]
    if told.formula:
        parts += [Padding(Text(told.formula), (0, 0, 1, 2))]
    parts.append(_card(told.card))
    for table in told.tables:
        parts += [Text(""), *_table(table)]
    if told.attempts is not None and (len(told.attempts.rows) > 1 or not solution.certificate.conclusive):
        parts += [Text(""), *_table(told.attempts)]
    parts += [Text(""), Text("What this does not prove", style="bold")]
    return Group(*parts, *(Text(f"  {line}") for line in told.not_proved))


def _facts(pairs: list[tuple[str, str]]) -> Any:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 2))
    for name, value in pairs:
        grid.add_row(Text(name, style="dim"), Text(value))
    return grid


def _card(card: Card) -> Any:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    lines = [Text(card.headline, style="bold"), *([Text("")] if card.numbers else [])]
    assumed = [f"Assuming: {text}." for text in card.assumptions]
    rest = [Text(text) for text in (*card.sentences, *assumed)]
    colour = COLOURS[card.tone]
    title = Text(f"{card.sign} {card.verdict}", style=f"bold {colour}")
    return Panel(
        Group(*lines, *([_facts(card.numbers)] if card.numbers else []), *rest),
        title=title,
        title_align="left",
        border_style=colour,
        padding=(0, 1),
    )


def _table(table: Table) -> list[Any]:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, name in enumerate(table.columns):
        number = place > 0 and name not in table.words
        grid.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    title = f"{table.title[:1].upper()}{table.title[1:]}"
    lead = [Text(table.lead)] if table.lead else []
    note = [Text(table.note, style="dim")] if table.note else []
    return [Text(title, style="bold"), *lead, grid, *note]
