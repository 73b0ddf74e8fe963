"""The entry to the judges: a kind of problem defined in ``problems/x.py`` is judged in ``judges/x.py``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from thalweg.certificate import Certificate, Tolerance
from thalweg.errors import InputError
from thalweg.result import Claim
from thalweg.tolerance import Effort

_TOGETHER = {"linear": "program", "quadratic": "program"}  # one judge for both


@cache
def _room(file: str) -> Any:
    """Return the judge of problems that are defined in this file."""
    return import_module(f"thalweg.judges.{_TOGETHER.get(file, file)}")


def judge(problem: Any, claim: Claim, tolerance: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Say what the claim proves about the problem; pure and deterministic.

    ``effort`` says how hard a bound is looked for: see `Effort`.
    """
    room, _, file = type(problem).__module__.rpartition(".")
    if room != "thalweg.problems":
        kind = type(problem).__name__
        raise InputError(f"nobody judges problems of type {kind}; pass a problem such as tw.LinearProgram(...).")
    judges = _room(file)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # comparisons fail on what overflowed
        return judges.judge(problem, claim, tolerance, effort)
