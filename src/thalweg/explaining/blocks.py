"""Rows and variables that were chosen: by name, by position, or as a whole block of a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from thalweg import naming


def places(chosen: Iterable[Any], names: Sequence[str] | None, size: int, what: str, symbol: str = "x") -> list[int]:
    """Positions, each once; ``hours`` stands for ``hours[mon]``, ``hours[tue]``, ... where nothing has that name."""
    if names is not None and not isinstance(chosen, str) and isinstance(chosen, Iterable):
        chosen = [place for one in chosen for place in of_block(one, names) or [one]]
    return naming.places(chosen, names, size, what, symbol)


def of_block(name: Any, names: Sequence[str]) -> list[int]:
    """Positions of the entries of a block; none if this is no block, or the name of one entry."""
    if not isinstance(name, str) or name in names:
        return []
    return [place for place, known in enumerate(names) if known.startswith(f"{name}[")]
