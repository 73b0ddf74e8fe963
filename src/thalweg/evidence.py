"""Judge what was handed over: `certify` takes anybody's answer, `load` a file; neither runs a solver."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard, cast

import numpy as np

from thalweg import naming
from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.errors import InputError, suggest
from thalweg.io.answers import HINTS, numbers_of, read_answer
from thalweg.io.files import PathLike
from thalweg.io.kinds import Kind, kind_of
from thalweg.io.saved import Saved, is_about, read_saved
from thalweg.judges import judge
from thalweg.problems.labelled import answer_of, of_block, readable
from thalweg.result import SOLVER_BOUND, Claim, Solution
from thalweg.tolerance import Effort


def certify(
    problem: Any,
    claim: Claim | Solution | PathLike | None = None,
    tol: Tolerance | float | None = None,
    *,
    complete: bool = False,
    proof: str = "usual",
    **values_and_hints: Any,
) -> Certificate:
    """Judge anybody's answer; no solver is run unless ``complete=True`` asks one for better hints.

    Parameters
    ----------
    problem : LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit, MultinomialFit, or the path of a saved file
        A saved solution brings its own claim, which is judged unless another is given.
    claim : Claim, Solution, or the path of a file, optional
        The answer as an object, as a saved file, as a solution file of HiGHS (``highs.writeSolution``, styles 0 and 1),
        or as JSON (``{"x": {name: value}, "duals": [...]}``; what ``thalweg solve --json`` prints); or write it as
        keywords:
    **values_and_hints
        Values by the names of the problem's answer (``x``; ``coef``, ``intercept``), and what helps to judge them, as
        arrays or as mappings by name (names left out of a hint count as 0):
        ``duals`` (row duals; of a mixed-integer program ``relaxation_duals``), ``ray`` (a Farkas ray for the rows, in
        the sign of the row duals), ``direction`` (of unboundedness, or one that separates the classes, with
        ``direction_intercept``), ``eta`` (linear predictor of a better fit), ``slopes`` (slopes of the losses that
        prove a fit best, one per sample).
    tol : float or Tolerance, optional
        Default 1e-6; for a saved answer the tolerance that it was saved with where that is stricter. No file chooses a
        looser measure.
    complete : bool
        Ask a solver for hints when the claim alone proves nothing.

    Notes
    -----
    The bound of a branch and bound is its word, which nobody can check afterwards. `solve` counts it, as an assumption;
    here it does not count, whoever hands it over.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], [[1.0], [1.0]], row_lower=[2.0, None], row_upper=[None, 1.0])
    >>> print(tw.certify(problem, ray=[1.0, -1.0]).explain())
    INFEASIBLE: ...
    """
    if _is_path(problem):
        saved = _with_problem(problem)
        if claim is None and not values_and_hints and saved.claim is not None:
            claim, tol = saved.claim, held_against(saved, problem, tol)
        problem = saved.problem
    if not hasattr(problem, "answer"):
        raise InputError(
            "certify() judges LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit or MultinomialFit; got "
            f"{type(problem).__name__}."
        )
    if _is_path(claim):
        saved = answer_from(claim, problem)
        claim, tol = saved.claim, held_against(saved, claim, tol)
    aim, effort = Tolerance.of(tol), Effort.of(proof)
    given = _given(problem, claim, values_and_hints)
    certificate = _unheard(problem, given, aim, effort)
    if complete and certificate.verdict is Verdict.UNPROVEN:
        from thalweg.front import solve  # judging alone loads no solver

        hints = {**given.hints, **solve(problem, tol=aim).claim.hints}
        better = _judged(problem, replace(given, hints=hints), aim, effort)
        certificate = better if better.gap < certificate.gap or better.conclusive else certificate
    return certificate


def load(path: PathLike, tol: Tolerance | float | None = None) -> Any:
    """Load what `thalweg.save`, ``solution.save`` or ``model.save`` wrote.

    Parameters
    ----------
    path : str or path
    tol : float or Tolerance, optional
        What a solution is held against. Default: the tolerance that it was saved with, where that is stricter than the
        default, and the default elsewhere, so that no file chooses a looser measure.

    Returns
    -------
    LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit, MultinomialFit, Claim, Solution, or a fitted estimator
        The certificate of a solution is computed anew from the problem. Trace, attempts and remarks are what the file
        says. An estimator predicts as before; its data are not in the file, so it has no certificate.

    Warns
    -----
    UserWarning
        The solution was saved with a looser tolerance than it is now held against (as in `certify` of a file).

    Raises
    ------
    InputError, ProblemError
        The file is not there, not thalweg's, damaged, of another format, or contradicts itself.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "answer.npz")
    >>> tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)).save(path)
    >>> solution = tw.load(path)
    >>> solution.objective, solution.certificate.verdict.name
    (1.0, 'PROVED')
    """
    if kind_of(path) in (Kind.MODEL, Kind.JSON):
        from thalweg.io.models import read_model

        model = read_model(path)
        from thalweg.learn.saved import estimator_of  # scikit-learn is loaded for models only

        return estimator_of(model)
    saved = read_saved(path)
    if saved.problem is None or saved.claim is None:
        return saved.claim if saved.problem is None else saved.problem
    return judged(saved, path, tol)


def judged(saved: Saved, path: PathLike, tol: Tolerance | float | None = None) -> Solution:
    """Judge an answer from a file anew, with its problem; what else the file says is only shown."""
    claim = saved.claim or Claim()
    certificate = _unheard(saved.problem, claim, held_against(saved, path, tol))
    return Solution(saved.problem, claim, certificate, saved.trace, saved.attempts, saved.seconds, saved.remarks)


def held_against(saved: Saved, path: PathLike, tol: Tolerance | float | None) -> Tolerance:
    """Return what an answer from a file is held against: ``tol``, or else the stricter of its own and the default.

    A file must not choose its measure: where its own is looser, a warning says so.
    """
    usual = Tolerance()
    if tol is not None or saved.tolerance is None:
        return Tolerance.of(tol)
    own = {name: getattr(saved.tolerance, name) for name in Tolerance.__slots__}
    loose = [f"{name} {own[name]:g} (now {getattr(usual, name):g})" for name in own if own[name] > getattr(usual, name)]
    if loose:
        warnings.warn(
            f"{os.fspath(path)} was saved with a looser tolerance than the default: {', '.join(loose)}. It is held "
            "against the default; pass tol (--tol) to choose another.",
            stacklevel=3,
        )
    return Tolerance(*(min(own[name], getattr(usual, name)) for name in own))


def answer_from(path: PathLike, problem: Any) -> Saved:
    """Read an answer to a problem from a saved file or as JSON ("-" is stdin); one to other data is warned of."""
    if str(path) == "-" or kind_of(path) is not Kind.ARCHIVE:
        return Saved(problem, read_answer(path, problem))
    saved = read_saved(path)
    if saved.claim is None:
        raise InputError(f"{os.fspath(path)} holds a problem and no answer; there is nothing to judge.")
    if not is_about(saved, problem):
        warnings.warn(
            f"{os.fspath(path)} was saved as an answer to other data than this problem's. It is judged all the same.",
            stacklevel=3,
        )
    return replace(saved, problem=problem)


def _unheard(problem: Any, claim: Claim, aim: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Judge without a bound that is only somebody's word; from the solver itself it counts, under its premise."""
    hints = {name: value for name, value in claim.hints.items() if name != SOLVER_BOUND}
    certificate = _judged(problem, replace(claim, hints=hints), aim, effort)
    if len(hints) == len(claim.hints):
        return certificate
    note = (
        "the bound that a solver reported is no evidence here; certify(..., complete=True) and thalweg solve ask the "
        "solver again"
    )
    return replace(certificate, notes=(*certificate.notes, note))


