"""What ``thalweg explain`` adds to the answer of a program: the conflict, what it would take, how far it holds."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # NumPy comes with it, and --help does without
    from thalweg.result import Solution

WIDTH = 100
ALL = 200  # rows and variables that are all ranged; of a larger program ...
SECONDS = 10.0  # for ranges
LARGEST = 20  # ... those with the largest prices and values


class Explained(NamedTuple):
    """The same for people and for programs."""

    text: str
    json: dict[str, Any]


def explained(solution: Solution) -> Explained:
    """Say why the answer is as it is, or why there is none."""
    if solution.certificate.verdict.name == "INFEASIBLE":
        return _why_not(solution)
    return _how_far(solution) if solution.ok else Explained("", {})


def _why_not(solution: Solution) -> Explained:
    conflict, relaxation = solution.conflict, solution.problem.relax()
    parts = {"which limits contradict each other": conflict.explain(), "what it would take": relaxation.explain()}
    if relaxation.x is None:  # the bounds alone cannot hold
        relaxation = solution.problem.relax(bounds=True)
        parts["if bounds give way as well"] = relaxation.explain()
    text = "\n\n".join(f"{title}\n{_paragraph(words)}" for title, words in parts.items())
    return Explained(text, {"conflict": conflict.to_dict(), "relaxation": relaxation.to_dict()})


def _how_far(solution: Solution) -> Explained:
    rows, columns, note = None, None, ""
    if sum(solution.problem.shape) > ALL:
        rows, columns = _largest(solution.duals), _largest(solution.x)
        note = f"(the {LARGEST} rows with the largest prices, and the {LARGEST} largest variables)\n"
    ranging = solution.ranging(rows, columns, time_limit=SECONDS)
    return Explained(f"how far it holds\n{note}{ranging}", {"ranging": ranging.to_dict()})


def _largest(values: Any) -> list[int]:
    """Places of the largest magnitudes, in their order."""
    return sorted(sorted(range(len(values)), key=lambda i: -abs(values[i]))[:LARGEST])


def _paragraph(words: str) -> str:
    from thalweg.visible import visible

    lines = [
        textwrap.fill(visible(line), WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
        for line in words.split("\n")
    ]
    return "\n".join(lines)
