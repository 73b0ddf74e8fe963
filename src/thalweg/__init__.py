"""thalweg: optimization for machine learning that proves its answers.

A solver makes a claim; the certificate, computed from the problem alone, says what that claim proves.
The names below are loaded when first used, so that ``import thalweg`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_MENU = {
    "thalweg.errors": (
        "InexactGradientWarning",
        "InputError",
        "MissingExtra",
        "NotProved",
        "ProblemError",
        "SolverMismatch",
        "ThalwegError",
        "UncertifiedWarning",
    ),
    "thalweg.autodiff.gradient": ("hessian", "value_and_gradient"),
    "thalweg.tolerance": ("Tolerance",),
    "thalweg.certificate": ("Certificate", "Verdict", "Violation"),
    "thalweg.result": ("Attempt", "Claim", "Solution", "Stop", "Trace"),
    "thalweg.watch": ("Watch",),
    "thalweg.terms.constraints": ("Box",),
    "thalweg.terms.design": ("Design",),
    "thalweg.terms.losses": (
        "Gamma",
        "Huber",
        "Logistic",
        "NegativeBinomial",
        "Poisson",
        "Quantile",
        "Squared",
        "SquaredHinge",
        "Tweedie",
    ),
    "thalweg.terms.penalties": ("ElasticNet",),
    "thalweg.problems.fit": ("Fit",),
    "thalweg.problems.multinomial": ("MultinomialFit",),
    "thalweg.problems.linear": ("LinearProgram",),
    "thalweg.problems.mixed_integer": ("MixedIntegerProgram",),
    "thalweg.problems.quadratic": ("QuadraticProgram",),
    "thalweg.modelling.answer": ("ModelSolution",),
    "thalweg.modelling.model": ("Model",),
    "thalweg.planning": ("plan",),
    "thalweg.front": ("solve",),
    "thalweg.explaining.conflict": ("Conflict", "find_conflict"),
    "thalweg.explaining.ranging": ("Ranging",),
    "thalweg.explaining.relaxation": ("Relaxation",),
    "thalweg.many": ("solve_many",),
    "thalweg.evidence": ("certify", "load"),
    "thalweg.io.programs": ("read",),
    "thalweg.io.saved": ("save",),
    "thalweg.io.writing": ("write",),
    "thalweg.reporting.progress": ("Progress",),
    "thalweg.terms.row_writing": ("monotone", "nonnegative", "nonpositive", "sum_to"),
    "thalweg.learn.amounts": ("GammaRegression", "TweedieRegression"),
    "thalweg.learn.counts": ("NegativeBinomialRegression", "PoissonRegression"),
    "thalweg.learn.generalized": ("GeneralizedLinearModel",),
    "thalweg.learn.linear": ("LinearRegression",),
    "thalweg.learn.logistic": ("LogisticRegression",),
    "thalweg.learn.path": ("Path",),
    "thalweg.learn.robust": ("HuberRegression", "QuantileRegression"),
}
_HOME = {name: module for module, names in _MENU.items() for name in names}
__all__ = sorted(_HOME)

if TYPE_CHECKING:
    from thalweg.autodiff.gradient import hessian, value_and_gradient
    from thalweg.certificate import Certificate, Verdict, Violation
    from thalweg.errors import (
        InexactGradientWarning,
        InputError,
        MissingExtra,
        NotProved,
        ProblemError,
        SolverMismatch,
        ThalwegError,
        UncertifiedWarning,
    )
    from thalweg.evidence import certify, load
    from thalweg.explaining.conflict import Conflict, find_conflict
    from thalweg.explaining.ranging import Ranging
    from thalweg.explaining.relaxation import Relaxation
    from thalweg.front import solve
    from thalweg.io.programs import read
    from thalweg.io.saved import save
    from thalweg.io.writing import write
    from thalweg.learn.amounts import GammaRegression, TweedieRegression
    from thalweg.learn.counts import NegativeBinomialRegression, PoissonRegression
    from thalweg.learn.generalized import GeneralizedLinearModel
    from thalweg.learn.linear import LinearRegression
    from thalweg.learn.logistic import LogisticRegression
    from thalweg.learn.path import Path
    from thalweg.learn.robust import HuberRegression, QuantileRegression
    from thalweg.many import solve_many
    from thalweg.modelling.answer import ModelSolution
    from thalweg.modelling.model import Model
    from thalweg.planning import plan
    from thalweg.problems.fit import Fit
    from thalweg.problems.linear import LinearProgram
    from thalweg.problems.mixed_integer import MixedIntegerProgram
    from thalweg.problems.multinomial import MultinomialFit
    from thalweg.problems.quadratic import QuadraticProgram
    from thalweg.reporting.progress import Progress
    from thalweg.result import Attempt, Claim, Solution, Stop, Trace
    from thalweg.terms.constraints import Box
    from thalweg.terms.design import Design
    from thalweg.terms.losses import (
        Gamma,
        Huber,
        Logistic,
        NegativeBinomial,
        Poisson,
        Quantile,
        Squared,
        SquaredHinge,
        Tweedie,
    )
    from thalweg.terms.penalties import ElasticNet
    from thalweg.terms.row_writing import monotone, nonnegative, nonpositive, sum_to
    from thalweg.tolerance import Tolerance
    from thalweg.watch import Watch


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use."""
    if name not in _HOME:
        from thalweg.errors import suggest

        near = "" if name.startswith("_") else f". {suggest(name, __all__)}"  # protocols probe for private names
        raise AttributeError(f"module 'thalweg' has no attribute {name!r}{near}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value  # the second access finds the object, not this function
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
