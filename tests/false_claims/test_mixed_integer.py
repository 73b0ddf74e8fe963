"""False claims that only whole numbers invite: none may be believed."""

from dataclasses import replace

import numpy as np
import pytest

import thalweg as tw
from thalweg.certificate import Tolerance, Verdict
from thalweg.judges import judge
from thalweg.result import Claim
from thalweg.testing import claims, mixed_integers
from thalweg.testing.known import kind_of
from thalweg.testing.mutants import mutant

KIND = kind_of("MixedIntegerProgram")


def _claims(case, rng):
    """The best point with the relaxation's duals, another whole point, and mutants of both."""
    hints = {"row_dual": tw.solve(case.problem.relaxation).duals}
    best = replace(case.claim, hints=hints)
    inside = case.problem.rounded(rng.uniform(case.problem.lower, case.problem.upper))
    other = Claim({"x": inside}, hints)
    yield "best", best
    yield "another point", other
    for _ in range(8):
        yield mutant(rng, best, other, KIND.hint_sizes(case.problem))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_false_is_said_where_every_point_was_tried(seed):
    rng = np.random.default_rng([seed, 5])
    proved = 0
    for k in range(25):
        case = mixed_integers.enumerated(rng)
        for what, claim in _claims(case, rng):
            for tolerance in claims.TOLERANCES:
                certificate = judge(case.problem, claim, tolerance)
                claims.examine(claims.Trial(case, claim, tolerance, certificate, f"seed {seed}, problem {k}: {what}"))
                proved += certificate.verdict is Verdict.PROVED
    assert proved > 25  # multiples close what the relaxation leaves open


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_what_trying_every_point_finds(seed):
    rng = np.random.default_rng([seed, 6])
    for _ in range(40):
        case = mixed_integers.enumerated(rng)
        solution = tw.solve(case.problem)
        assert solution.ok, solution.explain()
        assert solution.objective == pytest.approx(float(case.best), rel=1e-6, abs=1e-9)
        assert (solution.certificate.verdict is Verdict.PROVED) == (not solution.certificate.assumptions)


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_it_in_any_units(seed):
    rng = np.random.default_rng([seed, 8])
    for _ in range(25):
        case = mixed_integers.enumerated(rng)
        problem, claim = KIND.disguises["powers of two"](rng, case.problem, case.claim)
        best, size = problem.objective(claim.values), np.abs(problem.c) @ np.abs(claim.values["x"])
        solution = tw.solve(problem)
        assert solution.ok, solution.explain()
        assert abs(solution.objective - best) <= 1e-6 * abs(best) + 1e-12 * size


@pytest.mark.parametrize("seed", range(2))
def test_what_rests_on_a_solvers_word_says_so(seed):
    """A bent ``solver_bound`` may be believed, for it cannot be checked; but never without its premise."""
    rng = np.random.default_rng([seed, 7])
    believed = 0
    for _ in range(40):
        case = mixed_integers.enumerated(rng)
        for _, claim in _claims(case, rng):
            spoken = np.array([float(case.best) + rng.choice([0.0, 0.0, 1e-7, -1.0, 1.0, 1e9])])
            bare = judge(case.problem, claim, Tolerance())
            certificate = judge(
                case.problem, replace(claim, hints={**claim.hints, "solver_bound": spoken}), Tolerance()
            )
            if certificate.bound != bare.bound or certificate.verdict is not bare.verdict:
                assert any("taken at its word" in premise for premise in certificate.premises)
                assert certificate.verdict in (Verdict.WITHIN_TOLERANCE, Verdict.UNPROVEN, Verdict.REFUTED)
                believed += certificate.ok
    assert believed > 10
