"""Mixed-integer linear programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np

from thalweg import naming
from thalweg.errors import InputError, ProblemError
from thalweg.problems.labelled import readable
from thalweg.problems.linear import LinearProgram, checked_changes
from thalweg.result import Array, Mask
from thalweg.terms.constraints import Box

NEARLY_WHOLE = 1e-9  # relative: a bound this near to a whole number means that number


@dataclass(frozen=True, eq=False)
class MixedIntegerProgram:
    """Minimise (or maximise) c'x + constant subject to row and variable limits, x_j whole where ``integer_j`` is True.

    The limits are row_lower <= A x <= row_upper and lower <= x <= upper, as in `LinearProgram`, whose conventions hold:
    **variables are free unless you bound them**. Bounds of integer variables are rounded inwards to whole numbers; one
    within 1e-9 of a whole number means that number.

    Parameters
    ----------
    c, A, row_lower, row_upper, lower, upper, constant, maximize, names, row_names
        As in `LinearProgram`.
    integer : (n,) array or Series of bool, or bool
        Which variables must be whole; one value stands for all. Default: all of them.

    Notes
    -----
    The best objective over whole numbers has no duals. What is proved of it rests on the relaxation, the same program
    without whole numbers, whose best objective nobody can beat: a certificate's facts hold its bound, row duals and
    reduced costs as ``relaxation_bound``, ``relaxation_row_dual`` and ``relaxation_reduced_costs``. Where all costs
    stand on integer variables and are multiples of one number, the bound moves on to the next multiple: costs 5 and 10,
    1/3 and 2/3, but not 0.1 and 0.3, which in float64 have nothing in common. What this leaves open is
    closed by the bound of the search itself, which nobody can check afterwards: it is listed as an assumption, and the
    verdict is ``WITHIN_TOLERANCE``.

    Raises
    ------
    InputError
        NaN, wrong shapes, text, duplicate names, ``integer`` that is not made of booleans.
    ProblemError
        lower > upper, or no whole number between them, with the names.

    Examples
    --------
    >>> import thalweg as tw
    >>> values, weights = [60.0, 100.0, 120.0], [[10.0, 20.0, 30.0]]
    >>> sack = tw.MixedIntegerProgram(values, weights, row_upper=50, lower=0, upper=1, maximize=True)
    >>> solution = tw.solve(sack)
    >>> solution.objective, solution.x, solution.ok
    (220.0, array([0., 1., 1.]), True)
    """

    c: Array
    A: Any = None
    row_lower: Any = field(default=None, kw_only=True)
    row_upper: Any = field(default=None, kw_only=True)
    lower: Any = field(default=None, kw_only=True)
    upper: Any = field(default=None, kw_only=True)
    integer: Any = field(default=True, kw_only=True)
    constant: float = field(default=0.0, kw_only=True)
    maximize: bool = field(default=False, kw_only=True)
    names: Sequence[str] | None = field(default=None, kw_only=True)
    row_names: Sequence[str] | None = field(default=None, kw_only=True)

    answer: ClassVar[tuple[str, ...]] = ("x",)
    P: ClassVar[None] = None

    def __post_init__(self) -> None:
        given = _shared(self)
        linear, labels = LinearProgram(**given), naming.labels_of(self.integer)
        if linear.names is None and labels is not None and len(labels) == linear.c.size:  # nothing else has names
            linear = LinearProgram(**cast("dict[str, Any]", {**given, "names": labels}))
        for name in given:
            object.__setattr__(self, name, getattr(linear, name))
        labelled = readable(self.integer, linear.names, "integer")
        integer = _mask(naming.aligned(labelled, linear.names, "integer"), linear.c.size)
        lower, upper = _whole_sides(linear, integer)
        for name, value in (("integer", integer), ("lower", lower), ("upper", upper)):
            value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def q(self) -> Array:
        """Linear part of the objective: c."""
        return self.c

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, variables)."""
        return self.A.shape

    @property
    def demands(self) -> frozenset[str]:
        """What a solver must respect."""
        return frozenset({"integer", "rows"} if self.A.shape[0] else {"integer"})

    @cached_property
    def relaxation(self) -> LinearProgram:
        """The same program without whole numbers: nobody is better than its best objective."""
        return LinearProgram(**_shared(self))

    @cached_property
    def bare(self) -> LinearProgram:
        """The relaxation without its constant."""
        return self.relaxation.replace(constant=0.0) if self.constant else self.relaxation

    def objective(self, values: Mapping[str, Any]) -> float:
        """c'x + constant."""
        return self.relaxation.objective(values)

    def start(self) -> dict[str, Array]:
        """Return the point of the box nearest to 0; its bounds are whole where its variables are."""
        return {"x": Box(self.lower, self.upper).project(np.zeros(self.c.size))}

    def rounded(self, x: Array) -> Array:
        """Return x with the integer variables at their nearest whole numbers."""
        return np.where(self.integer, np.rint(x), x) + 0.0  # + 0.0: no minus zero

    def replace(self, **changes: Any) -> MixedIntegerProgram:
        """Return a copy with some fields changed and everything checked again."""
        return dataclasses.replace(self, **checked_changes(self, changes))

    def relax(
        self,
        rows: Sequence[str | int] | None = None,
        *,
        weights: Mapping[str, float] | Sequence[float] | float | None = None,
        bounds: bool = False,
        time_limit: float | None = None,
    ) -> Any:
        """Find the least total violation that leaves a point with whole numbers, as in `LinearProgram.relax`.

        It is found by branch and bound. What the relaxation does not prove of it is taken at the solver's word: then
        the verdict is ``WITHIN_TOLERANCE``, and the assumption is listed. The search may take long: after
        ``time_limit`` seconds the best so far is returned.

        Examples
        --------
        >>> import thalweg as tw
        >>> pairs = tw.MixedIntegerProgram([1.0], [[2.0]], row_lower=3, row_upper=3, lower=0, row_names=["legs"])
        >>> found = pairs.relax()
        >>> found.by_row, found.certificate.verdict.name
        ({'legs': 1.0}, 'WITHIN_TOLERANCE')
        """
        return LinearProgram.relax(cast(Any, self), rows, weights=weights, bounds=bounds, time_limit=time_limit)


