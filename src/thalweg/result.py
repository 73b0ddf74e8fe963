"""The nouns of an answer: what was claimed, why the solver stopped, and what the claim proves.

::

    Problem --> Solver --> Claim --> Certificate --> Solution

Signs are the user's: in a maximisation the ``bound`` lies above the ``objective``. A dual is
d(best objective) / d(limit), for minimisation and maximisation alike.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from thalweg.certificate import Certificate, Verdict
from thalweg.errors import InputError, NotProved, suggest

LONGEST = 10_000  # records of a trace
SOLVER_BOUND = "solver_bound"  # a hint that nobody can check: the bound that a branch and bound reports of its search

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


class Trace:
    """What happened on the way: one record per step, read as columns.

    A long run keeps fewer of its older steps: every second one is dropped whenever there are 10,000.

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
        if len(self._records) >= LONGEST:
            del self._records[1::2]
        self._records.append(numbers)

    def __len__(self) -> int:
        return len(self._records)

    def columns(self) -> dict[str, Array]:
        """Return every name that was ever recorded as an array over the records, NaN where it was not."""
        names = dict.fromkeys(name for record in self._records for name in record)
        return {name: np.array([record.get(name, math.nan) for record in self._records]) for name in names}

    def plot(self, ax: Any = None) -> Any:
        """Draw what was recorded over time, on ``ax`` or on new axes, and return the axes (needs matplotlib)."""
        from thalweg.plotting.trace import plot_trace

        return plot_trace(self, ax=ax)


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


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class Solution:
    """What the user holds: the problem, the claim, and the certificate that says what the claim proves.

    ``ok``, ``objective``, ``duals`` and ``reduced_costs`` are read from the certificate. Any other name
    (``x``, ``coef``, ``intercept``) is looked up in the claim's values, then in the certificate's facts.
    ``remarks`` are lines for reports: pairs of a name and a text about what was asked, such as the file.

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
    remarks: tuple[tuple[str, str], ...] = ()
    _found: dict[str, Any] = field(default_factory=dict[str, Any], init=False)  # what took time to find out

    @property
    def ok(self) -> bool:
        """True if the certificate says so."""
        return self.certificate.ok

    @property
    def verdict(self) -> Verdict:
        """What the certificate proves."""
        return self.certificate.verdict

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

    @property
    def conflict(self) -> Any:
        """Limits of an infeasible problem that contradict each other: a `Conflict`, looked for on first use."""
        from thalweg.explaining.conflict import find_conflict

        if "conflict" not in self._found:
            self._found["conflict"] = find_conflict(self)
        return self._found["conflict"]

    def ranging(self, rows: Any = None, columns: Any = None, *, time_limit: float | None = None) -> Any:
        """Return the prices of limits and how far they hold, and ranges of costs, as a `Ranging`.

        ``rows`` and ``columns`` are names or positions; all if not given. Where an answer is degenerate, each entry
        takes a few linear programs; what is not reached within ``time_limit`` seconds is NaN.
        """
        from thalweg.explaining.ranging import ranging

        return ranging(self, rows, columns, time_limit=time_limit)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in Solution.__slots__:  # unpickling asks before the slots are filled
            raise AttributeError(name)
        for source in (self.claim.values, self.certificate.facts):
            if name in source:
                return source[name]
        if name in getattr(self.problem, "answer", ()):
            return None  # no point was found
        public = (entry for entry in dir(Solution) if not entry.startswith("_"))
        known = [*self.claim.values, *self.certificate.facts, *public]
        raise AttributeError(f'Solution has no "{name}". {suggest(name, known)}')

    def __dir__(self) -> list[str]:
        return sorted({*cast(list[str], object.__dir__(self)), *self.claim.values, *self.certificate.facts})

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write problem and claim to one ``.npz`` file that `thalweg.load` and ``thalweg check`` read."""
        from thalweg.io.saved import save

        save(self, path, overwrite=overwrite)

    def report(self, path: str | os.PathLike[str], *, title: str | None = None, overwrite: bool = False) -> None:
        """Write a self-contained HTML page (needs jinja2 and matplotlib)."""
        from thalweg.reporting.html import write_report

        write_report(self, path, title=title, overwrite=overwrite)

    def __repr__(self) -> str:
        certificate = self.certificate
        told = f"{certificate.verdict.name}, objective {certificate.objective:.10g}, gap {certificate.gap:.1e}"
        return f"<Solution of {type(self.problem).__name__}: {told}; print() tells all>"

    def __str__(self) -> str:
        from thalweg.reporting.text import solution_text

        return solution_text(self)

    def __rich__(self) -> Any:
        from thalweg.reporting.terminal import solution_renderable

        return solution_renderable(self)

    def _repr_html_(self) -> str:
        from thalweg.reporting.html import html_fragment

        return html_fragment(self)
