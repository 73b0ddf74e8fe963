"""Common linear rows on named coefficients, written as the texts that `thalweg.terms.row_text` reads."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from thalweg import inputs
from thalweg.errors import InputError
from thalweg.terms.row_tokens import tokens


def monotone(names: Iterable[str], *, increasing: bool = True) -> list[str]:
    """Rows that order coefficients: b_1 <= b_2 <= ... <= b_k, or >= for ``increasing=False``.

    For steps of a scale, such as the dummies of age bands: the effect may only rise.

    Parameters
    ----------
    names : sequence of str
        At least two features, in their order.
    increasing : bool
        Whether coefficients rise along it.

    Returns
    -------
    list of str
        For ``constraints=`` of an estimator, alone or in a list with others.

    Raises
    ------
    InputError
        Fewer than two names, a name that stands twice, or names that are no texts.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.monotone(["young", "middle age", "old"])
    ['young <= `middle age`', '`middle age` <= old']
    """
    written = _written(names, "monotone", least=2)
    sign = "<=" if increasing else ">="
    return [f"{first} {sign} {second}" for first, second in pairwise(written)]


def nonnegative(names: Iterable[str]) -> list[str]:
    """Rows b_j >= 0. ``lower={name: 0}`` says the same as a bound.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.nonnegative(["age", "income"])
    ['age >= 0', 'income >= 0']
    """
    return [f"{name} >= 0" for name in _written(names, "nonnegative")]


def nonpositive(names: Iterable[str]) -> list[str]:
    """Rows b_j <= 0. ``upper={name: 0}`` says the same as a bound.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.nonpositive("distance")
    ['distance <= 0']
    """
    return [f"{name} <= 0" for name in _written(names, "nonpositive")]


def sum_to(total: float, names: Iterable[str]) -> list[str]:
    """Return the row sum_j b_j == total.

    Parameters
    ----------
    total : float
        What the coefficients add up to.
    names : sequence of str
        Features.

    Raises
    ------
    InputError
        No names, a name that stands twice, or a total that is no finite number.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.sum_to(1, ["stocks", "bonds", "cash"])
    ['stocks + bonds + cash == 1.0']
    """
    value = float(inputs.vector([total], "total")[0])
    return [f"{' + '.join(_written(names, 'sum_to'))} == {value!r}"]


def _written(names: Iterable[str], caller: str, least: int = 1) -> list[str]:
    """Names as a row may hold them; one text is one name."""
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if not isinstance(name, str):
            raise InputError(f'{caller} takes names of features; got {name!r:.60}. Column 0 of an array is "x0".')
    if len(given) < least or len(set(given)) < len(given):
        wrong = "a name stands twice" if len(set(given)) < len(given) else f"at least {least} are needed"
        raise InputError(f"{caller} got the names {given!r:.120}: {wrong}.")
    return [spelled(name) for name in given]


def spelled(name: str) -> str:
    """Write a name as the text of a row may hold it: as it is if it reads as one name, else in backticks."""
    try:
        read = [(token.kind, token.text) for token in tokens(name)]
    except InputError:
        read = []
    if [kind for kind, _ in read] == ["name", "end"] and read[0][1] == name:
        return name
    return f"`{name.replace('`', '``')}`"