def _judged(problem: Any, claim: Claim, aim: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Judge, and say what was taken for granted."""
    certificate = judge(problem, claim, aim, effort)
    if getattr(problem, "intercept", False) and "coef" in claim.values and claim.values.get("intercept") is None:
        note = "no intercept was given, so it counts as 0; the problem has one: pass intercept=..., if it is another"
        certificate = replace(certificate, notes=(*certificate.notes, note))
    return certificate


def _is_path(value: Any) -> TypeGuard[PathLike]:
    return isinstance(value, (str, os.PathLike))


def _with_problem(path: PathLike) -> Saved:
    saved = read_saved(path)
    if saved.problem is None:
        raise InputError(
            f"{os.fspath(path)} holds a claim without its problem; pass the problem first: certify(problem, path)."
        )
    return saved


def _given(problem: Any, claim: Any, values_and_hints: Mapping[str, Any]) -> Claim:
    """Return the claim as an object, with the keywords of `certify` put in."""
    claim = claim.claim if isinstance(claim, Solution) else claim
    if claim is not None and not isinstance(claim, Claim):
        raise InputError(
            f"the claim is {type(claim).__name__}; pass values by name, e.g. x=..., or a Claim, a Solution or a file."
        )
    given = claim or Claim()
    values = {name: _by_label(problem, name, value) for name, value in given.values.items()}
    keys = {hint.name: name for name, hint in reversed(list(HINTS.items())) if hint.symbol}  # of two names the first
    hints = {name: _by_label(problem, keys[name], hint) if name in keys else hint for name, hint in given.hints.items()}
    given = replace(given, values=values, hints=hints)
    for name, value in values_and_hints.items():
        _place(problem, given, name, value)
    return given


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items())


def _place(problem: Any, claim: Claim, name: str, value: Any) -> None:
    """Put one keyword of `certify` among the claim's values or hints."""
    if value is None:
        return
    if isinstance(value, str):
        raise InputError(
            f"{name} is the text {value!r:.60}; pass numbers. An answer file goes second: certify(problem, path)."
        )
    rows = name in HINTS and HINTS[name].symbol == "row"
    if name in problem.answer or (name in HINTS and HINTS[name].symbol):
        value = _by_label(problem, name, value)
        value = _by_name(problem, name, cast("Any", value)) if isinstance(value, Mapping) else value
    if rows and "x" in problem.answer and hasattr(problem, "row_lower"):  # a fit says itself what it reads
        _refuse_other_rows(name, value, problem.A.shape[0])
    if name in problem.answer:
        claim.values[name] = value  # type: ignore[index]
    elif name in HINTS:
        claim.hints[HINTS[name].name] = value  # type: ignore[index]
    else:
        known = [*problem.answer, *HINTS]
        raise InputError(f'{type(problem).__name__} has no answer or hint called "{name}". {suggest(name, known)}')


def _by_label(problem: Any, name: str, value: Any) -> Any:
    """Bring a series, or a table of one column or one row, into the order of its labels, where it has any."""
    if type(value) is np.ndarray:
        return value
    if name in HINTS and HINTS[name].symbol == "row":
        names = getattr(problem, "row_names", None)
        labelled = of_block(readable(value, names, name), names)
    else:
        labelled, _ = answer_of(problem, name, value, name)
    labels = naming.labels_of(labelled)
    return value if labels is None else _by_name(problem, name, naming.by_label(labelled, labels))


def _by_name(problem: Any, name: str, value: Mapping[Any, Any]) -> Any:
    plain = {str(label): getattr(number, "item", lambda n=number: n)() for label, number in _items(value)}
    return numbers_of(plain, name, problem, "certify()")


def _refuse_other_rows(name: str, value: Any, rows: int) -> None:
    """Refuse numbers for another number of rows, which are no fault of the point that they come with."""
    entries = len(cast("list[Any]", value)) if isinstance(value, list) else getattr(value, "size", rows)
    if isinstance(entries, int) and entries != rows:
        raise InputError(
            f"{name} has {entries} entries; the problem has {rows} rows, in the order of A (from_scipy: A_ub, then "
            "A_eq)."
        )
