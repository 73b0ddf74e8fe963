"""The nouns of an answer: what was claimed, why the solver stopped, and what the claim proves.

::

    Problem --> Solver --> Claim --> Certificate --> Solution

Signs are the user's: in a maximisation the ``bound`` lies above the ``objective``. A dual is
d(best objective) / d(limit), for minimisation and maximisation alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import InputError, NotProved, suggest

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]


class Stop(Enum):
    """Why a solver stopped, in its own word; never evidence.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.LinearProgram([1.0], lower=0)).stop
    <Stop.CONVERGED: 'converged'>
    """

    CONVERGED = "converged"
    INFEASIBLE = "says infeasible"
    UNBOUNDED = "says unbounded"
    STEP_LIMIT = "step limit"
    TIME_LIMIT = "time limit"
    INTERRUPTED = "interrupted"
    STALLED = "stalled"
    FAILED = "failed"
    GIVEN = "given"


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


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The solver's aim and the judge's measure, made once at the front door.

    Attributes
    ----------
    gap : float
        Largest distance between objective and bound, relative to the larger of the two (without constant term).
    feasibility : float
        Largest violation of a row, relative to the sizes of its own terms.
    absolute : float
        Added to the allowed gap, in units of the objective.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.Tolerance.of(1e-10)
    Tolerance(gap=1e-10, feasibility=1e-10, absolute=0.0)
    """

    gap: float = 1e-6
    feasibility: float = 1e-9
    absolute: float = 0.0

    def __post_init__(self) -> None:
        for name in ("gap", "feasibility", "absolute"):
            value = _as_number(getattr(self, name))
            if not 0 <= value < math.inf:
                raise InputError(f"tolerance {name} is {getattr(self, name)!r}; it must be a finite number >= 0.")

    @classmethod
    def of(cls, tol: Tolerance | float | None) -> Tolerance:
        """Read what users write: None (the defaults), a number t (gap t, feasibility min(1e-9, t)), or a Tolerance."""
        if tol is None:
            return cls()
        if isinstance(tol, Tolerance):
            return tol
        gap = _as_number(tol)
        if not 0 <= gap < math.inf:
            raise InputError(f"tol is {tol!r}; pass a finite number >= 0, such as 1e-9, or a tw.Tolerance.")
        return cls(gap=gap, feasibility=min(1e-9, gap))


