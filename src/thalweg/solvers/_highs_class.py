"""The class of HiGHS, without its banner."""

from __future__ import annotations

import functools


@functools.cache
def quiet() -> type:
    """Return the class ``Highs`` with its output off before the constructor prints a banner on stdout."""
    from highspy import Highs

    class Quiet(Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  (called by the constructor)
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    return Quiet
