"""One line on the terminal while a solver runs: nothing for quick answers, nothing when stderr is not a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

DELAY = 0.5  # seconds until the line appears; importing rich for less is not worth it


class Progress:
    """A context whose object is the callback of ``solve``: shows seconds and the latest numbers."""

    def __init__(self, task: str) -> None:
        self.task, self.started = task, time.perf_counter()
        self._status: Any = None
        self._over = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(DELAY, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()

    def __call__(self, numbers: Mapping[str, float]) -> None:
        """Show the latest numbers of a solver."""
        if self._status is not None:
            from rich.text import Text  # plain text: a file name may look like markup

            shown = "  ".join(f"{name} {value:.6g}" for name, value in numbers.items())
            self._status.update(Text(f"{self.task}  {time.perf_counter() - self.started:.0f} s  {shown}"))

    def _show(self) -> None:
        from rich.console import Console
        from rich.text import Text

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True).status(Text(f"{self.task} (Ctrl-C keeps the best answer so far)"))
                self._status.start()
