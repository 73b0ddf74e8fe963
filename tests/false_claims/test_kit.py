"""The kit itself: broken judges are caught, each by the family made for it, and its problems are what they say."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges import judge
from thalweg.testing import check_judge, claims
from thalweg.testing.exact import ExactProgram, softplus
from thalweg.testing.known import kind_of
from thalweg.testing.mutants import every_mutant, mutant

LINEAR, QUADRATIC, FIT = (kind_of(name) for name in ("LinearProgram", "QuadraticProgram", "Fit"))


def altered(**changes):
    """The house's judge with some measurements replaced; a function of the certificate computes each."""

    def broken(problem, claim, tolerance):
        c = judge(problem, claim, tolerance)
        return replace(c, **{name: change(c) if callable(change) else change for name, change in changes.items()})

    return broken


def answering(name, outcome):
    """Believe a hint of that name."""

    def broken(problem, claim, tolerance):
        c = judge(problem, claim, tolerance)
        return replace(c, outcome=outcome) if name in claim.hints else c

    return broken


def believing(problem, claim, tolerance):
    """Every claimed point is the best."""
    c = judge(problem, claim, tolerance)
    return replace(c, bound=c.objective, distance=0.0, premises=()) if math.isfinite(c.objective) else c


def inward(c: Certificate) -> float:
    """Move a bound by 1e-7 of the scale toward the objective and beyond."""
    return c.bound + (-1 if c.maximize else 1) * 1e-7 * c.scale if math.isfinite(c.bound) else c.bound


SOUND = {
    "believes every point": (believing, "worse than the best|beyond the best"),
    "looks at limits in passing": (
        lambda problem, claim, tolerance: judge(problem, claim, replace(tolerance, feasibility=1e-2)),
        "a limit is violated",
    ),
    "bound a little too good": (altered(bound=inward), "beyond the best objective"),
    "believes every ray": (answering("ray", Verdict.INFEASIBLE), "the problem has an answer"),
    "believes every direction": (answering("direction", Verdict.UNBOUNDED), "the problem has an answer"),
    "NaN passes": (altered(finite=True), "not refused"),
    "objective of another point": (altered(objective=lambda c: c.objective * (1 + 1e-9)), "the objective is off"),
    "NaN for a bound": (altered(bound=math.nan), "bound is NaN"),
    "says that nothing is feasible": (
        altered(bound=lambda c: -math.inf if c.maximize else math.inf),
        "no point is feasible",
    ),
}


@pytest.mark.parametrize("kind", [LINEAR, QUADRATIC, FIT], ids=lambda kind: kind.name)
@pytest.mark.parametrize("mistake", SOUND)
def test_broken_judges_are_caught_by_mutants(mistake, kind):
    broken, says = SOUND[mistake]
    with pytest.raises(AssertionError, match=says):
        claims.check_sound(kind, 600, judge=broken)


def absolute(problem, claim, tolerance):
    """An absolute floor of 1 under the scale."""
    c = judge(problem, claim, tolerance)
    return replace(c, scale=1 + c.scale)


def absolutely_feasible(problem, claim, tolerance):
    """Violations in the user's units, not relative to anything."""
    c = judge(problem, claim, tolerance)
    flat = {name: replace(v, relative=v.amount, normwise=v.amount) for name, v in c.violations.items()}
    return replace(c, violations=flat)


def naive(problem, claim, tolerance):
    """Zero gradient means optimal: convexity is assumed, and wrong signs are not looked at."""
    c = judge(problem, claim, tolerance)
    if not c.finite or math.isnan(c.objective) or problem.P is None:
        return c
    x, y = claim.values["x"], claim.hints.get("row_dual", np.zeros(problem.shape[0]))
    flat = np.abs(problem.q + problem.P @ x - problem.A.T @ y).max() <= 1e-9
    return replace(c, bound=c.objective, distance=0.0, premises=()) if flat else c


@pytest.mark.parametrize("kind", [LINEAR, QUADRATIC, FIT], ids=lambda kind: kind.name)
def test_an_absolute_scale_is_caught(kind):
    with pytest.raises(AssertionError, match="deceive"):
        claims.check_hostile(kind, judge=absolute)
    with pytest.raises(AssertionError, match="after a change of"):
        claims.check_invariant(kind, 400, judge=absolute)


def test_absolute_feasibility_is_caught():
    with pytest.raises(AssertionError, match=r"after a change of (powers of two|permutation)"):
        claims.check_invariant(LINEAR, 1500, judge=absolutely_feasible)


def test_assumed_convexity_and_unread_signs_are_caught():
    with pytest.raises(AssertionError, match="min -x1 x2"):
        claims.check_hostile(replace(QUADRATIC, hostile=lambda rng: _only(QUADRATIC, "min -x1 x2", rng)), judge=naive)
    with pytest.raises(AssertionError, match="row x <= 1"):
        claims.check_hostile(replace(QUADRATIC, hostile=lambda rng: _only(QUADRATIC, "row x <= 1", rng)), judge=naive)


def _only(kind, text, rng):
    return [hostile for hostile in kind.hostile(rng) if text in hostile.name]


