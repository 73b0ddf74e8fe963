"""What `solve` would try for a problem, in which order, and why not other solvers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thalweg.solvers.registry import Entry, entries, fitting, mismatch, named, version


@dataclass(frozen=True)
class Plan:
    """What `solve` would try, in order, and why the other solvers are left out.

    Examples
    --------
    >>> import thalweg as tw
    >>> print(tw.plan(tw.LinearProgram([1.0], lower=0)))
    1. simplex ...
    """

    problem: str
    steps: tuple[str, ...]
    refiners: tuple[str, ...]
    left_out: Mapping[str, str]
    entries: tuple[Entry, ...] = field(repr=False)
    restarters: tuple[Entry, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        deaf = {entry.name for entry in self.entries if entry.interruptible == "no"}
        hears = {name: "; cannot be stopped on its way" if name in deaf else "" for name in self.steps}
        lines = [
            f"0. {entry.name} (before all others, from the solution of a similar problem)" for entry in self.restarters
        ]
        lines += [f"{k}. {name} ({_when(k)}{hears[name]})" for k, name in enumerate(self.steps, 1)]
        lines += [f"-  {name} (refines the answer of each, if that is not proved)" for name in self.refiners]
        lines += [f"   not: {reason}" for reason in self.left_out.values()]
        return "\n".join(lines) or f"no solver takes {self.problem}"


def _when(k: int) -> str:
    return "first" if k == 1 else "only if no attempt before is conclusive"


def plan(problem: Any, solver: str = "auto") -> Plan:
    """Say what `solve` would try for this problem, and why the other solvers are left out.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.plan(tw.QuadraticProgram([[1.0]], [1.0])).steps[0]
    'piqp'
    """
    if hasattr(problem, "loss"):  # what a loss has decides, too
        return _plan(problem, solver)
    key = type(problem), problem.demands, solver, version()
    if key not in _PLANS:
        _PLANS[key] = _plan(problem, solver)
    return _PLANS[key]


_PLANS = dict[tuple[type, frozenset[str], str, int], Plan]()  # kinds of programs are few


def _plan(problem: Any, solver: str) -> Plan:
    fits = fitting(problem)
    automatic = solver == "auto"
    methods = [e for e in fits if not (e.refines or e.restarts)] if automatic else [named(solver, problem)]
    refiners = [entry for entry in fits if entry.refines and entry not in methods]
    reasons = {entry.name: mismatch(entry, problem) for entry in entries() if isinstance(problem, entry.solves)}
    return Plan(
        problem=type(problem).__name__,
        steps=tuple(entry.name for entry in methods),
        refiners=tuple(entry.name for entry in refiners),
        left_out={name: reason for name, reason in reasons.items() if reason is not None},
        entries=(*methods, *refiners),
        restarters=tuple(entry for entry in fits if entry.restarts and automatic),
    )
