"""One clock for a run: progress, time limit, interruption, and the best answer so far.

Ctrl-C raises KeyboardInterrupt between any two instructions: also between a backend's return and the assignment of its
answer, or in the middle of an import. `InterruptHold` turns it into a question that a run asks at its steps.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Any, ClassVar, TypeVar

import numpy as np

from thalweg.errors import InputError
from thalweg.result import Claim, Stop, Trace

CALLBACK_INTERVAL = 0.1  # seconds: more than ten calls a second help nobody
SHORTEST = 1e-3  # seconds for a solver that starts as time runs out
SPARED = 3  # times that Ctrl-C is held back where nothing long should happen; then the user means it

_Result = TypeVar("_Result")


class Stopped(Exception):
    """Raised by `Watch.check`; the solver that called it catches it and claims what it holds."""


class Watch:
    """Progress, time limit, interruption and the best answer so far of one run.

    A solver calls ``step(**numbers)`` once per iteration and returns when it answers False. It calls
    ``offer(objective, **values)`` whenever it holds a point worth keeping, so that Ctrl-C loses nothing.

    Parameters
    ----------
    time_limit : float, optional
        Seconds from now. Default: none.
    callback : callable, optional
        Called with a dict of the latest numbers, at most ten times a second. Returning True stops the run.
    parent : Watch, optional
        Shares its deadline and its stop.

    Examples
    --------
    >>> import thalweg as tw
    >>> watch = tw.Watch(time_limit=60)
    >>> watch.step(objective=1.0)
    True
    >>> watch.offer(1.0, x=[0.5]); watch.offer(2.0, x=[9.0])
    >>> watch.best_claim().values["x"]
    array([0.5])
    """

    def __init__(
        self,
        time_limit: float | None = None,
        callback: Callable[[Mapping[str, float]], Any] | None = None,
        parent: Watch | None = None,
    ) -> None:
        if time_limit is not None and not (isinstance(time_limit, (int, float)) and time_limit > 0):
            raise InputError(f"time_limit is {time_limit!r}; it must be a number of seconds > 0.")
        if callback is not None and not callable(callback):
            raise InputError(f"callback is {callback!r}; it must be a function of a dict of numbers.")
        self.started = time.perf_counter()
        own = math.inf if time_limit is None else self.started + time_limit
        self.deadline = min(own, parent.deadline if parent else math.inf)
        self.trace = Trace()
        self.failure: Exception | None = None  # what a callback raised; whoever started the run raises it
        self._callback, self._parent, self._stop = callback, parent, None
        self._best: tuple[float, dict[str, Any]] | None = None
        self._put_off = list[Callable[[], None]]()
        self._next_call = 0.0
        self._latest: Mapping[str, float] = {}

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def remaining(self) -> float:
        """Seconds until the time limit; infinite if there is none."""
        return self.deadline - time.perf_counter()

    @property
    def time_limit(self) -> float | None:
        """Seconds left, as a time limit for a solver that starts now; None if there is none."""
        return max(self.remaining, SHORTEST) if math.isfinite(self.remaining) else None

    @property
    def stop(self) -> Stop | None:
        """Why the run must end now, or None."""
        if self._stop is None and self._parent is not None:
            self._stop = self._parent.stop
        if self._stop is None and self.remaining <= 0:
            self._stop = Stop.TIME_LIMIT
        return self._stop

    def interrupt(self) -> None:
        """Ask the run, and whoever started it, to end with the best answer so far."""
        self._stop = Stop.INTERRUPTED
        if self._parent is not None:
            self._parent.interrupt()

    def step(self, **numbers: float) -> bool:
        """Record one iteration; False means: return now."""
        self.trace.add(seconds=self.seconds, **numbers)
        self.report(numbers)
        return self.stop is None

    def check(self) -> None:
        """Raise Stopped if the run must end now: for the middle of a long step, where nothing can be returned."""
        if self.stop is not None:
            raise Stopped

    def pulse(self) -> None:
        """Show the callback the latest numbers again, where a backend is at work that reports none."""
        if self._latest:
            self.report(self._latest)

    def report(self, numbers: Mapping[str, float]) -> None:
        """Tell the callback, at most ten times a second."""
        self._latest = numbers
        now = time.perf_counter()
        if self._callback is not None and now >= self._next_call and self.failure is None:
            self._next_call = now + CALLBACK_INTERVAL
            try:
                stops = self._callback(numbers) is True
            except Exception as error:  # a backend would lose it
                self._fail(error)
            else:
                if stops:
                    self.interrupt()

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self.interrupt()
        if self._parent is not None:
            self._parent._fail(error)

    def offer(self, objective: float, **values: Any) -> None:
        """Keep a copy of a point if it is the best so far (least objective, minimisation sense)."""
        if self._best is None or objective < self._best[0]:
            self._best = (float(objective), {name: np.array(value, dtype=float) for name, value in values.items()})

    def offer_when_asked(self, offering: Callable[[], None]) -> None:
        """Put off what offers a point until somebody asks for the best one: most runs end without that."""
        self._put_off.append(offering)

    def best_claim(self, by: str = "the watch") -> Claim:
        """Return the best point offered so far as a claim; without values if none was."""
        while self._put_off:
            self._put_off.pop()()
        values = self._best[1] if self._best is not None else {}
        return Claim(values, stop=self.stop or Stop.INTERRUPTED, by=by, message="best point when the run ended")

    def child(self, callback: Callable[[Mapping[str, float]], Any] | None = None) -> Watch:
        """Return a watch for a part of the run (a fold, a trial): own trace, shared deadline and stop."""
        return Watch(callback=callback or self._callback, parent=self)

    def followed(self) -> AbstractContextManager[None]:
        """Return a context in which a callback that shows progress knows of the run from its start to its end."""
        follow = getattr(self._callback, "follow", None)
        return follow(self) if callable(follow) else nullcontext()


class InterruptHold:
    """A context in which Ctrl-C sets a flag instead of raising KeyboardInterrupt between any two instructions.

    The first Ctrl-C interrupts the watches of all holds that are open; a second one breaks into what `call` calls, for
    code that never asks its watch. Holds do nothing outside the main thread, and where SIGINT belongs to somebody else.

    Parameters
    ----------
    watch : Watch, optional
        The run that the first Ctrl-C interrupts.

    Attributes
    ----------
    presses : int
        How often Ctrl-C was pressed meanwhile.

    Examples
    --------
    >>> import signal
    >>> from thalweg.watch import InterruptHold
    >>> with InterruptHold() as hold:
    ...     signal.raise_signal(signal.SIGINT)  # what Ctrl-C does
    >>> hold.presses
    1
    """

    _open: ClassVar[list[InterruptHold]] = []
    _breakable: ClassVar[bool] = False

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch, self.presses = watch, 0

    def __enter__(self) -> InterruptHold:
        if threading.current_thread() is not threading.main_thread():
            return self
        if self._open:
            self._open.append(self)
        elif signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                self._open.append(self)
                signal.signal(signal.SIGINT, _hold_back)
            except BaseException:  # pressed just now; or ValueError: an interpreter without signals
                self._open.clear()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self not in self._open:
            return
        self._open.remove(self)
        if not self._open and signal.getsignal(signal.SIGINT) is _hold_back:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @classmethod
    def call(cls, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Call what may take long and may never ask; a second Ctrl-C raises KeyboardInterrupt inside it."""
        if threading.current_thread() is not threading.main_thread():
            return function(*arguments)
        before, cls._breakable = cls._breakable, True
        try:
            return function(*arguments)
        finally:
            cls._breakable = before


def _hold_back(_: int, frame: FrameType | None) -> None:
    """Take SIGINT; a result on its way through `InterruptHold.call` is never lost."""
    for hold in InterruptHold._open:
        hold.presses += 1
        if hold.watch is not None:
            hold.watch.interrupt()
    most = max((hold.presses for hold in InterruptHold._open), default=0)
    passing = frame is not None and frame.f_code is InterruptHold.call.__code__
    if most > (1 if InterruptHold._breakable else SPARED) and not passing:
        raise KeyboardInterrupt
