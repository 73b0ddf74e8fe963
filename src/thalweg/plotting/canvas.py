"""What all figures share: axes that belong to no window, a palette, and names that are text and nothing else.

Nothing here touches pyplot or matplotlib's settings: a figure made here opens no window and changes no other figure.
"""

from __future__ import annotations

from typing import Any

from thalweg.errors import MissingExtra
from thalweg.visible import shortened, visible

# Told apart by lightness and by hue, also with the common forms of colour blindness; reports swap them in the dark.
INK = "#1f2933"  # text
FAINT = "#5b6672"  # secondary text and frames
GRID = "#dde2e7"
FIRST = "#0b5fa5"  # what was found
SECOND = "#b3500a"  # what limits it
FILL = "#cfe0f0"  # areas
PAPER = "#fefefe"

SIZE = (5.0, 3.1)  # inches; small, so that its letters stay readable at the width of a phone
LETTERS = 10.5  # points
BELOW = 0.5  # inches from the axes to a legend under them: room for the numbers and the label of the axis
LONGEST = 26  # characters of a name beside an axis
LARGEST = 1e100  # number that an axis can still show; the ticks of far larger ones overflow

DASHES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v")


def axes(ax: Any = None, size: tuple[float, float] = SIZE) -> Any:
    """Return the axes that were given, or axes of a new figure that belongs to no window."""
    if ax is not None:
        return ax
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "plot", "drawing a figure") from None
    new = Figure(figsize=size, layout="constrained", facecolor=PAPER).add_subplot(facecolor=PAPER)
    new.tick_params(colors=INK, labelsize=LETTERS - 1, length=3)
    for side, spine in new.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)
    new.grid(visible=True, color=GRID, linewidth=0.6)
    new.set_axisbelow(True)
    return new


def title(ax: Any, text: str) -> None:
    """Write the title to the left."""
    ax.set_title(text, loc="left", fontsize=LETTERS + 1, color=INK)


def label(ax: Any, x: str = "", y: str = "") -> None:
    """Name the axes."""
    ax.set_xlabel(plain(x), fontsize=LETTERS, color=INK, parse_math=False)
    ax.set_ylabel(plain(y), fontsize=LETTERS, color=INK, parse_math=False)


def logarithmic(ax: Any, side: str = "y") -> None:
    """Make an axis logarithmic, with plain numbers: small raised exponents are hard to read."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    ax.set(**{f"{side}scale": "log"})
    axis = ax.yaxis if side == "y" else ax.xaxis
    low, high = sorted(axis.get_view_interval())
    told = FuncFormatter(lambda value, _: f"{value:.3g}")
    axis.set_major_formatter(told)
    axis.set_minor_formatter(NullFormatter() if high > 10 * low else told)


def legend(ax: Any, *, below: bool = False) -> None:
    """Show the legend where it hides least, or below the axes, where it hides nothing."""
    place: dict[str, Any] = {"loc": "best"}
    if below:
        from matplotlib.transforms import ScaledTranslation

        under = ax.transAxes + ScaledTranslation(0.0, -BELOW, ax.figure.dpi_scale_trans)
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "bbox_transform": under}
        place |= {"ncols": 3, "columnspacing": 1.2}
    box = ax.legend(fontsize=LETTERS - 1, labelcolor=INK, frameon=False, **place)
    for text in box.get_texts():
        text.set_parse_math(False)


def entry(name: str) -> str:
    """Return a name for the legend, which would leave out one that begins with an underscore."""
    shown = plain(name, LONGEST)
    return f"\u200b{shown}" if shown.startswith("_") else shown


def plain(text: str, longest: int = 60) -> str:
    """Return a name as it may stand in a figure: visible, on one line, not too long."""
    return shortened(visible(text), longest)


def nothing(ax: Any, text: str) -> Any:
    """Say in the middle of empty axes why there is no picture."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=INK, fontsize=LETTERS, wrap=True)
    return ax
