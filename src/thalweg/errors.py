"""What can go wrong, as a tree.

::

    ThalwegError
    |- InputError(ValueError)         what was handed over cannot be used: shapes, NaN, types, unknown names, files
    |- ProblemError(ValueError)       the data contradict each other: lower > upper, one class only
    |- SolverMismatch(TypeError)      this solver cannot take this problem; lists those that can
    |- NotProved                      raised by ``solution.require("proved")``; carries ``.solution``
    |- MissingExtra(ImportError)      an optional package is missing; carries the install line
    warnings
    |- UncertifiedWarning             an estimator was fitted, but its answer is not proved; shows the gap
    |- InexactGradientWarning         a gradient is taken by differences; names the line that cannot be differentiated

A message says what happened (with numbers and names), the likely cause, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.result import Solution

MANY = 5000  # names among which looking for a near one takes too long


class ThalwegError(Exception):
    """Everything thalweg raises on purpose.

    Examples
    --------
    >>> import thalweg as tw
    >>> try:
    ...     tw.LinearProgram([1.0], lower=[3.0], upper=[2.0])
    ... except tw.ThalwegError as error:
    ...     print(type(error).__name__)
    ProblemError
    """


class InputError(ThalwegError, ValueError):
    """What was handed over cannot be used: a shape, a NaN, a type, an unknown name, a file.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.LinearProgram([1.0, float("nan")])
    Traceback (most recent call last):
        ...
    thalweg.errors.InputError: c has 1 NaN value, first at position 1. Drop or fill it first.
    """


class ProblemError(ThalwegError, ValueError):
    """The data contradict each other, so that no answer can exist.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.LinearProgram([1.0], lower=[3.0], upper=[2.0])
    Traceback (most recent call last):
        ...
    thalweg.errors.ProblemError: lower > upper for 1 of 1 variables: x0 (lower 3, upper 2). No point can satisfy both.
    """


class SolverMismatch(ThalwegError, TypeError):
    """The named solver cannot take this problem; the message lists those that can.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.LinearProgram([1.0], lower=0), solver="newton")
    Traceback (most recent call last):
        ...
    thalweg.errors.SolverMismatch: ...
    """


class NotProved(ThalwegError):
    """Raised by ``solution.require(...)``; carries the answer that was not proved as ``.solution``.

    Examples
    --------
    >>> import thalweg as tw
    >>> solution = tw.solve(tw.LinearProgram([1.0], lower=0, upper=1))
    >>> solution.require("proved") is solution
    True
    """

    def __init__(self, message: str, solution: Solution | None = None) -> None:
        super().__init__(message, solution)
        self.solution = solution

    def __str__(self) -> str:
        return str(self.args[0])


class MissingExtra(ThalwegError, ImportError):
    """An optional package is not installed; the message is the line that installs it.

    Examples
    --------
    >>> import thalweg as tw
    >>> str(tw.MissingExtra("pandas", "tables", "reading CSV files"))
    'reading CSV files needs pandas, which is not installed. Install it with: pip install "thalweg[tables]"'
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(package, extra, purpose)
        self.package, self.extra, self.purpose = package, extra, purpose

    def __str__(self) -> str:
        line = f'pip install "thalweg[{self.extra}]"'
        return f"{self.purpose} needs {self.package}, which is not installed. Install it with: {line}"


class UncertifiedWarning(UserWarning):
    """An estimator holds coefficients whose certificate is not ``ok``; the message shows the gap.

    Examples
    --------
    >>> import thalweg as tw
    >>> issubclass(tw.UncertifiedWarning, UserWarning)
    True
    """


class InexactGradientWarning(UserWarning):
    """A gradient is taken by differences; the message names the line that could not be differentiated, and the cure.

    Examples
    --------
    >>> import thalweg as tw
    >>> issubclass(tw.InexactGradientWarning, UserWarning)
    True
    """


def near(name: str, options: Iterable[str]) -> str:
    """Return 'Did you mean "x"? ' if a near name exists, else nothing."""
    names = [str(option) for option in options]
    found = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6) if len(names) <= MANY else []
    return f'Did you mean "{found[0]}"? ' if found else ""


def suggest(name: str, options: Iterable[str]) -> str:
    """Return 'Did you mean "x"? ' if a near name exists, followed by the options (the first twenty)."""
    names = [str(option) for option in options]
    hint = near(name, names)
    shown = ", ".join(names[:20]) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
    return f"{hint}Known: {shown}." if names else f"{hint}None are known."
