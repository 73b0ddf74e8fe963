"""What a claim proves: the verdict, and the measurements behind it.

Signs are the user's: in a maximisation the ``bound`` lies above the ``objective``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import Any

from thalweg.tolerance import Tolerance
from thalweg.visible import visible


class Verdict(Enum):
    """What a claim proves.

    ``PROVED`` and ``WITHIN_TOLERANCE`` are ok; the second rests on assumptions that the certificate lists.
    ``INFEASIBLE``, ``UNBOUNDED`` and ``NO_MINIMISER`` are statements about the problem, each with a checked ray.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.LinearProgram([1.0], lower=0, upper=1)).certificate.verdict.name
    'PROVED'
    """

    PROVED = "proved"
    WITHIN_TOLERANCE = "within tolerance"
    STATIONARY = "stationary"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NO_MINIMISER = "no minimiser"
    UNPROVEN = "unproven"
    REFUTED = "refuted"

    @property
    def ok(self) -> bool:
        """Whether it says that the claim is the answer that was asked for."""
        return self in (Verdict.PROVED, Verdict.WITHIN_TOLERANCE)

    @property
    def conclusive(self) -> bool:
        """Whether no further attempt is called for."""
        return self.ok or self in (Verdict.INFEASIBLE, Verdict.UNBOUNDED, Verdict.NO_MINIMISER)


@dataclass(frozen=True, slots=True)
class Violation:
    """How far a claim is outside one family of limits.

    Attributes
    ----------
    amount : float
        Largest violation in the user's units.
    relative : float
        Largest violation of a limit relative to the sum of its own terms.
    normwise : float
        The same where each limit may also be measured against the equilibrated problem (never above ``relative``).
    where : str
        Label of the worst place.
    mended : bool
        A point nearby that meets the limits is known to exist, and what it costs more at most is part of the gap.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[2.0], lower=0)
    >>> tw.certify(problem, x=[1.0]).violations["rows"].amount
    1.0
    """

    amount: float
    relative: float
    normwise: float
    where: str
    mended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What a claim proves, computed from the problem alone.

    Attributes
    ----------
    statement : str
        What the bound says, in one sentence.
    objective : float
        Value of the claim, in the user's sense, constant included. NaN: no point was claimed.
    bound : float
        The value that nobody can beat, likewise.
    distance : float
        Objective minus bound (bound minus objective in a maximisation), measured without the constant term, which
        would swallow its digits.
    scale : float
        The larger magnitude of the two without the constant term: what the gap is relative to.
    noise : float
        Rounding bound of the check: of the objective at the claimed point, and of an honest bound.
    natural : float
        Rounding that the problem's own numbers explain; noise beyond it excuses nothing.
    maximize : bool
        Whether the problem maximises, so that the bound lies above.
    violations : mapping of str to Violation
        By family of limits.
    tolerance : Tolerance
        What gap and violations are compared with; `at` changes it.
    premises : tuple of str
        What the bound or ray rests on besides the data; empty for a proof.
    outcome : Verdict or None
        A checked statement about the problem: infeasible, unbounded, no minimiser; or about the point: stationary.
    finite : bool
        False if anything claimed has the wrong shape, is NaN or infinite.
    notes : tuple of str
        What else the judge saw.
    facts : mapping
        What the judge derived: ``row_dual``, ``reduced_costs``, ...

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)
    >>> certificate = tw.certify(problem, x=[1.0, 0.0], duals=[1.0])
    >>> certificate.verdict.name, certificate.objective, certificate.gap <= 1e-12
    ('PROVED', 1.0, True)
    >>> tw.certify(problem, x=[0.0, 1.0], duals=[1.0]).verdict.name   # feasible, but not the best
    'UNPROVEN'
    """

    statement: str
    objective: float = math.nan
    bound: float = -math.inf
    distance: float = math.inf
    scale: float = math.nan
    noise: float = 0.0
    natural: float = math.inf
    maximize: bool = False
    violations: Mapping[str, Violation] = field(default_factory=dict[str, Violation])
    tolerance: Tolerance = field(default_factory=Tolerance)
    premises: tuple[str, ...] = ()
    outcome: Verdict | None = None
    finite: bool = True
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    # every comparison below is written so that NaN fails

    @property
    def feasible(self) -> bool:
        """True if every limit holds within the tolerance."""
        return all(v.normwise <= self.tolerance.feasibility for v in self.violations.values())

    @property
    def gap_absolute(self) -> float:
        """Distance between objective and bound, in units of the objective; infinite if there is no finite bound."""
        return abs(self.distance) if math.isfinite(self.distance) else math.inf  # beyond the bound is no better

    @property
    def gap(self) -> float:
        """``gap_absolute / scale``: what ``tol`` is compared with."""
        distance = self.gap_absolute
        if distance == 0:
            return 0.0
        return distance / self.scale if self.scale > 0 and math.isfinite(distance) else math.inf

    @property
    def closed(self) -> bool:
        """True if the gap is within the tolerance (plus the rounding of the check, where that is natural)."""
        rounding = min(self.noise, self.natural)
        allowed = self.tolerance.gap * self.scale + self.tolerance.absolute + rounding
        return math.isfinite(self.bound) and math.isfinite(allowed) and self.gap_absolute <= allowed

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the verdict rests on besides the data; empty where nothing is assumed."""
        tolerated = tuple(
            f"{v.where} is met to {v.amount:.1e} absolute (its own terms are that small: {v.relative:.1e} of them)"
            for v in self.violations.values()
            if not (v.mended or v.relative <= self.tolerance.feasibility) and v.normwise <= self.tolerance.feasibility
        )
        return self.premises + tolerated

    @property
    def verdict(self) -> Verdict:
        """What the claim proves; the first rule that holds."""
        if not self.finite:
            return Verdict.REFUTED
        if self.outcome in (Verdict.INFEASIBLE, Verdict.NO_MINIMISER):
            return self.outcome
        if math.isnan(self.objective):
            return Verdict.UNPROVEN
        if not self.feasible:
            return Verdict.REFUTED
        if self.outcome is Verdict.UNBOUNDED:
            return self.outcome
        if self.closed:
            return Verdict.WITHIN_TOLERANCE if self.assumptions else Verdict.PROVED
        return self.outcome or Verdict.UNPROVEN

    @property
    def ok(self) -> bool:
        """True if the claim is the answer that was asked for, within the tolerance."""
        return self.verdict.ok

    @property
    def conclusive(self) -> bool:
        """True if no further attempt is called for."""
        return self.verdict.conclusive

    @property
    def lower(self) -> float:
        """Lower end of the interval that holds the best objective."""
        return self.objective if self.maximize else self.bound

    @property
    def upper(self) -> float:
        """Upper end of the interval that holds the best objective."""
        return self.bound if self.maximize else self.objective

    def at(self, tol: Tolerance | float | None) -> Certificate:
        """Judge the same measurements against another tolerance."""
        return replace(self, tolerance=Tolerance.of(tol))

    def explain(self) -> str:
        """Say in plain words what is proved, what is assumed, and what is missing."""
        return "\n".join(visible(sentence) for sentence in _sentences(self))

    def __repr__(self) -> str:
        told = f"{self.verdict.name}, objective {self.objective:.10g}, gap {self.gap:.1e}"
        return f"<Certificate: {told}; print() tells all>"

    def __str__(self) -> str:
        return self.explain()

    def to_dict(self) -> dict[str, Any]:
        """Return what ``--json`` prints; infinite and NaN become None."""
        return {
            "verdict": self.verdict.name,
            "ok": self.ok,
            "objective": _number(self.objective),
            "lower": _number(self.lower),
            "upper": _number(self.upper),
            "gap": _number(self.gap),
            "gap_absolute": _number(self.gap_absolute),
            "violations": {
                name: {"amount": _number(v.amount), "relative": _number(v.relative), "where": v.where}
                for name, v in self.violations.items()
            },
            "assumptions": list(self.assumptions),
            "notes": list(self.notes),
            "statement": self.statement,
            "tolerance": asdict(self.tolerance),
        }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _sentences(c: Certificate) -> Iterator[str]:
    """Headline, then limits, assumptions and notes."""
    yield f"{c.verdict.name}: {_headline(c)}"
    for name, v in c.violations.items():
        if v.amount > 0:
            held = "within" if v.normwise <= c.tolerance.feasibility else "beyond"
            yield (
                f"  {name}: largest violation {v.amount:.2g} at {v.where} "
                f"({v.relative:.1e} of its terms, {held} the tolerance {c.tolerance.feasibility:.0e})."
            )
    for text in c.assumptions:
        yield f"  assuming: {text}."
    for text in c.notes:
        yield f"  note: {text}."


def _headline(c: Certificate) -> str:
    verdict = c.verdict
    if verdict in (Verdict.INFEASIBLE, Verdict.UNBOUNDED, Verdict.NO_MINIMISER):
        return c.statement if c.statement.endswith(".") else f"{c.statement}."
    if verdict is Verdict.REFUTED:
        why = "a limit is violated beyond the tolerance" if c.finite else "it is not a point of this problem"
        return f"the claim is not an answer; {why}."
    if math.isnan(c.objective):
        return "no point was claimed, and no ray that proves anything about the problem."
    size = f"objective {c.objective:.10g}; {c.statement}; gap {c.gap_absolute:.2g} ({c.gap:.1e} relative"
    rounding = ", all of it rounding" if c.closed and c.gap > c.tolerance.gap else ""
    return f"{size}, asked {c.tolerance.gap:.0e}{rounding})."
