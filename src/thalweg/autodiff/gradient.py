"""The functions that users call: value and gradient, and Hessian, of a plain NumPy function.

The tape comes first. A function that it cannot follow is differentiated by the complex step, and where that is wrong as
well by five-point differences; each is believed only after it was checked along a random direction.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from thalweg.autodiff import elementwise, linear_algebra, methods, products, reducing, shaping  # noqa: F401  rules
from thalweg.autodiff.differences import complex_step, five_point, resolved
from thalweg.autodiff.tape import TapeEscape, Traced, cotangents, plain, trace
from thalweg.errors import InexactGradientWarning, InputError

SAME = 1e-12  # relative difference between the traced value and the plain one
ALIKE = 1e-6  # and between a gradient along a direction and its difference
UNSEEN = (
    "its derivative is not what was traced; does it read plain arrays that it writes to elsewhere (out=...)? Use what "
    "the operation returns"
)
METHODS = ("tape", "complex step", "differences")


def tape_gradient(function: Callable[..., Any], x: Any, *args: Any) -> tuple[Any, Any]:
    """Value and gradient by the tape; x may itself be traced, and then both are."""
    elementwise.register_special()
    with trace() as level:
        start = Traced.start(x, level)
        point = Traced(start.entry)  # what the function writes in place moves this handle alone
        answer = function(point, *args)
        if not isinstance(answer, Traced) or answer.entry.level != level:
            return answer, np.zeros(np.shape(plain(x)))
        value = answer.entry.value
        (found,) = cotangents(answer, np.ones(np.shape(plain(value))), [start])
    value = value if np.ndim(plain(value)) == 0 else np.reshape(value, ())
    return value, np.zeros(np.shape(plain(x))) if found is None else found


class ValueAndGradient:
    """What `value_and_gradient` returns: a function of x and the other arguments.

    Attributes
    ----------
    method : str or None
        "tape", "complex step" or "differences"; None before the first call.
    escape : str
        Why the tape was not enough; empty if it was.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        if not callable(function):
            raise InputError(f"fun is {function!r}; pass a function of an array that returns a number.")
        self.function, self.method, self.escape = function, None, ""

    def __call__(self, x: Any, *args: Any) -> tuple[float, np.ndarray]:
        """Value and gradient at a point."""
        x = _point(x)
        if self.method is None:
            return self._settle(x, args)
        return self._by(self.method, x, args)

    def plainly(self, x: np.ndarray, args: tuple[Any, ...]) -> float:
        """The function's value, checked; it gets a copy, so that it cannot change the point."""
        try:
            value = self.function(x.copy(), *args)
        except Exception as error:
            error.add_note(f"raised by the function at x = {np.array2string(x, threshold=10)}")
            raise
        if np.size(value) != 1:
            raise InputError(f"the function returned an array of shape {np.shape(value)}; a number is needed.")
        number = np.reshape(np.asarray(value), ())
        if number.dtype.kind not in "fiub":
            raise InputError(f"the function returned {value!r}; a real number is needed. Is a return missing?")
        return float(number)

    def _by(self, method: str, x: np.ndarray, args: tuple[Any, ...]) -> tuple[float, np.ndarray]:
        if method == "tape":
            value, gradient = tape_gradient(self.function, x.copy(), *args)
            return float(value), np.array(gradient, dtype=float)
        value = self.plainly(x, args)
        if method == "complex step":
            return value, complex_step(lambda z: self.function(z, *args), x)
        return value, five_point(lambda z: self.plainly(z, args), x)

    def _settle(self, x: np.ndarray, args: tuple[Any, ...]) -> tuple[float, np.ndarray]:
        """Take the first method that stands the check; say so once if it is not exact."""
        value = self.plainly(x, args)
        if not np.isfinite(value):
            raise InputError(f"the function is {value} at the first point; start where it is finite.")
        if self.plainly(x, args) != value:
            raise InputError("the function gives two different values at one point; fix its random numbers by a seed.")
        for method in METHODS:
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
                    found = self._by(method, x, args)
                if method == "differences" or self._stands(found, value, x, args):
                    break
                self.escape = self.escape or UNSEEN
            except Exception as error:  # the function itself works: it was called before
                self.escape = self.escape or _where_it_escaped(error)
        self.method = method
        if method == "differences":
            warnings.warn(
                f"the gradient is taken by differences because {self.escape}",
                InexactGradientWarning,
                stacklevel=3,
            )
        return found

    def _stands(self, found: tuple[float, np.ndarray], value: float, x: np.ndarray, args: tuple[Any, ...]) -> bool:
        """Whether value and gradient agree with the plain function along a random direction."""
        if not (abs(found[0] - value) <= SAME * max(abs(value), 1e-300) and np.isfinite(found[1]).all()):
            return False
        direction = np.random.default_rng(0).uniform(0.5, 1.0, size=x.shape)
        direction *= np.where(np.random.default_rng(1).random(x.shape) < 0.5, -1.0, 1.0) * np.maximum(1.0, np.abs(x))
        terms = float((np.abs(found[1]) * np.abs(direction)).sum())
        claimed, shrink = float((found[1] * direction).sum()), 1.0
        for _ in range(3):  # a kink inside the stencil is told from a wrong gradient by a smaller one
            measured, doubt = resolved(lambda z: self.plainly(z, args), x, shrink * direction)
            if abs(measured / shrink - claimed) <= ALIKE * terms + min(doubt / shrink, 1e-3 * terms):
                return True
            shrink /= 30.0
        return False