@pytest.mark.parametrize("kind", [LINEAR, QUADRATIC, FIT], ids=lambda kind: kind.name)
def test_a_judge_that_refuses_everything_is_caught(kind):
    with pytest.raises(AssertionError, match="honest answer is not ok"):
        claims.check_complete(kind, 5, judge=altered(bound=lambda c: math.inf if c.maximize else -math.inf))


def test_minimiser_denied_whenever_coefficients_are_large():
    def denying(problem, claim, tolerance):
        c = judge(problem, claim, tolerance)
        large = c.finite and np.abs(claim.values.get("coef", 0)).max() > 1e5
        return replace(c, outcome=Verdict.NO_MINIMISER) if large else c

    with pytest.raises(AssertionError, match="the problem has an answer"):
        claims.check_sound(FIT, 600, judge=denying)


def test_check_judge_runs_every_family():
    with pytest.raises(AssertionError, match="deceive"):
        check_judge("QuadraticProgram", cases=0, judge=naive)


@pytest.mark.parametrize("kind", [LINEAR, QUADRATIC], ids=lambda kind: kind.name)
def test_programs_are_optimal_as_constructed(kind):
    """Weak duality in exact arithmetic: the multipliers of the claim prove its objective."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        case = kind.honest(rng)
        assert _exact_bound(case) == case.best
        assert case.measure(case.claim.values, 0.0).feasible


def _exact_bound(case):
    """-x'P x / 2 + sum of multiplier * limit + constant, in rational arithmetic, in the user's sense."""
    p, exact = case.problem, ExactProgram(case.problem, case.claim.values["x"])
    sign = -1 if p.maximize else 1
    x = np.array([Fraction(v) for v in case.claim.values["x"]])
    y = np.array([Fraction(float(v)) * sign for v in case.claim.hints["row_dual"]], dtype=object)
    Px = np.array([Fraction(0)] * x.size) if exact.P is None else exact.P @ x
    z = sign * (exact.q + Px) - (exact.rows.A.T @ y if y.size else 0)
    total = -sign * (Px @ x) / 2
    for multipliers, low, high in ((y, p.row_lower, p.row_upper), (z, p.lower, p.upper)):
        for m, at_low, at_high in zip(multipliers, low, high, strict=True):
            if m != 0:
                total += m * Fraction(at_low if m > 0 else at_high)
    return sign * total + Fraction(p.constant)


def test_linear_programs_agree_with_another_solver():
    from scipy.optimize import linprog

    rng = np.random.default_rng(11)
    for _ in range(40):
        p = (case := LINEAR.honest(rng)).problem
        sign, A = -1 if p.maximize else 1, np.asarray(p.A.todense() if hasattr(p.A, "todense") else p.A)
        upper, lower = np.isfinite(p.row_upper), np.isfinite(p.row_lower)
        rows = {"A_ub": np.vstack([A[upper], -A[lower]]), "b_ub": np.append(p.row_upper[upper], -p.row_lower[lower])}
        size = np.abs(p.c).max() or 1.0
        found = linprog(
            sign * p.c / size, **(rows if rows["b_ub"].size else {}), bounds=np.column_stack([p.lower, p.upper])
        )
        assert found.status == 0
        best = float(case.best - case.constant) / size
        assert abs(sign * found.fun - best) <= 1e-7 * (1 + np.abs(p.c) @ np.abs(found.x) / size)


def test_fits_cannot_be_improved():
    """No feasible point near a constructed answer is better, among random neighbours."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        case = FIT.honest(rng)
        p, b, b0 = case.problem, case.claim.values["coef"], float(case.claim.values["intercept"])
        for _ in range(25):
            size = 10.0 ** rng.uniform(-4, 1)
            near = np.clip(b + size * rng.normal(size=b.size) * (rng.random(b.size) < 0.7), p.lower, p.upper)
            if p.rows.violation(p.A @ near).max(initial=0) == 0:
                truth = case.measure({"coef": near, "intercept": b0 + size * rng.normal() * p.intercept}, 0.0)
                assert truth.objective >= case.best * (1 - Fraction(1, 10**14))


def test_exact_measurements():
    assert float(softplus(Fraction(0))) == pytest.approx(math.log(2), rel=1e-15)
    assert float(softplus(Fraction(-50))) == pytest.approx(math.exp(-50), rel=1e-15)
    assert softplus(Fraction(10**30)) == 10**30


def test_mutants_of_every_kind_are_made():
    rng = np.random.default_rng(0)
    case, other = LINEAR.honest(rng), LINEAR.honest(rng)
    stories = {mutant(rng, case.claim, other.claim, LINEAR.hint_sizes(case.problem))[0] for _ in range(500)}
    for what in ("nan", "turned", "another claim", "no hints", "random ray", "1e30", "shortened", "noisy"):
        assert any(what in story for story in stories), what
    n = sum(np.size(array) for array in (*case.claim.values.values(), *case.claim.hints.values()))
    assert len(every_mutant(rng, case.claim, other.claim)) > 10 * n


def test_verdicts_can_be_asked_at_another_tolerance():
    case = QUADRATIC.honest(np.random.default_rng(1))
    assert judge(case.problem, case.claim, Tolerance()).at(1e-3).tolerance == Tolerance.of(1e-3)
