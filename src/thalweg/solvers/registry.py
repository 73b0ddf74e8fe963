"""The register of solvers: what each solves, respects and needs, and why one does not fit a problem."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

from thalweg.certificate import Tolerance
from thalweg.errors import SolverMismatch, suggest
from thalweg.result import Claim
from thalweg.watch import Watch


class Solver(Protocol):
    """Frozen options and one method; ``solve`` returns a claim inside the box and never raises for failure.

    ``watch.check`` may raise `Stopped` through it: then the claim is the best point that it offered.
    """

    def solve(self, problem: Any, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return values, hints for the judge, and why it stopped."""
        ...


class Restarter(Solver, Protocol):
    """A solver that only goes on from the row duals of a similar problem."""

    def worthwhile(self, problem: Any) -> bool:
        """Whether trying is cheaper than solving from nothing."""
        ...


@dataclass(frozen=True)
class Entry:
    """One registered solver.

    Attributes
    ----------
    name : str
        What users write in ``solver=...``.
    solves : tuple of type
        Kinds of problem it takes.
    handles : frozenset of str
        Demands it respects; a problem that demands more is refused before the first step.
    needs : frozenset of str
        What it calls on the loss, e.g. "curvature".
    rank : int
        Order in which "auto" tries; the smaller first.
    refines : bool
        Whether it only improves another's claim.
    restarts : bool
        Whether it only goes on from the row duals of a similar problem: "auto" tries it first where they are given.
    warm : bool
        Whether a start helps, so that a loose answer can be tightened from where it stands.
    interruptible : str
        "steps" (asks the watch), "callback" (through the backend), or "no".
    kind : type
        The class.
    """

    name: str
    solves: tuple[type, ...]
    handles: frozenset[str]
    needs: frozenset[str]
    rank: int
    refines: bool
    restarts: bool
    warm: bool
    interruptible: str
    kind: Callable[[], Solver]

    @property
    def needs_start(self) -> bool:
        """Whether it finds nothing without a claim to start from."""
        return self.refines or self.restarts


_ENTRIES: dict[str, Entry] = {}
_registered = 0
_Class = TypeVar("_Class", bound=type)


def solver(
    name: str,
    *,
    solves: tuple[type, ...],
    handles: set[str] | frozenset[str] = frozenset(),
    needs: set[str] | frozenset[str] = frozenset(),
    rank: int,
    refines: bool = False,
    restarts: bool = False,
    warm: bool = False,
    interruptible: str = "steps",
) -> Callable[[_Class], _Class]:
    """Register a solver class; the one decorator that a new file in this room needs."""

    def register(kind: _Class) -> _Class:
        global _registered
        _registered += 1
        _ENTRIES[name] = Entry(
            name, solves, frozenset(handles), frozenset(needs), rank, refines, restarts, warm, interruptible, kind
        )
        return kind

    return register


def version() -> int:
    """Count registrations: what was found in the register holds as long as this number does."""
    _import_room()
    return _registered


def entries() -> list[Entry]:
    """Every registered solver, in the order "auto" tries them; the first call imports the room."""
    _import_room()
    return sorted(_ENTRIES.values(), key=lambda entry: entry.rank)


@cache
def _import_room() -> None:
    """Import every file of the room once: searching the folder costs more than solving a small problem."""
    import thalweg.solvers as room

    for module in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"thalweg.solvers.{module.name}")


def mismatch(entry: Entry, problem: Any) -> str | None:
    """Why this solver cannot take this problem, or None if it can: both the choice and the error text."""
    if not isinstance(problem, entry.solves):
        kinds = ", ".join(kind.__name__ for kind in entry.solves)
        return f'"{entry.name}" solves {kinds}, not {type(problem).__name__}'
    unmet = sorted(problem.demands - entry.handles)
    if unmet:
        return f'"{entry.name}" does not respect {", ".join(unmet)}'
    loss = getattr(problem, "loss", None)
    lacking = sorted(name for name in entry.needs if not getattr(loss, name, False))
    if lacking:
        return f'"{entry.name}" needs {", ".join(lacking)}; the loss "{getattr(loss, "name", loss)}" has none'
    return None


def fitting(problem: Any) -> list[Entry]:
    """Solvers that can take the problem, best rank first."""
    return [entry for entry in entries() if mismatch(entry, problem) is None]


def named(name: str, problem: Any) -> Entry:
    """Return the solver of that name, or raise SolverMismatch listing those that fit."""
    known = {entry.name: entry for entry in entries()}
    fits = ", ".join(f'"{entry.name}"' for entry in fitting(problem)) or "none"
    if name not in known:
        raise SolverMismatch(f'unknown solver "{name}". {suggest(name, known)} Solvers that fit: {fits}.')
    reason = mismatch(known[name], problem)
    if reason is not None:
        raise SolverMismatch(f"{reason}. Solvers that fit: {fits}.")
    return known[name]