def value_and_gradient(fun: Callable[..., Any]) -> ValueAndGradient:
    """Differentiate a plain NumPy function: value and gradient in one call, whatever the number of entries.

    Parameters
    ----------
    fun : function
        Takes a float array of any shape (and further arguments) and returns a number. It is written with NumPy as
        usual: arithmetic, broadcasting, indexing, reductions, ``numpy.linalg``, ufuncs of ``scipy.special``.

    Returns
    -------
    ValueAndGradient
        Called with ``(x, *args)``, it returns the value and an array of the shape of x.

    Raises
    ------
    InputError
        When called: fun returns an array, is NaN or infinite at the first point, or differs between two calls.

    Warns
    -----
    InexactGradientWarning
        If neither the tape nor the complex step can follow the function; the message names its line and the cure.

    Notes
    -----
    Reverse accumulation on NumPy's own protocols (Griewank and Walther 2008). At the first point every gradient is
    compared with five-point differences along a random direction. At ties of a maximum the entries share its
    derivative; the derivative of |x| at 0 is 0.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> X, y = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), np.array([1.0, 0.0, 1.0])
    >>> loss = lambda w: np.sum(np.logaddexp(0, X @ w) - y * (X @ w))
    >>> value, gradient = tw.value_and_gradient(loss)(np.zeros(2))
    >>> round(value, 6), gradient
    (2.079442, array([ 0.75, -1.75]))
    """
    return fun if isinstance(fun, ValueAndGradient) else ValueAndGradient(fun)


class Hessian:
    """What `hessian` returns: a function of x and the other arguments."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.first = ValueAndGradient(function)

    def __call__(self, x: Any, *args: Any) -> np.ndarray:
        """The matrix of second derivatives by the entries of x, in their order."""
        x = _point(x)
        self.first(x, *args)
        if self.first.method == "tape":
            try:
                columns = [self.times(x, unit.reshape(x.shape), *args).ravel() for unit in np.eye(x.size)]
            except TapeEscape:  # a rule without second derivatives
                columns = self._by_differences(x, args)
        else:
            columns = self._by_differences(x, args)
        matrix = np.array(columns)
        return 0.5 * (matrix + matrix.T)

    def times(self, x: Any, v: Any, *args: Any) -> np.ndarray:
        """The Hessian times a vector, by the tape: the gradient of (gradient of f)'v."""
        function, x = self.first.function, _point(x)
        along = lambda point: np.sum(tape_gradient(function, point, *args)[1] * v)  # noqa: E731
        return np.array(tape_gradient(along, x)[1], dtype=float)

    def _by_differences(self, x: np.ndarray, args: tuple[Any, ...]) -> list[np.ndarray]:
        """Central differences of the gradient."""
        columns = []
        for j in range(x.size):
            step = np.zeros(x.size)
            step[j] = np.cbrt(np.finfo(float).eps) * max(1.0, abs(float(x.flat[j])))
            ahead, behind = (self.first(x + sign * step.reshape(x.shape), *args)[1] for sign in (1.0, -1.0))
            columns.append((ahead - behind).ravel() / (2 * step[j]))
        return columns


def hessian(fun: Callable[..., Any]) -> Hessian:
    """Second derivatives of a plain NumPy function: exact by the tape, else differences of the gradient.

    Parameters
    ----------
    fun : function
        As for `value_and_gradient`.

    Returns
    -------
    Hessian
        Called with ``(x, *args)``, it returns a symmetric matrix; ``times(x, v, *args)`` is its product with a vector,
        at the cost of a few evaluations whatever the size.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return Hessian(fun)


def _point(x: Any) -> np.ndarray:
    """A float array of its own."""
    try:
        array = np.array(x, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"x is {x!r}; pass an array of numbers.") from None
    if not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))[0].tolist()
        raise InputError(f"x has {array[tuple(bad)]} at {bad}; start from finite numbers.")
    return array


def _where_it_escaped(error: Exception) -> str:
    """What went wrong while tracing, and in which line of the user's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_foreign(frame.filename)]
    line = f' (line {frames[-1].lineno} of {Path(frames[-1].filename).name}: "{frames[-1].line}")' if frames else ""
    cause = error.__cause__ or error.__context__ or error
    told = str(cause if isinstance(cause, TapeEscape) else error)
    return f"{told}{line}"


def _is_foreign(file: str) -> bool:
    """Whether a file is one of NumPy, SciPy or this package: no line of the user's."""
    packages = [sys.modules[name].__file__ for name in ("numpy", "scipy", __package__ or "") if name in sys.modules]
    return any(Path(file).is_relative_to(Path(package).parent) for package in packages if package)
