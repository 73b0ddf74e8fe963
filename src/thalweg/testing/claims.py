"""The false-claims kit, the same for every kind of problem.

- soundness: a verdict that is ok implies a feasible point whose objective is the best known, within the tolerance;
- validity: a bound without premises is never beyond the best known objective, whatever the hints; and no problem that
  has an answer is called infeasible, unbounded or without minimiser;
- completeness: honest claims are ok;
- invariance: the same problem written differently gets the same verdict;
- hostile: problems made to deceive get none but the verdicts that are true of them.

Every failure says how to make the same case again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges import judge as house_judge
from thalweg.result import Claim
from thalweg.terms.matrices import dense
from thalweg.terms.rounding import UNIT
from thalweg.testing.exact import Truth
from thalweg.testing.kinds import Case, Hostile, Kind
from thalweg.testing.known import kind_of
from thalweg.testing.mutants import every_mutant, mutant

Judge = Callable[[Any, Claim, Tolerance], Certificate]
MOST = 0.75
PER_PROBLEM = 12  # mutants of one problem before the next is made
NO_ANSWER = {Verdict.INFEASIBLE, Verdict.UNBOUNDED, Verdict.NO_MINIMISER}
TOLERANCES = (Tolerance(), Tolerance.of(1e-9), Tolerance.of(1e-3))


@dataclass(frozen=True, eq=False)
class Trial:
    """One judged claim, and what it takes to make it again."""

    case: Case
    claim: Claim
    tolerance: Tolerance
    certificate: Certificate
    story: str


def check_judge(kind: str | Kind, *, cases: int = 1500, seed: int = 0, judge: Judge = house_judge) -> None:
    """Attack the judge of one kind of problem with every family of false claims.

    Parameters
    ----------
    kind : str or Kind
        "LinearProgram", "QuadraticProgram", "MixedIntegerProgram", "Fit", or a `thalweg.testing.kinds.Kind` of your
        own.
    cases : int
        Number of judged claims in the random families.
    seed : int
    judge : callable
        ``judge(problem, claim, tolerance) -> Certificate``. Default: the house's.

    Raises
    ------
    AssertionError
        With the problem, the claim, the verdict and the truth of the first false statement.

    Examples
    --------
    >>> from thalweg.testing import check_judge
    >>> check_judge("LinearProgram", cases=100)
    """
    kind = kind_of(kind)
    check_sound(kind, cases, seed, judge)
    check_complete(kind, cases // 5, seed, judge)
    check_invariant(kind, cases // 3, seed, judge)
    check_hostile(kind, seed, judge)


def check_sound(kind: Kind, cases: int, seed: int = 0, judge: Judge = house_judge) -> None:
    """Soundness and validity over random mutants of random problems, at several tolerances."""
    for trial in _trials(kind, cases, seed, judge):
        examine(trial)


def check_sound_everywhere(kind: Kind, problems: int, seed: int = 0, judge: Judge = house_judge) -> None:
    """Soundness and validity over every mutant of every array of a few problems."""
    rng = np.random.default_rng(seed)
    other = kind.honest(rng)
    for k in range(problems):
        case = kind.honest(rng)
        for what, claim in every_mutant(rng, case.claim, other.claim):
            certificate = judge(case.problem, claim, Tolerance())
            examine(Trial(case, claim, Tolerance(), certificate, f"{kind.name}, seed {seed}, problem {k}: {what}"))
        other = case


def check_complete(kind: Kind, cases: int, seed: int = 0, judge: Judge = house_judge) -> None:
    """Honest claims are ok, exact or with a rounding in every number.

    Where the optimum cancels (0, or 1e-12 out of terms of size 1) the rounding of the check may exceed the tolerance:
    of those only `MOST` must be ok. Where every term is 0 there is no scale at all, and nothing is asked.
    """
    rng = np.random.default_rng(seed)
    cancelled = []
    for k in range(cases):
        case = kind.honest(rng)
        claims = [("honest", case.claim), *([("honest but for rounding", _rounded(rng, case.claim))] * case.plain)]
        for what, claim in claims:
            certificate = judge(case.problem, claim, Tolerance())
            trial = Trial(case, claim, Tolerance(), certificate, f"{kind.name}, seed {seed}, problem {k}: {what}")
            examine(trial)
            if case.plain:
                demand(certificate.ok, trial, "an honest answer is not ok")
            elif case.measure(claim.values, 0.0).noise > 0:
                cancelled.append(certificate.ok)
    assert sum(cancelled) >= MOST * len(cancelled), f"{sum(cancelled)} of {len(cancelled)} optima that cancel are ok."


def check_invariant(kind: Kind, cases: int, seed: int = 0, judge: Judge = house_judge) -> None:
    """Equal verdicts for the same problem written differently."""
    rng = np.random.default_rng([seed, 1])
    for trial in _trials(kind, cases, seed, judge):
        if not trial.certificate.finite or not math.isfinite(trial.certificate.noise):  # shapes, overflow
            continue
        for name, disguise in {**kind.disguises, **(kind.longer if trial.case.plain else {})}.items():
            problem, claim = disguise(rng, trial.case.problem, trial.claim)
            if finite(claim):
                other = judge(problem, claim, trial.tolerance)
                same = not math.isfinite(other.noise) or other.verdict is trial.certificate.verdict
                same = same or (_searched(trial) and Verdict.UNPROVEN in (other.verdict, trial.certificate.verdict))
                after = f"{other.verdict.name} after a change of {name}"
                demand(same, trial, f"{after}:\n{_shown(problem, claim)}\n{_told(other)}")


def _searched(trial: Trial) -> bool:
    """Whether the judge had to look for row multipliers of a fit itself; what it finds may depend on ties."""
    honest = trial.claim.hints.get("row_dual") is trial.case.claim.hints.get("row_dual")
    return hasattr(trial.case.problem, "loss") and trial.case.problem.A.shape[0] > 0 and not honest


def check_hostile(kind: Kind, seed: int = 0, judge: Judge = house_judge) -> None:
    """None but the allowed verdicts, and no premise-free bound beyond the best objective."""
    found = kind.hostile(np.random.default_rng(seed))
    faults = [fault for fault in (hostile_fault(hostile, judge) for hostile in found) if fault is not None]
    told = "\n\n".join(faults[:5])
    assert not faults, f"{len(faults)} of {len(found)} hostile {kind.name} claims deceive the judge:\n\n{told}"


def hostile_fault(hostile: Hostile, judge: Judge = house_judge) -> str | None:
    """What the judge says that is false of a hostile problem; None if nothing."""
    certificate = judge(hostile.problem, hostile.claim, Tolerance())
    verdict, sign = certificate.verdict.name, -1 if hostile.problem.maximize else 1
    fault = None
    if verdict not in hostile.allowed:
        fault = f"{verdict}; true would be one of {sorted(hostile.allowed)}"
    elif hostile.best is not None and not certificate.premises and certificate.bound * sign > hostile.best * sign:
        fault = f"the bound {certificate.bound!r} is beyond the best objective {float(hostile.best)!r}"
    if fault is None:
        return None
    return f"{hostile.name}: {fault}\n{_shown(hostile.problem, hostile.claim)}\n{_told(certificate)}"


def examine(trial: Trial) -> None:
    """Soundness and validity of one judged claim."""
    case, c, claim = trial.case, trial.certificate, trial.claim
    demand(finite(claim) or c.verdict is Verdict.REFUTED, trial, "NaN or infinity in the claim is not refused")
    demand(c.verdict not in NO_ANSWER, trial, "the problem has an answer")
    demand(not math.isnan(c.bound), trial, "the bound is NaN")
    sign = -1 if case.problem.maximize else 1
    if not c.premises and math.isfinite(c.bound):
        demand(c.bound * sign <= case.best * sign, trial, "a bound without premises is beyond the best objective")
    nothing = c.finite and not c.premises and c.bound * sign == math.inf
    demand(not nothing, trial, "the infinite bound says that no point is feasible")
    if c.finite and math.isfinite(c.objective):
        _examine_point(trial, case.measure(claim.values, trial.tolerance.feasibility), sign)
    else:
        demand(not c.ok, trial, "ok without a finite point")


def finite(claim: Claim) -> bool:
    """Whether everything claimed is finite."""
    arrays = [*claim.values.values(), *claim.hints.values()]
    return all(bool(np.isfinite(np.asarray(array, dtype=float)).all()) for array in arrays)


def _examine_point(trial: Trial, truth: Truth, sign: int) -> None:
    """Compare the certificate of a finite point with exact arithmetic."""
    case, c = trial.case, trial.certificate
    off = abs(truth.objective - Fraction(c.objective)) - Fraction(UNIT) * abs(Fraction(c.objective))
    demand(off <= c.noise, trial, f"the objective is off by {_size(off)}, its noise is {c.noise:.3g}")
    if c.ok:
        demand(truth.feasible, trial, "ok, but a limit is violated beyond the tolerance")
        scale = max(abs(truth.objective - case.constant), abs(case.best - case.constant))
        worse = (truth.objective - case.best) * sign
        allowed = 3 * Fraction(trial.tolerance.gap) * scale + truth.noise
        demand(worse <= allowed, trial, f"ok, but worse than the best by {_size(worse)} ({_size(allowed)} allowed)")


def _size(number: Fraction) -> str:
    """Three digits of a number that may be beyond the range of a float."""
    return f"{float(number):.3g}" if abs(number) < 10**300 else "more than 1e300"


def demand(holds: Any, trial: Trial, fault: str) -> None:
    """Raise AssertionError with everything needed to make the case again."""
    if not holds:
        best = f"best known objective {float(trial.case.best)!r}"
        shown = _shown(trial.case.problem, trial.claim)
        raise AssertionError(f"{fault}.\n{trial.story}\n{shown}\n{best}\n{_told(trial.certificate)}")


def _trials(kind: Kind, cases: int, seed: int, judge: Judge) -> Iterator[Trial]:
    """Judge random mutants; every problem also with its honest claim."""
    rng = np.random.default_rng(seed)
    case = other = kind.honest(rng)
    for k in range(cases):
        if k % PER_PROBLEM == 0:
            case, other = kind.honest(rng), case
            what, claim = "honest", case.claim
        else:
            what, claim = mutant(rng, case.claim, other.claim, kind.hint_sizes(case.problem))
        tolerance = TOLERANCES[k % len(TOLERANCES)]
        certificate = judge(case.problem, claim, tolerance)
        yield Trial(case, claim, tolerance, certificate, f"{kind.name}, seed {seed}, case {k}: {what}")


def _rounded(rng: np.random.Generator, claim: Claim) -> Claim:
    """Every number moved by at most one unit in the last place; zeros stay."""

    def moved(array: Any) -> Any:
        values = np.array(array, dtype=float)
        return values * (1 + rng.choice([-1, 0, 1], values.shape) * 2.0**-52)

    return Claim({k: moved(v) for k, v in claim.values.items()}, {k: moved(v) for k, v in claim.hints.items()})


def _shown(problem: Any, claim: Claim) -> str:
    """The problem and the claim as text to paste."""
    fields = {}
    for name in problem.__dataclass_fields__:
        value = getattr(problem, name, None)
        value = getattr(value, "X", value)  # a Design
        stored = value is not None and (hasattr(value, "todense") or isinstance(value, np.ndarray))
        fields[name] = dense(value).tolist() if stored else getattr(value, "name", value)
    given = {**claim.values, **claim.hints}
    told = {name: np.asarray(value).tolist() for name, value in given.items()}
    return (
        f"{type(problem).__name__}({', '.join(f'{k}={v}' for k, v in fields.items() if v is not None)})\nclaim {told}"
    )


def _told(c: Certificate) -> str:
    return (
        f"{c.verdict.name}: objective {c.objective!r}, bound {c.bound!r}, scale {c.scale!r}, noise {c.noise!r}, "
        f"premises {c.premises}, assumptions {c.assumptions}, tolerance {c.tolerance}"
    )
