"""What every figure shares: axes to draw on, colours that differ in lightness too, and names that are safe to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.errors import InputError, MissingExtra
from thalweg.result import Array

INK = "#000000"  # axes and text
VALUE = "#1f5f99"  # what was reached
BOUND = "#b3470b"  # what nobody can beat
SHADE = "#7f9fbf"  # areas, drawn transparent
LONGEST_NAME = 40
TINIEST = 1e-300  # what a logarithmic axis shows for 0


def axes_of(ax: Any, height: float = 3.6) -> Any:
    """Return ``ax``, or new axes of pyplot if it is None."""
    check_installed()
    if ax is not None:
        if not hasattr(ax, "get_xlim"):
            raise InputError(f"ax is {type(ax).__name__}; pass axes of matplotlib, e.g. from plt.subplots().")
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(7.0, height), layout="constrained")[1]


def check_installed() -> None:
    """Raise MissingExtra if matplotlib is not there."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtra("matplotlib", "plot", "drawing a figure") from None


def drawn_name(name: str) -> str:
    """Return a name on one line, shortened, with unprintable characters escaped."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def time_of(columns: dict[str, Array]) -> tuple[Array, str]:
    """Return the horizontal axis of a trace and its label: seconds, or the number of the record."""
    if "seconds" in columns:
        return columns["seconds"], "seconds"
    size = max((column.size for column in columns.values()), default=0)
    return np.arange(size, dtype=float), "record"


def numbers_in(columns: dict[str, Array]) -> dict[str, Array]:
    """Return the recorded columns that hold a finite number, without the clock."""
    return {
        name: column
        for name, column in columns.items()
        if name not in ("seconds", "step") and np.isfinite(column).any()
    }


def bare(ax: Any, text: str) -> Any:
    """Say on empty axes why there is nothing to see."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes, color=INK, wrap=True, parse_math=False)
    return ax


def tidy(ax: Any) -> Any:
    """Remove the frame where nothing is read off."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax
