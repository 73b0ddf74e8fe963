"""Ctrl-C on the command line: one line and exit code 130 while there is nothing to lose; later, nothing is torn.

Python's own way, an exception between any two instructions, ends in a traceback where it meets an import, a callback or
the end of the process. This module is loaded before the rest of the room, so it loads next to nothing.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

CODE = 130
LINE = "interrupted: no answer yet."
CURSOR = b"\r\x1b[?25h\x1b[J"  # shows the cursor that a line of progress hid, and clears what is left of it
HELD = f"{__name__}.held"  # key in click's context: Ctrl-C is held back already


def leave(*_: Any) -> None:
    """End the process with one line: nothing was printed or written yet."""
    try:
        os.write(2, (CURSOR if os.isatty(2) else b"") + f"{LINE}\n".encode())
    finally:
        os._exit(CODE)


def leave_at_once() -> None:
    """From here on Ctrl-C ends the process, whatever it is doing; for the main thread of a process of our own."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def lose_nothing(ctx: click.Context) -> None:
    """Until the command ends, Ctrl-C only stops solvers: what they have is printed and written as a whole.

    Who searches says it, and who delivers; the second time, nothing is left to do.
    """
    if ctx.meta.get(HELD):
        return
    from thalweg.watch import InterruptHold

    ours = signal.getsignal(signal.SIGINT) is leave
    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    ctx.with_resource(InterruptHold())
    ctx.meta[HELD] = True
    if ours:  # the process ends with the command: what is left to do is no reason for a traceback
        ctx.call_on_close(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