def _shared(problem: MixedIntegerProgram) -> dict[str, Any]:
    """Return the fields that a linear program has as well."""
    return {field.name: getattr(problem, field.name) for field in dataclasses.fields(LinearProgram)}


def _mask(integer: Any, size: int) -> Mask:
    """Check ``integer``: one bool for all, or one for each."""
    try:
        mask = np.asarray(integer)
    except ValueError:
        mask = np.empty(0, dtype=object)
    if mask.dtype != np.bool_ or mask.shape not in ((), (size,)):
        raise InputError(
            f"integer is {integer!r:.60}; pass True, or {size} booleans, one for each variable (a mask, not positions)."
        )
    return np.full(size, cast(Any, mask))


def _whole_sides(linear: LinearProgram, integer: Mask) -> tuple[Array, Array]:
    """Round the bounds of integer variables inwards, unless they are whole up to rounding."""
    lower: Array = linear.lower
    upper: Array = linear.upper
    low = np.where(integer, np.where(_is_whole(lower), np.rint(lower), np.ceil(lower)), lower) + 0.0
    high = np.where(integer, np.where(_is_whole(upper), np.rint(upper), np.floor(upper)), upper) + 0.0
    crossed = np.flatnonzero(low > high)
    if crossed.size:
        j = int(crossed[0])
        more = f" and {crossed.size - 1} more" if crossed.size > 1 else ""
        where = naming.label(linear.names, j)
        raise ProblemError(
            f"no whole number lies between lower {lower[j]:g} and upper {upper[j]:g} of the integer variable "
            f"{where}{more}. No point can satisfy both."
        )
    return low, high


def _is_whole(side: Array) -> Mask:
    """Whether a side is a whole number, infinite, or so near to the nearest one that this is meant."""
    finite = np.where(np.isfinite(side), side, 0.0)
    return np.abs(finite - np.rint(finite)) <= NEARLY_WHOLE * np.maximum(np.abs(finite), 1.0)