def _as_number(value: Any) -> float:
    """NaN for what is no number, or too large for one."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What somebody says the answer is; nothing in it is trusted.

    ``values`` are the named arrays of the problem's ``answer``; ``hints`` help the judge (row duals, a dual point,
    a ray) and can only make a true statement easier to prove.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], lower=2)
    >>> tw.certify(problem, tw.Claim({"x": [2.0]})).verdict.name
    'PROVED'
    """

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    hints: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stop: Stop = Stop.GIVEN
    by: str = "you"
    message: str = ""


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


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What a claim proves, computed from the problem alone.

    Attributes
    ----------
    statement : str
        What the bound says, in one sentence.
    objective, bound : float
        Value of the claim; and the value that nobody can beat (user's sense, constant included). NaN objective: no
        point was claimed.
    distance : float
        Objective minus bound (bound minus objective in a maximisation), measured without the constant term, which
        would swallow its digits.
    scale : float
        The larger magnitude of the two without the constant term: what the gap is relative to.
    noise : float
        Rounding bound of the check: of the objective at the claimed point, and of an honest bound.
    natural : float
        Rounding that the problem's own numbers explain; noise beyond it excuses nothing.
    violations : mapping of str to Violation
        By family of limits.
    premises : tuple of str
        What the bound or ray rests on besides the data; empty for a proof.
    outcome : Verdict or None
        A checked statement about the problem: infeasible, unbounded, no minimiser.
    finite : bool
        False if anything claimed has the wrong shape, is NaN or infinite.
    notes : tuple of str
        What else the judge saw.
    facts : mapping
        What the judge derived: ``row_dual``, ``reduced_costs``, ...
    parts : mapping of str to Certificate
        Folds, knots, blocks.

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
    asks: str = "global"
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parts: Mapping[str, Certificate] = field(default_factory=dict[str, Any])

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
            if not v.relative <= self.tolerance.feasibility and v.normwise <= self.tolerance.feasibility
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
            return self._worst(Verdict.WITHIN_TOLERANCE if self.assumptions else Verdict.PROVED)
        return self._worst(self.outcome or Verdict.UNPROVEN)

    def _worst(self, own: Verdict) -> Verdict:
        """The worse of the own verdict and those of the parts."""
        order = list(Verdict)
        return max([own, *(part.verdict for part in self.parts.values())], key=order.index)

    @property
    def ok(self) -> bool:
        """True if the claim is the answer that was asked for, within the tolerance."""
        verdict = self.verdict
        return verdict in (Verdict.PROVED, Verdict.WITHIN_TOLERANCE) or (
            verdict is Verdict.STATIONARY and self.asks == "stationary"
        )

    @property
    def conclusive(self) -> bool:
        """True if no further attempt is called for."""
        return self.ok or self.verdict in (Verdict.INFEASIBLE, Verdict.UNBOUNDED, Verdict.NO_MINIMISER)

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
        return "\n".join(_sentences(self))

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
            "tolerance": {
                "gap": self.tolerance.gap,
                "feasibility": self.tolerance.feasibility,
                "absolute": self.tolerance.absolute,
            },
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
        return c.statement
    if verdict is Verdict.REFUTED:
        why = "a limit is violated beyond the tolerance" if c.finite else "it is not a point of this problem"
        return f"the claim is not an answer; {why}."
    if math.isnan(c.objective):
        return "no point was claimed, and no ray that proves anything about the problem."
    size = f"objective {c.objective:.10g}; {c.statement}; gap {c.gap_absolute:.2g} ({c.gap:.1e} relative"
    rounding = ", all of it rounding" if c.closed and c.gap > c.tolerance.gap else ""
    return f"{size}, asked {c.tolerance.gap:.0e}{rounding})."


class Trace:
    """What happened on the way: one record per step, read as columns.

    Examples
    --------
    >>> import thalweg as tw
    >>> trace = tw.Trace()
    >>> trace.add(step=0, objective=3.0)
    >>> trace.add(step=1, objective=2.0, gap=0.5)
    >>> trace.columns()["gap"]
    array([nan, 0.5])
    """

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: list[dict[str, float]] = []

    def add(self, **numbers: float) -> None:
        """Append one record."""
        self._records.append(numbers)

    def __len__(self) -> int:
        return len(self._records)

    def columns(self) -> dict[str, Array]:
        """Return every name that was ever recorded as an array over the records, NaN where it was not."""
        names = dict.fromkeys(name for record in self._records for name in record)
        return {name: np.array([record.get(name, math.nan) for record in self._records]) for name in names}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the story: who tried, why it stopped, what its claim proved, how long it took.

    Examples
    --------
    >>> import thalweg as tw
    >>> [a.verdict.name for a in tw.solve(tw.LinearProgram([1.0], lower=0, upper=1)).attempts]
    ['PROVED']
    """

    by: str
    stop: Stop
    verdict: Verdict
    seconds: float
    gap: float = math.nan
    message: str = ""

    def __str__(self) -> str:
        told = f"{self.by}: {self.stop.value}, {self.verdict.name}, {self.seconds:.3g} s"
        return f"{told}. {self.message}" if self.message else told


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the user holds: the problem, the claim, and the certificate that says what the claim proves.

    ``ok``, ``objective``, ``duals`` and ``reduced_costs`` are read from the certificate. Any other name
    (``x``, ``coef``, ``intercept``) is looked up in the claim's values, then in the certificate's facts.

    Examples
    --------
    >>> import thalweg as tw
    >>> solution = tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0))
    >>> solution.ok, solution.x, solution.objective, solution.duals
    (True, array([1., 0.]), 1.0, array([1.]))
    """

    problem: Any
    claim: Claim
    certificate: Certificate
    trace: Trace = field(default_factory=Trace)
    attempts: tuple[Attempt, ...] = ()
    seconds: float = math.nan

    @property
    def ok(self) -> bool:
        """True if the certificate says so."""
        return self.certificate.ok

    @property
    def objective(self) -> float:
        """Value of the claim as the judge computed it."""
        return self.certificate.objective

    @property
    def stop(self) -> Stop:
        """Why the solver stopped: its own word."""
        return self.claim.stop

    @property
    def duals(self) -> Any:
        """Row duals as the judge derived them: d(best objective) / d(limit)."""
        return self.certificate.facts.get("row_dual")

    @property
    def reduced_costs(self) -> Any:
        """Reduced costs as the judge derived them: d(best objective) / d(active bound of the variable)."""
        return self.certificate.facts.get("reduced_costs")

    def require(self, what: str = "ok") -> Solution:
        """Return self if the certificate is that good ("ok" or "proved"), else raise NotProved."""
        if what not in ("ok", "proved"):
            raise InputError(f'require({what!r}): say "ok" or "proved".')
        good = self.ok if what == "ok" else self.certificate.verdict is Verdict.PROVED
        if not good:
            raise NotProved(self.certificate.explain(), self)
        return self

    def explain(self) -> str:
        """Certificate in plain words, then the attempts."""
        return "\n".join([self.certificate.explain(), *(f"  tried {attempt}" for attempt in self.attempts)])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in Solution.__slots__:  # unpickling asks before the slots are filled
            raise AttributeError(name)
        for source in (self.claim.values, self.certificate.facts):
            if name in source:
                return source[name]
        if name in getattr(self.problem, "answer", ()):
            return None  # no point was found
        known = [*self.claim.values, *self.certificate.facts, *Solution.__slots__]
        raise AttributeError(f'Solution has no "{name}". {suggest(name, known)}')

    def __dir__(self) -> list[str]:
        return sorted({*cast(list[str], object.__dir__(self)), *self.claim.values, *self.certificate.facts})

    def __str__(self) -> str:
        return self.explain()
