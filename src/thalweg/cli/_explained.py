"""What ``thalweg explain`` adds to the answer of a program: the conflict, what it would take, how far it holds."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # NumPy comes with these, and --help does without
    from thalweg.result import Solution

WIDTH = 100
ALL = 200  # rows and variables that are all ranged; of a larger program ...
SECONDS = 10.0  # for ranges, and for what it would take
LARGEST = 20  # ... those with the largest prices and values
SHOWN = 4  # variables that are not whole
WHOLE = 1e-6  # what is nearer to a whole number is not shown as a fraction


@dataclass(frozen=True)
class Explained:
    """The answer as it is told best, and the same about it for people and for programs."""

    solution: Solution
    parts: dict[str, str] = field(default_factory=dict[str, str])
    json: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def text(self) -> str:
        """Titles with what stands below them."""
        return "\n\n".join(f"{title}\n{text}" for title, text in self.parts.items())


def explained(solution: Solution) -> Explained:
    """Say why the answer is as it is, or why there is none."""
    whole = hasattr(solution.problem, "integer")
    if solution.certificate.verdict.name == "INFEASIBLE":
        return _why_not(solution)
    if solution.ok:
        return _without_prices(solution) if whole else _how_far(solution)
    if whole and solution.stop.name == "INFEASIBLE":
        return _no_whole_point(solution)
    return Explained(solution)


def _why_not(solution: Solution) -> Explained:
    conflict, relaxation = solution.conflict, solution.problem.relax(time_limit=SECONDS)
    told = conflict.retold(solution)
    why = conflict.explain(reason=told is solution)
    parts = {"which limits contradict each other": why, "what it would take": relaxation.explain()}
    if relaxation.x is None:  # the bounds alone cannot hold
        relaxation = solution.problem.relax(bounds=True, time_limit=SECONDS)
        parts["if bounds give way as well"] = relaxation.explain()
    json = {"conflict": conflict.to_dict(), "relaxation": relaxation.to_dict()}
    return Explained(told, {title: _paragraph(words) for title, words in parts.items()}, json)


def _how_far(solution: Solution) -> Explained:
    rows, columns, note = None, None, ""
    if sum(solution.problem.shape) > ALL:
        rows, columns = _largest(solution.duals), _largest(solution.x)
        note = f"(the {LARGEST} rows with the largest prices, and the {LARGEST} largest variables)\n"
    ranging = solution.ranging(rows, columns, time_limit=SECONDS)
    return Explained(solution, {"how far it holds": f"{note}{ranging}"}, {"ranging": ranging.to_dict()})


def _without_prices(solution: Solution) -> Explained:
    words = (
        "Limits have no prices where variables must be whole: the best objective moves in jumps. Those of the same "
        "program without whole numbers are in tw.solve(problem.relaxation).ranging()."
    )
    return Explained(solution, {"how far it holds": _paragraph(words)})


def _no_whole_point(solution: Solution) -> Explained:
    """Say whose word it is that no whole numbers satisfy the limits, and what is known and can be done."""
    from thalweg.explaining.relaxation import relax
    from thalweg.front import solve

    problem = solution.problem
    continuous, relaxation = solve(problem.relaxation, time_limit=SECONDS), relax(problem, time_limit=SECONDS)
    words = f"It is the word of {solution.claim.by}, which nobody can check afterwards."
    if continuous.ok:
        fractions = _fractions(problem, continuous.x)
        words += f" Without whole numbers there is a point, with objective {continuous.objective:.6g}"
        words += f" and {fractions}." if fractions else "."
    words += (
        " To see which of them stand in the way, let some variables be fractions: "
        "problem.replace(integer=[...]), one True or False for each."
    )
    told = {"why there is no whole point": words, "what it would take": relaxation.explain()}
    json = {"without_whole_numbers": continuous.certificate.to_dict(), "relaxation": relaxation.to_dict()}
    return Explained(solution, {title: _paragraph(text) for title, text in told.items()}, json)


def _fractions(problem: Any, x: Any) -> str:
    """Values of variables that would have to be whole, and are not."""
    from thalweg.naming import label

    away = abs(x - problem.rounded(x))
    places = [j for j in range(len(x)) if away[j] > WHOLE]
    shown = ", ".join(f"{label(problem.names, j)} = {x[j]:.6g}" for j in places[:SHOWN])
    return f"{shown} and {len(places) - SHOWN} more fractions" if len(places) > SHOWN else shown


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
