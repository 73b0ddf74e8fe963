"""The certificate as a card: the verdict, one sentence in plain words, and the numbers behind it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from thalweg.certificate import Certificate, Verdict
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.reporting.wording import outward
from thalweg.result import Solution
from thalweg.visible import visible


class Card(NamedTuple):
    """What a certificate says.

    ``sign`` and ``verdict`` say in characters what ``tone`` says in colour: "good", "assumed", "open", "none", "wrong".
    """

    verdict: str
    sign: str
    tone: str
    headline: str
    numbers: list[tuple[str, str]]
    sentences: list[str]
    assumptions: list[str]


_LOOKS = {
    Verdict.PROVED: ("✓", "good"),
    Verdict.WITHIN_TOLERANCE: ("≈", "assumed"),
    Verdict.STATIONARY: ("–", "open"),
    Verdict.INFEASIBLE: ("∅", "none"),
    Verdict.UNBOUNDED: ("∞", "none"),
    Verdict.NO_MINIMISER: ("↘", "none"),
    Verdict.UNPROVEN: ("?", "open"),
    Verdict.REFUTED: ("✗", "wrong"),
}
_FAMILIES = {"rows": "Rows", "bounds": "Bounds"}


def card(solution: Solution) -> Card:
    """Read the card from the certificate."""
    certificate = solution.certificate
    sign, tone = _LOOKS[certificate.verdict]
    return Card(
        certificate.verdict.name,
        sign,
        tone,
        visible(_headline(solution.problem, certificate)),
        numbers(certificate),
        [visible(text) for text in [*_limits(certificate), *(f"Note: {note}." for note in certificate.notes)]],
        [visible(text) for text in certificate.assumptions],
    )


def numbers(c: Certificate) -> list[tuple[str, str]]:
    """Objective, bound and gap as far as they are known."""
    lines = [] if math.isnan(c.objective) else [("objective", f"{c.objective:.12g}")]
    if c.outcome is None and math.isfinite(c.bound):
        lines.append(("bound (nobody is better)", f"{c.bound:.12g}"))
        lines.append(("gap", f"{c.gap_absolute:.3g} ({c.gap:.3g} relative; asked {c.tolerance.gap:g})"))
        if _rounding(c) > 0:
            lines.append(("rounding of the check", f"{outward(_rounding(c))}"))
    return lines


def _rounding(c: Certificate) -> float:
    return min(c.noise, c.natural)


def _headline(problem: Any, c: Certificate) -> str:
    verdict = c.verdict
    if verdict is Verdict.PROVED:
        return f"No {_others(problem)} can be better than {_these(problem)}{_by(c)}."
    if verdict is Verdict.WITHIN_TOLERANCE:
        return f"Under the assumptions listed, no {_others(problem)} can be better than {_these(problem)}{_by(c)}."
    if verdict is Verdict.UNBOUNDED:
        return f"There is no best answer: {c.statement}."
    if verdict in (Verdict.INFEASIBLE, Verdict.NO_MINIMISER, Verdict.STATIONARY):
        return _sentence(c.statement)
    if verdict is Verdict.REFUTED:
        return _refuted(c)
    return _unproven(problem, c)


def _refuted(c: Certificate) -> str:
    if not c.finite:
        return "This is not an answer: what was claimed is not a point of this problem."
    worst = max(c.violations.values(), key=lambda v: v.normwise, default=None)
    if worst is None:
        return "This is not an answer: a part of it is refuted."
    return f"This is not an answer: it breaks the limit {worst.where} by {worst.amount:.3g}."


def _unproven(problem: Any, c: Certificate) -> str:
    if math.isnan(c.objective):
        return "Nothing is proved: no point was claimed, and no ray that says anything about the problem."
    if not math.isfinite(c.bound) or not math.isfinite(c.gap_absolute):
        others = _others(problem, many=True)
        return f"Nothing is proved about how good this is: no bound was found that {others} cannot beat."
    if c.distance < 0:
        return (
            f"Not proved: the bound lies {c.gap_absolute:.3g} beyond the objective, which small violations of limits "
            "must have bought."
        )
    under = "under the assumptions listed, " if c.assumptions else ""
    return (
        f"Not proved to be the best: {under}{_others(problem, many=True)} may be better, "
        f"but not by more than {_amount(c)}; asked was {c.tolerance.gap:g} relative."
    )


def _by(c: Certificate) -> str:
    amount = c.gap_absolute + _rounding(c)
    return f" by more than {_amount(c)}" if amount > 0 else ""


def _amount(c: Certificate) -> str:
    """Gap and rounding of the check, rounded up."""
    amount = c.gap_absolute + _rounding(c)
    relative = f" (relative {outward(amount / c.scale)})" if c.scale > 0 else ""
    rounding = ", rounding of the check included" if _rounding(c) > 0 else ""
    return f"{outward(amount)}{relative}{rounding}"


def _others(problem: Any, *, many: bool = False) -> str:
    if isinstance(problem, (Fit, MultinomialFit)):
        limited = problem.box.limited or problem.A.shape[0] > 0
        return "other coefficients within the limits" if limited else "other coefficients"
    return "other points within the limits" if many else "other point within the limits"


def _these(problem: Any) -> str:
    return "these" if isinstance(problem, (Fit, MultinomialFit)) else "this one"


def _sentence(text: str) -> str:
    """A statement as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _limits(c: Certificate) -> list[str]:
    """How well the point keeps its limits."""
    if math.isnan(c.objective) or not c.violations:
        return []
    broken = {name: v for name, v in c.violations.items() if v.amount > 0}
    if not broken:
        return ["Every limit is met."]
    return [
        f"{_FAMILIES.get(name, name)}: the largest violation is {v.amount:.2g} at {v.where} ({v.relative:.2g} of its "
        f"own terms; {c.tolerance.feasibility:g} is allowed)."
        for name, v in broken.items()
    ]
