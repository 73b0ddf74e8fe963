"""The entry to the judges: one function, dispatched on the kind of problem."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from thalweg.result import Certificate, Claim, Tolerance

_ROOM = {"LinearProgram": "linear", "QuadraticProgram": "quadratic", "Fit": "fit"}


def judge(problem: Any, claim: Claim, tolerance: Tolerance) -> Certificate:
    """Say what the claim proves about the problem; pure and deterministic."""
    kind = type(problem).__name__
    if kind not in _ROOM:
        raise TypeError(f"nobody judges problems of type {kind}; known: {', '.join(_ROOM)}.")
    return import_module(f"thalweg.judges.{_ROOM[kind]}").judge(problem, claim, tolerance)
