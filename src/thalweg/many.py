"""Many programs, one after the other: what a single call of `solve` prepares is prepared once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from thalweg.errors import InputError
from thalweg.front import Run
from thalweg.judges import judge
from thalweg.planning import plan
from thalweg.result import Claim, Solution
from thalweg.starting import claim_of, offer_start, remember, remembered
from thalweg.tolerance import Effort, Tolerance
from thalweg.watch import InterruptHold, Watch

_END = object()


def solve_many(
    problems: Iterable[Any],
    *,
    tol: Tolerance | float | None = None,
    time_limit: float | None = None,
    callback: Callable[[Mapping[str, float]], Any] | None = None,
) -> list[Solution]:
    """Solve many programs and return their solutions in order, each with its certificate.

    The same as ``[tw.solve(problem) for problem in problems]`` with less overhead for each: the time limit, Ctrl-C and
    the plan are prepared once, and a linear or quadratic program made by ``replace`` from the same one as the program
    before it keeps what was proved about P and starts from the solution before it.

    Parameters
    ----------
    problems : iterable of LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit or MultinomialFit
        Also a generator; it is read to its end.
    tol : float or Tolerance, optional
        As in `solve`, for each problem.
    time_limit : float, optional
        Seconds for all of them. Default: none.
    callback : callable, optional
        As in `solve`; ``problems`` is the number of problems that are done. `Progress` is one that shows it.

    Returns
    -------
    list of Solution
        After Ctrl-C or at the time limit, those that were not reached have no point, and ``stop`` says why.

    Raises
    ------
    InputError
        If something in the list is no problem.
    SolverMismatch
        If no solver takes a problem.

    Examples
    --------
    >>> import thalweg as tw
    >>> diet = tw.LinearProgram([2.0, 3.0], [[1.0, 2.0]], row_lower=[4.0], lower=0)
    >>> solutions = tw.solve_many(diet.replace(row_lower=[need]) for need in (2.0, 4.0, 8.0))
    >>> [s.objective for s in solutions], all(s.ok for s in solutions)
    ([3.0, 6.0, 12.0], True)
    """
    aim, watch = Tolerance.of(tol), Watch(time_limit, callback)
    solutions = list[Solution]()
    with InterruptHold(watch), watch.followed():
        for problem in _each(problems):
            last = solutions[-1] if solutions else None
            solutions.append(_solved(problem, aim, watch, last) if watch.stop is None else _left(problem, aim, watch))
            if watch.failure is not None:
                raise watch.failure
            if watch.stop is None:
                watch.step(problems=len(solutions))
    return solutions


def _each(problems: Iterable[Any]) -> Iterator[Any]:
    """Yield what is a problem; a second Ctrl-C breaks into a generator that never ends."""
    if not hasattr(problems, "__iter__"):
        raise InputError(f"problems is {type(problems).__name__}; pass a list of problems, or a generator of them.")
    source, count = iter(problems), 0
    while (problem := InterruptHold.call(next, source, _END)) is not _END:
        if not hasattr(problem, "answer"):
            raise InputError(
                f"entry {count} of problems is {type(problem).__name__}; pass problems such as tw.LinearProgram(...) "
                "or model.problem()."
            )
        yield problem
        count += 1


def _solved(problem: Any, aim: Tolerance, watch: Watch, last: Solution | None) -> Solution:
    """Solve one of them, from the solution of the one before where both have the same rows."""
    child = watch.child(callback=watch.report)
    start = claim_of(last) if last is not None and last.ok and _alike(problem, last.problem) else remembered(problem)
    run = Run(problem, aim, child, Effort.USUAL)
    child.offer_when_asked(lambda: offer_start(problem, start, child))
    run.follow(plan(problem), start)
    solution = run.solution()
    if run.ok:
        remember(solution)
    return solution


def _alike(problem: Any, other: Any) -> bool:
    """Whether ``replace`` left the rows of both as they are in the problem they come from."""
    rows = getattr(problem, "A", None)
    return type(problem) is type(other) and rows is not None and rows is getattr(other, "A", None)


def _left(problem: Any, aim: Tolerance, watch: Watch) -> Solution:
    """Return a problem that was not reached."""
    assert watch.stop is not None
    claim = Claim(stop=watch.stop, by="solve_many", message="not reached")
    return Solution(problem, claim, judge(problem, claim, aim, Effort.QUICK))
