"""What a report says, as plain words, numbers and tables; text, terminal, notebook and page only lay it out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.certificate import Verdict
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.reporting import question
from thalweg.reporting.card import Card, card
from thalweg.reporting.tables import Table, attempts, tables
from thalweg.result import Solution
from thalweg.visible import visible


class Content(NamedTuple):
    """Everything a report says; names in tables are as they were given, all other text is visible on one line."""

    title: str
    asked: list[tuple[str, str]]
    formula: str
    card: Card
    tables: list[Table]
    attempts: Table | None
    not_proved: list[str]


def content(solution: Solution, longest: int, title: str | None = None) -> Content:
    """Gather what a report says; tables have at most ``longest`` rows."""
    kind = question.kind(solution.problem)
    asked = [*solution.remarks, *question.asked(solution.problem)]
    return Content(
        visible(title or f"{kind[:1].upper()}{kind[1:]}"),
        [(visible(name), visible(text)) for name, text in asked],
        question.formula(solution.problem),
        card(solution),
        tables(solution, longest),
        attempts(solution),
        not_proved(solution),
    )


def not_proved(solution: Solution) -> list[str]:
    """Say what the certificate does not prove."""
    verdict = solution.certificate.verdict
    lines = ["It speaks of the problem as it was read; whether the data and the question are right, it cannot know."]
    if solution.ok:
        errors = solution.certificate.facts.get("coef_error")
        if errors is None or not np.isfinite(errors).all():
            lines.append("Other answers may be as good: it bounds the objective, not the distance to a best point.")
    if verdict is Verdict.WITHIN_TOLERANCE:
        lines.append("It rests on the assumptions listed; where one fails, somebody may be better.")
    if verdict is Verdict.UNPROVEN:
        lines.append("It does not say that the answer is wrong: nothing refutes it, and nothing proves it.")
    if verdict is Verdict.REFUTED:
        lines.append("It does not say that the problem has no answer: only that this is none.")
    if verdict is Verdict.INFEASIBLE:
        lines.append("It does not say which limit is the mistaken one: any of those that have a weight may be.")
    if verdict in (Verdict.UNBOUNDED, Verdict.NO_MINIMISER):
        lines.append("It does not say what was forgotten: a limit or penalty that stops the direction gives an answer.")
    if isinstance(solution.problem, (Fit, MultinomialFit)):
        lines.append("It says nothing about new rows, nor about causes: it is about the best fit to these rows.")
    return lines
