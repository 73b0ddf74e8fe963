"""A backend in a thread of its own, so that Ctrl-C is heard while it computes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from thalweg.result import Stop
from thalweg.watch import Watch

SMALL = 2000  # programs with fewer nonzeros end within milliseconds: no thread to wait for them
POLL = 0.1  # seconds between two reports of progress


def in_thread(work: Callable[[], Any], watch: Watch, seen: Mapping[str, float] | None = None) -> None:
    """Run ``work`` to its end, while the main thread reports progress and turns Ctrl-C into a stop of the watch.

    What ``work`` writes into ``seen`` is what is reported.

    ``work`` asks the watch through its backend's callback. A KeyboardInterrupt raised inside such a callback would be
    lost in the backend; only the main thread receives it.
    """
    done, errors = threading.Event(), list[BaseException]()

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # all of them are raised where somebody hears them
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=guarded, daemon=True).start()
    while not done.is_set():
        try:
            while not done.wait(POLL):
                if seen:
                    watch.step(**seen)
                watch.pulse()
        except KeyboardInterrupt:
            if watch.stop is Stop.INTERRUPTED:  # asked before, and the backend does not listen: it is left to itself
                raise
            watch.interrupt()
    if errors:
        raise errors[0]
