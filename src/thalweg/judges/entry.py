"""The entry to the judges: one function, dispatched on the kind of problem."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from thalweg.errors import InputError
from thalweg.result import Certificate, Claim, Tolerance

_JUDGES = {"LinearProgram": "program", "QuadraticProgram": "program", "Fit": "fit"}


def judge(problem: Any, claim: Claim, tolerance: Tolerance) -> Certificate:
    """Say what the claim proves about the problem; pure and deterministic."""
    kind = type(problem).__name__
    if kind not in _JUDGES:
        raise InputError(f"nobody judges problems of type {kind}; known: {', '.join(_JUDGES)}.")
    return import_module(f"thalweg.judges.{_JUDGES[kind]}").judge(problem, claim, tolerance)
