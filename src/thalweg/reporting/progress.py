"""Signs of life on the terminal while a solver runs: nothing for quick answers, nothing where nobody looks.

One thread of its own waits, shows and clears, so that a long judge or a long reading shows life too, and so that the
solver's thread never waits for a terminal. It only reads what the callback left; a terminal that vanishes ends it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from thalweg.errors import InputError
from thalweg.visible import visible
from thalweg.watch import Watch

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

DELAY = 2.0  # seconds until something shows; loading rich for less is not worth it
REFRESH = 0.1  # seconds between two pictures
PATIENCE = 1.0  # seconds that the end of a run waits for a terminal that does not take its characters
LONGEST = 40  # characters of a task: names of files may be long
BAR = 12  # characters of the bar of time
SHOWN = ("objective", "gap")  # what people understand; else the first two numbers there are
HINT = "Ctrl-C keeps the best answer so far"


class Progress:
    """A line on stderr for whatever takes longer than ``delay`` seconds; the callback of `thalweg.solve`.

    A terminal shows a moving line with the seconds, the latest objective and gap, and a bar of time where there is a
    time limit. A plain terminal (``TERM=dumb``, ``NO_COLOR``) and a notebook get one line once. Pipes and files get
    nothing. `solve` shows and clears the line itself; use ``with`` where more belongs to the task, such as reading.

    Parameters
    ----------
    task : str
        What is being done.
    delay : float
        Seconds until the line appears.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.LinearProgram([1.0], lower=0)
    >>> tw.solve(problem, callback=tw.Progress("solving my program")).ok
    True
    >>> with tw.Progress("two programs") as progress:
    ...     answers = [tw.solve(problem, callback=progress) for _ in range(2)]
    """

    def __init__(self, task: str = "solving", *, delay: float = DELAY) -> None:
        if not (isinstance(delay, (int, float)) and delay >= 0):
            raise InputError(f"delay is {delay!r}; it must be a number of seconds >= 0.")
        self.task, self.delay = _one_line(str(task)), float(delay)
        self._lock = threading.Lock()
        self._depth = 0
        self._display: _Display | None = None

    def __enter__(self) -> Progress:
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._display = _Display.on_stderr(self.task, self.delay)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._depth -= 1
            ended, self._display = (self._display, None) if self._depth == 0 else (None, self._display)
        if ended is not None:
            ended.end()

    def __call__(self, numbers: Mapping[str, float]) -> None:
        """Show the latest numbers of a solver."""
        display = self._display
        if display is not None:
            display.numbers = numbers

    @contextmanager
    def follow(self, watch: Watch) -> Iterator[None]:
        """Show a run from its start to its end; `solve` calls this."""
        with self:
            display = self._display
            if display is not None:
                display.limit = (watch.started, watch.deadline)
            yield


class _Display:
    """The thread that draws."""

    def __init__(self, task: str, delay: float, stream: TextIO) -> None:
        self.task, self.delay, self.stream = task, delay, stream
        self.started = time.perf_counter()
        self.numbers: Mapping[str, float] = {}
        self.limit = (self.started, math.inf)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="thalweg progress", daemon=True)
        self._thread.start()

    @classmethod
    def on_stderr(cls, task: str, delay: float) -> _Display | None:
        """Draw on stderr, or not at all if nobody looks there."""
        stream = sys.stderr
        return cls(task, delay, stream) if stream is not None and (_is_notebook(stream) or _isatty(stream)) else None

    def end(self) -> None:
        """Clear the line."""
        self._over.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        if self._over.wait(self.delay):
            return
        try:
            if _is_plain(self.stream):
                self.stream.write(f"{self.task} ({HINT})\n")
                self.stream.flush()
            else:
                self._draw()
        except (OSError, ValueError):  # the terminal is gone, or its stream is closed
            pass

    def _draw(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream)
        live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)
        live.update(_Picture(self))
        with live:
            while not self._over.wait(REFRESH):
                live.refresh()


class _Picture:
    """Task, seconds, bar of time and numbers in one line, what matters less further right; below it the hint."""

    def __init__(self, display: _Display) -> None:
        self.display, self.drawn = display, 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text  # plain text: a name may look like markup

        display, now = self.display, time.perf_counter()
        self.drawn += 1
        wheel, full = ("|/-\\", "#") if options.ascii_only else ("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "━")
        line = Text(f"{wheel[self.drawn % len(wheel)]} {display.task}  ", no_wrap=True, overflow="ellipsis")
        began, deadline = display.limit
        line.append(f"{now - display.started:.0f} s")
        if math.isfinite(deadline):
            done = round(BAR * min((now - began) / (deadline - began), 1.0))
            line.append(f" of {deadline - began:.3g} s  ")
            line.append(full * done, style="green").append(("-" if full == "#" else full) * (BAR - done), style="dim")
        line.append(f"  {_shown(display.numbers)}")
        yield line
        yield Text(f"  {HINT}", style="dim", no_wrap=True, overflow="ellipsis")


def _shown(numbers: Mapping[str, float]) -> str:
    names = [name for name in SHOWN if name in numbers] or list(numbers)[:2]
    return "  ".join(f"{name} {numbers[name]:.6g}" for name in names)


def _one_line(task: str) -> str:
    """Without characters that would move the cursor, and not too long."""
    clean = visible(task)
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


def _isatty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, OSError, ValueError):  # no such method, or closed
        return False


def _is_notebook(stream: TextIO) -> bool:
    return type(stream).__module__.startswith("ipykernel")


def _is_plain(stream: TextIO) -> bool:
    """Whether the cursor cannot be moved, or the user wants no ornaments."""
    plain = os.environ.get("TERM", "" if os.name != "nt" else "xterm").lower() in ("", "dumb", "unknown")
    return plain or bool(os.environ.get("NO_COLOR")) or _is_notebook(stream)
