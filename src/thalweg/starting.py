"""Where a run starts: what the user hands over, or the last answer to the problem that this one was made from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError, suggest
from thalweg.problems.labelled import answer_of
from thalweg.problems.lineage import origin_of
from thalweg.result import Claim, Solution
from thalweg.terms.constraints import Box
from thalweg.watch import Watch

ROUNDING = 1e-14  # share of its own terms by which a start may leave a row
_ANSWERS: WeakKeyDictionary[Any, ReferenceType[Solution]] = WeakKeyDictionary()


def remember(solution: Solution) -> None:
    """Note the last good answer to a problem, weakly: it is forgotten as soon as the user drops it."""
    if hasattr(solution.problem, "replace"):
        _ANSWERS[solution.problem] = ref(solution)


def remembered(problem: Any) -> Claim | None:
    """Return the last good answer to the problem that this one was made from, if it fits and is still alive."""
    origin = origin_of(problem)
    if origin is None or origin.shape != problem.shape:
        return None
    found = _ANSWERS.get(origin)
    solution = None if found is None else found()
    return None if solution is None else claim_of(solution)


def claim_of(solution: Solution) -> Claim:
    """Claim of a solution, with the row duals that its certificate names.

    Where the first attempt was in vain they are left out: whoever goes on from them is not asked twice in a row.
    """
    claim, duals = solution.claim, solution.certificate.facts.get("row_dual")
    hints = {name: hint for name, hint in claim.hints.items() if name != "row_dual"}
    in_vain = len(solution.attempts) > 1 and solution.attempts[0].by != claim.by
    return Claim(claim.values, hints if duals is None or in_vain else {**hints, "row_dual": duals})


def start_of(problem: Any, start: Solution | Claim | Mapping[str, Any] | None) -> Claim | None:
    """Read a start: values by the names of the problem's answer, finite and of its shapes.

    Raises
    ------
    InputError
        Other names (near ones are offered), other shapes, NaN or infinity.
    """
    if start is None:
        return remembered(problem)
    if isinstance(start, Solution):
        claim = claim_of(start)
        return replace(claim, values=_values(problem, claim.values))
    if isinstance(start, Claim):
        for name, array in start.hints.items():
            inputs.vector(inputs.flat(array, f'start["{name}"]'), f'start["{name}"]')
        return replace(start, values=_values(problem, start.values))
    values = _mapping(start)
    if values is None:
        names = ", ".join(problem.answer)
        raise InputError(f"start is {type(start).__name__}; pass a dict of {names}, a Solution or a Claim.")
    return Claim(_values(problem, values))


def _values(problem: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check names and shapes; a series goes by the names of the variables."""
    unknown = [name for name in values if name not in problem.answer]
    if unknown:
        raise InputError(f'start has "{unknown[0]}". {suggest(unknown[0], problem.answer)}')
    shapes = {name: np.shape(value) for name, value in problem.start().items()} if values else {}
    read = dict[str, Any]()
    for name, value in values.items():
        what, size = f'start["{name}"]', math.prod(shapes[name])
        labelled, names = answer_of(problem, name, value, what)
        known = list(naming.places_of(names, size)) if naming.labels_of(labelled) else None
        ordered = naming.aligned(labelled, known, what)
        checked = inputs.vector(inputs.flat(ordered, what), what, size=size)
        read[name] = np.reshape(checked, shapes[name])
    return read


def _mapping(value: Any) -> dict[str, Any] | None:
    """A mapping with its names as text; None for anything else."""
    return {str(name): entry for name, entry in value.items()} if isinstance(value, Mapping) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def offer_start(problem: Any, given: Claim | None, watch: Watch) -> None:
    """Have something to return after Ctrl-C: the user's start, or the problem's own, where it is feasible."""
    if not hasattr(problem, "row_lower"):  # of other limits nothing is known here
        return
    own = problem.start()
    for values in [own] if given is None else [own, {**own, **given.values}]:
        with np.errstate(all="ignore"):
            if _is_feasible(problem, values):
                value = problem.objective(values) * (-1 if problem.maximize else 1)
                watch.offer(value, **values)


def _is_feasible(problem: Any, values: Mapping[str, Any]) -> bool:
    """Whether a point meets its limits, those of rows up to rounding."""
    x = np.ravel(np.asarray(values[problem.answer[0]], dtype=float))
    integer = getattr(problem, "integer", None)
    if integer is not None and (x != np.rint(x))[integer].any():
        return False
    box = Box(*(np.asarray(side, dtype=float).ravel() for side in (problem.lower, problem.upper)))
    rows = Box(problem.row_lower, problem.row_upper)
    outside, rounding = rows.violation(problem.A @ x), ROUNDING * (abs(problem.A) @ np.abs(x))
    return not box.violation(x).any() and bool((outside <= rounding).all())
