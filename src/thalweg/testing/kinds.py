"""What the false-claims kit needs to know of one kind of problem.

A new kind of problem brings one `Kind`: how to make problems whose answer is known by construction, how to write the
same problem differently, and problems that are hostile to judges. Everything else is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg.result import Claim
from thalweg.testing.exact import Truth

Number = Fraction | float
Disguise = Callable[[np.random.Generator, Any, Claim], tuple[Any, Claim]]


@dataclass(frozen=True, eq=False)
class Case:
    """A problem whose best objective is known, with an honest claim.

    Attributes
    ----------
    problem : Any
    claim : Claim
        An answer, with the hints that prove it.
    best : Fraction
        An objective that is reached, and is the best one up to the rounding of the construction; user's sense, with
        the constant. No valid bound lies beyond it.
    measure : callable
        ``measure(values, feasibility) -> Truth`` in exact arithmetic.
    plain : bool
        False where only an exact claim can pass, because the optimum is 0 or cancels.
    """

    problem: Any
    claim: Claim
    best: Fraction
    measure: Callable[[Mapping[str, Any], float], Truth]
    plain: bool = True

    @property
    def constant(self) -> Fraction:
        """Constant term of the objective, which no gap is relative to."""
        return Fraction(getattr(self.problem, "constant", 0.0))


@dataclass(frozen=True, eq=False)
class Hostile:
    """A problem and a claim made to deceive a judge, and the names of the verdicts that are not false.

    Attributes
    ----------
    name : str
    problem : Any
    claim : Claim
    allowed : frozenset of str
    best : Fraction or float, optional
        Best objective, if known; infinite where there is none. No assumption-free bound may lie beyond it.
    """

    name: str
    problem: Any
    claim: Claim
    allowed: frozenset[str]
    best: Number | None = None


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of problem, as the kit attacks its judge.

    Attributes
    ----------
    name : str
        Name of the problem's class.
    honest : callable
        ``honest(rng) -> Case``.
    hostile : callable
        ``hostile(rng) -> list of Hostile``; random members depend on the generator.
    hint_sizes : callable
        ``hint_sizes(problem) -> {name: size}`` of the hints that its judge reads.
    disguises : mapping of str to callable
        ``disguise(rng, problem, claim) -> (problem, claim)``: the same problem written differently, the same numbers
        of terms in every sum.
    longer : mapping of str to callable
        The same, with data added that must not matter. Sums get longer, so their rounding bounds grow: compared only
        where the optimum does not cancel.
    words : frozenset of str
        Hints of one number that the judge takes at their word, under a premise: no mutants of them are made.
    """

    name: str
    honest: Callable[[np.random.Generator], Case]
    hostile: Callable[[np.random.Generator], list[Hostile]]
    hint_sizes: Callable[[Any], dict[str, int]]
    disguises: Mapping[str, Disguise] = field(default_factory=dict)
    longer: Mapping[str, Disguise] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


NOT_OK = frozenset({"UNPROVEN", "REFUTED", "STATIONARY"})
ANY_OK = frozenset({"PROVED", "WITHIN_TOLERANCE"})
