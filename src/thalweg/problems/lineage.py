"""Which problem another one was made from by ``replace``: known as long as both are alive, and kept alive by nobody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar
from weakref import ReferenceType, WeakKeyDictionary, ref

MATRICES = ("A", "P")  # what is proved about one of them holds for all problems that share it

_Problem = TypeVar("_Problem")
_ORIGINS: WeakKeyDictionary[Any, ReferenceType[Any]] = WeakKeyDictionary()


def derived(problem: _Problem, origin: Any, changes: Collection[str]) -> _Problem:
    """Note what the problem was made from, let both share the matrices that did not change, and return it."""
    for name in MATRICES:
        if name in vars(origin) and name not in changes:
            object.__setattr__(problem, name, getattr(origin, name))
    _ORIGINS[problem] = ref(origin)
    return problem


def origin_of(problem: Any) -> Any:
    """Return what the problem was made from; None if that is unknown or gone."""
    found = _ORIGINS.get(problem)
    return None if found is None else found()
