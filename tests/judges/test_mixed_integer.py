"""What a claim about a mixed-integer program proves: relaxations, multiples, whole numbers, and a solver's word."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.certificate import Tolerance, Verdict
from thalweg.judges import judge
from thalweg.result import Stop

LOOSE = Tolerance(gap=1e-6, feasibility=1e-6)


def covering(**changes):
    """Least 5 x + 5 y with 2 x + 2 y >= 3: the relaxation says 7.5, multiples of 5 say 10."""
    return tw.MixedIntegerProgram([5.0, 5.0], [[2.0, 2.0]], row_lower=3.0, lower=0, **changes)


@pytest.mark.parametrize("constant", [0.0, 0.3, -1e6, 2.0**52])
@pytest.mark.parametrize("maximize", [False, True])
def test_the_bound_moves_on_to_the_next_multiple(constant, maximize):
    problem = covering(constant=constant)
    if maximize:
        problem = problem.replace(c=-problem.c, maximize=True)
    sign = -1 if maximize else 1
    certificate = tw.certify(problem, x=[1, 1], duals=[2.5 * sign])
    assert certificate.verdict is Verdict.PROVED
    assert certificate.gap == 0
    assert certificate.bound == pytest.approx(10 * sign + constant)
    assert certificate.facts["relaxation_bound"] == pytest.approx(7.5 * sign + constant)
    assert certificate.facts["relaxation_row_dual"] == pytest.approx([2.5 * sign])
    assert "row_dual" not in certificate.facts
    assert tw.certify(problem, x=[2, 1], duals=[2.5 * sign]).verdict is Verdict.UNPROVEN


@pytest.mark.parametrize(
    ("c", "step"), [([4.0, 6.0], 2.0), ([0.75, 0.5], 0.25), ([3.0, 0.0], 3.0), ([2.0**60, 2.0**61], 2.0**60)]
)
def test_the_step_is_the_greatest_common_divisor(c, step):
    problem = covering().replace(c=c)
    certificate = tw.certify(problem, x=[1, 1], duals=[min(c) / 2])
    assert certificate.bound % step == 0
    assert certificate.facts["relaxation_bound"] <= certificate.bound < certificate.facts["relaxation_bound"] + step


@pytest.mark.parametrize("changes", [{"c": [0.1, 0.3]}, {"integer": [True, False]}, {"integer": False}])
def test_without_a_common_step_nothing_moves(changes):
    problem = covering().replace(**changes)
    y = problem.c[0] / 2
    certificate = tw.certify(problem, x=[1, 1], duals=[y])
    assert certificate.verdict is Verdict.UNPROVEN
    assert certificate.bound == pytest.approx(3 * y)


def test_a_zero_objective_is_a_question_of_feasibility():
    problem = covering().replace(c=[0.0, 0.0])
    assert tw.certify(problem, x=[1, 1], duals=[0.0]).verdict is Verdict.PROVED
    assert tw.certify(problem, x=[1, 0], duals=[0.0]).verdict is Verdict.REFUTED


def test_points_that_are_not_whole_are_refuted():
    certificate = tw.certify(covering(), x=[0.75, 0.75], duals=[2.5])
    assert certificate.verdict is Verdict.REFUTED
    assert certificate.violations["integrality"].amount == 0.25
    assert certificate.violations["integrality"].where == "x0"
    assert certificate.objective == 7.5


def test_points_that_are_nearly_whole_are_judged_rounded():
    certificate = tw.certify(covering(), x=[1 + 1e-8, 1], duals=[2.5], tol=LOOSE)
    assert certificate.verdict is Verdict.PROVED
    assert certificate.gap == pytest.approx(5e-9)
    assert any("judged with whole numbers" in note for note in certificate.notes)
    assert tw.certify(covering(), x=[1 + 1e-8, 1], duals=[2.5]).verdict is Verdict.REFUTED


def test_a_switch_that_is_almost_off_is_off():
    switch = tw.MixedIntegerProgram(
        [1.0, -1.0], [[-1e8, 1.0]], row_upper=0, lower=0, upper=[1, 5], integer=[True, False]
    )
    assert tw.certify(switch, x=[1e-8, 1.0], tol=LOOSE).verdict is Verdict.REFUTED


def test_whole_numbers_cannot_move_a_little():
    """3 x <= 3 - 1e-10 leaves x = 0 only; a tolerance lets x = 1 pass, so that is an assumption."""
    problem = tw.MixedIntegerProgram([-1.0], [[3.0]], row_upper=3 - 1e-10, lower=0, upper=5)
    certificate = tw.certify(problem, x=[1], duals=[-1 / 3])
    assert certificate.verdict is not Verdict.PROVED
    assert any("is missed by 1.0e-10" in premise for premise in certificate.premises)


def test_a_ray_of_the_relaxation_proves_infeasibility():
    problem = tw.MixedIntegerProgram([1.0, 1.0], [[1.0, 1.0]], row_lower=5, lower=0, upper=2)
    assert tw.certify(problem, ray=[1.0]).verdict is Verdict.INFEASIBLE
    parity = tw.MixedIntegerProgram([1.0, 1.0], [[2.0, 2.0]], row_lower=3, row_upper=3, lower=0, upper=2)
    assert tw.certify(parity, ray=[1.0]).verdict is Verdict.UNPROVEN


def test_bounds_are_rounded_inwards_before_the_ray_is_checked():
    problem = tw.MixedIntegerProgram([1.0, 1.0], [[1.0, 1.0]], row_lower=3, lower=0, upper=1.9)
    assert tw.certify(problem, ray=[1.0]).verdict is Verdict.INFEASIBLE
    assert tw.certify(problem.relaxation, ray=[1.0]).verdict is Verdict.INFEASIBLE
    assert problem.upper.tolist() == [1.0, 1.0]


def test_a_solvers_word_about_infeasibility_is_no_proof():
    parity = tw.MixedIntegerProgram([1.0, 1.0], [[2.0, 2.0]], row_lower=3, row_upper=3, lower=0, upper=2)
    certificate = judge(parity, tw.Claim(stop=Stop.INFEASIBLE), Tolerance())
    assert certificate.verdict is Verdict.UNPROVEN
    assert "a solver's word is no proof" in certificate.explain()


def test_unbounded_needs_a_whole_point():
    problem = tw.MixedIntegerProgram([-1.0, 0.0], [[2.0, -2.0]], row_lower=0, row_upper=0)
    assert tw.certify(problem, x=[1, 1], direction=[1, 1]).verdict is Verdict.UNBOUNDED
    odd = problem.replace(row_lower=1, row_upper=1)
    assert tw.certify(odd, x=[0.5, 0], direction=[1, 1]).verdict is Verdict.REFUTED
    assert tw.certify(odd, x=[1, 0], direction=[1, 1]).verdict is Verdict.REFUTED


def spoken(word, x=(1.0, 1.0), **changes):
    problem = covering(**changes).replace(c=[0.1, 0.3])
    return judge(problem, tw.Claim({"x": np.array(x)}, {"solver_bound": np.array([word])}), Tolerance())


def test_a_solvers_bound_counts_under_its_name():
    certificate = spoken(0.4)
    assert certificate.verdict is Verdict.WITHIN_TOLERANCE
    assert certificate.premises == ("0.4 is the bound of HiGHS' branch and bound, taken at its word",)
    assert spoken(0.4, constant=7.0).bound == pytest.approx(7.4, rel=1e-15)
    assert spoken(0.3).verdict is Verdict.UNPROVEN
    assert spoken(0.3).premises
    assert spoken(-5.0).bound == 0.0  # the relaxation proves more


def test_a_solvers_bound_that_a_point_contradicts_is_dropped():
    certificate = spoken(0.5)
    assert certificate.verdict is Verdict.UNPROVEN
    assert not certificate.premises
    assert "refuted by the point itself" in certificate.explain()


@pytest.mark.parametrize("word", [np.nan, np.inf, -np.inf])
def test_a_solvers_bound_that_is_no_number_refutes_the_claim(word):
    assert spoken(word).verdict is Verdict.REFUTED


def test_what_is_proved_needs_no_word():
    claim = tw.Claim({"x": np.array([1.0, 1.0])}, {"row_dual": np.array([2.5]), "solver_bound": np.array([10.0])})
    certificate = judge(covering(), claim, Tolerance())
    assert certificate.verdict is Verdict.PROVED
    assert not certificate.premises


def test_certify_hears_no_word(tmp_path):
    problem = covering().replace(c=[0.1, 0.3])
    solution = tw.solve(problem)
    assert solution.ok
    with pytest.raises(tw.InputError, match="solver_bound"):
        tw.certify(problem, x=solution.x, solver_bound=[0.2])
    solution.save(tmp_path / "answer.npz")
    for certificate in (
        tw.certify(problem, solution),
        tw.certify(problem, solution.claim),
        tw.load(tmp_path / "answer.npz").certificate,
        tw.certify(tmp_path / "answer.npz"),
    ):
        assert certificate.verdict is Verdict.UNPROVEN
        assert certificate.objective == solution.objective
        assert "no evidence here" in certificate.explain()
    assert tw.certify(problem, x=solution.x, complete=True).verdict is Verdict.WITHIN_TOLERANCE


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"integer": [True]}, tw.InputError, "pass True, or 2 booleans"),
        ({"integer": [0, 1]}, tw.InputError, "a mask, not positions"),
        ({"integer": "yes"}, tw.InputError, "booleans"),
        ({"integer": [[True], [False, True]]}, tw.InputError, "booleans"),
        (
            {"lower": 0.2, "upper": 0.8},
            tw.ProblemError,
            "no whole number lies between lower 0.2 and upper 0.8.*x0 and 1",
        ),
        ({"lower": 2, "upper": 1}, tw.ProblemError, "lower > upper"),
        ({"names": ["a", "a"]}, tw.InputError, "more than once"),
    ],
)
def test_bad_problems(arguments, error, says):
    with pytest.raises(error, match=says):
        tw.MixedIntegerProgram([1.0, 1.0], **arguments)


def test_bounds_that_miss_a_whole_number_by_rounding_mean_it():
    problem = tw.MixedIntegerProgram(
        [1.0, 1.0, 1.0], lower=[0.1 * 3 * 10, -0.5, -np.inf], upper=[5.7, 2 - 1e-12, np.inf]
    )
    assert problem.lower.tolist() == [3.0, 0.0, -np.inf]
    assert problem.upper.tolist() == [5.0, 2.0, np.inf]
    assert problem.replace(maximize=True).lower.tolist() == problem.lower.tolist()


@pytest.mark.parametrize("size", [1e9, 3e12, 2.0**53 - 1])
def test_whole_bounds_stay_as_they_are(size):
    problem = tw.MixedIntegerProgram([1.0, 1.0], lower=[-size, size], upper=[size, size])
    assert problem.lower.tolist() == [-size, size]
    assert problem.upper.tolist() == [size, size]
