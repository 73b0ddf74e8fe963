"""A solution for a terminal that knows colours: what rich shows for ``print(solution)``."""

from __future__ import annotations

from typing import Any

from thalweg.result import Solution


def solution_renderable(solution: Solution) -> Any:
    """Return what rich prints for a solution."""
    from rich.text import Text

    from thalweg.reporting.text import solution_text

    return Text(solution_text(solution))
