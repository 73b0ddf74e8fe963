"""Attacks that once succeeded: none may again."""

import math

import numpy as np
import pytest

import thalweg as tw

LP, QP, Fit = tw.LinearProgram, tw.QuadraticProgram, tw.Fit
EPS = 2.0**-52


def program(*args, **limits):
    return LP(*args, **limits)


ROW = program([1, 1], [[1, 1]], row_lower=[1])
COLLINEAR = Fit([[1.0, 1], [2, 2], [3, 3]], [1, 2, 3.0], intercept=False)

# problem, claim: a pair of huge values that cancel buys rounding, or the size of a row
BOUGHT = {
    "noise of a program": (ROW, {"x": [1e17 + 64, -1e17], "duals": [1]}),
    "noise of a small program": (
        program([1, 1], [[1, 1]], row_lower=[1e-8]),
        {"x": [1e10, -1e10 + 2**-19], "duals": [1]},
    ),
    "noise of a squared fit": (COLLINEAR, {"coef": [1e16, -1e16]}),
    "noise of a logistic fit": (
        Fit([[1.0, 1], [2, 2], [3, 3]], [0, 1, 0.3], "logistic"),
        {"coef": [1e17, -1e17], "intercept": 0},
    ),
    "noise through the intercept": (
        Fit([[1.0], [1.0], [1.0]], [0, 0.0, 1.0]),
        {"coef": [1e16 + 4], "intercept": -1e16},
    ),
    "contradictory rows": (
        program([0, 0], [[1, 1], [1, 1]], row_lower=[5, None], row_upper=[None, -5]),
        {"x": [1e15, -1e15], "duals": [0, 0]},
    ),
    "a row out of reach": (
        program([0, 0, 1], [[1, 1, 1], [1, 1, 0]], row_lower=[5, None], row_upper=[None, 0], lower=[None, None, 0]),
        {"x": [1e10, -1e10, 0], "duals": [0, 0]},
    ),
    "a row of a fit": (
        Fit([[1.0, 1], [1, 1]], [0, 0.0], A=[[1, 1]], row_lower=[5], intercept=False),
        {"coef": [1e12, -1e12], "duals": [0]},
    ),
    "an objective beyond its bound": (
        program([1.0, -1.0], [[1.0, -1.0]], row_lower=[1.0], lower=-1e10, upper=1e10),
        {"x": [1e9, 1e9], "duals": [1.0]},
    ),
    "a bound above the claimed objective": (
        program(
            [1.0, 0, 0],
            [[1, 1, -1], [0, 1, -1]],
            row_lower=[0.5, None],
            row_upper=[None, 0],
            lower=[0, 0, 0],
            upper=[None, 1e9, 1e9],
        ),
        {"x": [0, 1e9, 1e9], "duals": [1, -1]},
    ),
    "a level below every feasible point": (
        program(
            [0, 0, 1],
            [[1, -1, 1], [1, -1, 0]],
            row_lower=[1, 0],
            row_upper=[None, 0],
            lower=[-1e9, -1e9, 0],
            upper=[1e9, 1e9, None],
        ),
        {"x": [1e9, 1e9, 0.5], "duals": [1, -1]},
    ),
    "duals that overflow": (
        program([1.0], [[10.0], [-10.0]], row_lower=[1, -1]),
        {"x": [0.1], "duals": [1e308, 5e307]},
    ),
    "an idle column": (program([1, 0], [[1, 0], [1, 1]], row_lower=[1, -5]), {"x": [0, 1e9], "duals": [1, 0]}),
}


@pytest.mark.parametrize("name", BOUGHT)
def test_no_excuse_can_be_bought(name):
    problem, claim = BOUGHT[name]
    certificate = tw.certify(problem, **claim)
    assert not certificate.ok, certificate.explain()


# rows that are missed by little beside terms of 1e9, which finite limits of that size excuse: yet the row says it all
HIDDEN = {
    "a costly row": (
        [1.0, 0, 0],
        [[1, 1, -1], [0, 1, -1]],
        {"row_lower": [0.5, None], "row_upper": [None, 0], "lower": 0, "upper": [None, 1e9, 1e9]},
        [0, 1e9, 1e9],
    ),
    "a costly row under a limit on a row": (
        [1.0, 0, 0, 0],
        [[1, 1, -1, 0], [0, 1, -1, 0], [0, 1, 0, 1]],
        {"row_lower": [0.5, None, None], "row_upper": [None, 0, 1e9], "lower": 0},
        [0, 1e9, 1e9, 0],
    ),
    "contradictory rows": (
        [0, 0],
        [[1, -1], [1, -1]],
        {"row_lower": [0.1, None], "row_upper": [None, -0.1], "lower": -1e9, "upper": 1e9},
        [1e9, 1e9],
    ),
    "contradictory rows that look away": (
        [0, 0, 1],
        [[1, -1, 1], [1, -1, 0]],
        {"row_lower": [1, 0], "row_upper": [None, 0], "lower": [-1e9, -1e9, 0], "upper": [1e9, 1e9, None]},
        [1e9, 1e9, 0],
    ),
}


@pytest.mark.parametrize("tol", [1e-9, 1e-6])
@pytest.mark.parametrize("name", HIDDEN)
def test_a_large_limit_hides_no_row(name, tol):
    c, A, limits, x = HIDDEN[name]
    problem = LP(c, A, **limits)
    certificate = tw.certify(problem, x=x, duals=np.zeros(len(A)), tol=tol)
    assert not certificate.ok, certificate.explain()
    assert any("little beside large terms" in note for note in certificate.notes)


COSTLY = [1e-2, 1e-3, 1e-4]  # as above, but smaller than the rounding of an honest solver beside terms of 1e9


@pytest.mark.parametrize("missed", COSTLY)
@pytest.mark.parametrize("name", ["a costly row", "a costly row under a limit on a row"])
def test_rounding_is_paid_for(name, missed):
    c, A, limits, x = HIDDEN[name]
    limits = {**limits, "row_lower": [missed, *limits["row_lower"][1:]]}
    certificate = tw.certify(LP(c, A, **limits), x=x, duals=np.zeros(len(A)))
    assert not certificate.ok and certificate.gap_absolute >= 0.99 * missed, certificate.explain()


@pytest.mark.parametrize("missed", COSTLY)
def test_a_neighbour_lends_no_row_its_size(missed):
    limits = {"row_lower": [missed, None], "row_upper": [None, 1e9], "lower": [0, None], "upper": [None, 1e9]}
    certificate = tw.certify(LP([1, 0], [[1, 0], [1e-9, 1]], **limits), x=[0, 1e8], duals=[0, 0])
    assert not certificate.ok and certificate.gap_absolute >= 0.99 * missed, certificate.explain()


@pytest.mark.parametrize("missed", [0.5, *COSTLY])
def test_infeasible_rows_are_never_proved_feasible(missed):
    rows = {"row_lower": [missed, None], "row_upper": [None, -missed]}
    box = {"lower": [-1e9, -1e9, 0], "upper": [1e9, 1e9, None]}
    A, x = [[1, -1, 0], [1, -1, 0]], [1e9, 1e9, 0]
    assert tw.certify(LP([0, 0, 0], A, **rows, **box), x=x, duals=[0, 0]).verdict.name != "PROVED"
    assert tw.certify(LP([0, 0, -1], A, **rows, **box), x=x, direction=[0, 0, 1]).verdict.name == "UNPROVEN"
    fit = Fit(np.eye(3) * 1e-9, [1, 1, 0.0], A=A, **rows, **box, intercept=False)
    assert tw.certify(fit, coef=x).verdict.name != "PROVED"


@pytest.mark.parametrize("missed", [0.5, *COSTLY[:2]])
def test_a_row_of_a_fit_is_paid_for(missed):
    A, rows = [[1, 1, -1], [0, 1, -1]], {"row_lower": [missed, None], "row_upper": [None, 0]}
    X, box = np.diag([1, 1e-9, 1e-9]), {"lower": 0, "upper": [None, 1e9, 1e9]}
    certificate = tw.certify(Fit(X, [0, 1, 1.0], A=A, **rows, **box, intercept=False), coef=[0, 1e9, 1e9])
    assert not certificate.ok and certificate.gap_absolute >= 0.4 * missed**2, certificate.explain()


def test_an_inexact_answer_is_repaired_and_paid_for():
    problem = LP([1, 0], [[1, 0], [1e-9, 1]], row_lower=[1, None], row_upper=[None, 1e9], lower=[0, None], upper=1e9)
    claim = {"x": [1 - 1e-8, 1e8], "duals": [1, 0]}
    assert not tw.certify(problem, **claim, tol=1e-9).ok  # the repaired point costs 1e-8 more
    assert tw.certify(problem, **claim, tol=1e-6).ok


FALSE_STATEMENTS = {
    "a ray that underflows": (program([0], [[1e-200]], row_lower=[1]), {"ray": [1e-200]}),
    "a subnormal ray": (program([1.0], [[0.25]], row_lower=[1.0]), {"ray": [5e-324]}),
    "a ray that overflows": (program([1.0], [[10.0], [-10.0]], row_lower=[1, -1]), {"ray": [1e308, 5e307]}),
    "a ray that meets far away": (
        program([0, 1], [[1, -1], [1, -(1 + 1e-8)]], row_lower=[1, None], row_upper=[None, 0], lower=0),
        {"ray": [1, -1]},
    ),
    "a bounded direction": (
        program([-1], [[1e-200]], row_upper=[1], lower=0),
        {"x": [0], "direction": [1e-200]},
    ),
    "a subnormal direction": (program([-1.0], [[0.25]], row_upper=[1.0]), {"x": [0.0], "direction": [5e-324]}),
    "a direction that closes": (
        program([-1, 0], [[1, -1], [-(1 - 1e-12), 1]], row_upper=[1, 0], lower=0),
        {"x": [0, 0], "direction": [1, 1]},
    ),
    "a direction of tiny curvature": (QP([[1e-200]], [-1.0]), {"x": [0], "direction": [1e-200]}),
    "an infeasible point": (
        program([0.0, -1.0], [[1.0, 0], [1.0, 0]], row_lower=[1, None], row_upper=[None, 1 - 1e-12]),
        {"x": [1, 0.0], "direction": [0, 1.0]},
    ),
    "a margin that underflows": (
        Fit([[1], [1e-200]], [1, 0], "logistic", intercept=False),
        {"coef": [0], "direction": [1e-200]},
    ),
    "subnormal coefficients": (Fit([[1.0], [0.25]], [1, 0], "logistic", intercept=False), {"coef": [5e-324]}),
    "rows that forbid the direction": (
        Fit(
            [[1, 0], [0, 1], [-1, 0]],
            [1, 1, 0],
            "logistic",
            A=[[1, -(1 + EPS)], [1, -1]],
            row_lower=[0, None],
            row_upper=[None, 0],
            intercept=False,
        ),
        {"coef": [0, 0], "direction": [1, 1]},
    ),
    "a row that blocks the direction": (
        Fit(
            [[1.0, 1], [-1, -1], [1, -1], [1, -1]],
            [1, 0, 1, 0],
            "logistic",
            intercept=False,
            A=[[1e16, -1e16 - 2]],
            row_lower=[-1.0],
        ),
        {"coef": [0.0, 0.0], "direction": [1.0, 1.0]},
    ),
}


@pytest.mark.parametrize("name", FALSE_STATEMENTS)
def test_no_false_statement_about_the_problem(name):
    problem, claim = FALSE_STATEMENTS[name]
    verdict = tw.certify(problem, **claim).verdict
    assert verdict in (tw.Verdict.UNPROVEN, tw.Verdict.REFUTED, tw.Verdict.PROVED), verdict


@pytest.mark.parametrize("P", [[[1e300, 1e-300], [1e-300, 0]], [[0, 1e-200], [1e-200, 1e300]]])
def test_convexity_survives_no_underflow(P):
    assert not tw.certify(QP(P, [0, 0]), x=[0, 0]).ok


def test_data_are_the_problems_own():
    P, c = np.eye(2), np.array([1.0, 1.0])
    problem, other = QP(P, [0, 0.0], lower=-1, upper=1), LP(c, lower=0)
    assert tw.certify(problem, x=[0, 0.0]).ok
    P[:] = -np.eye(2)
    c[:] = -1
    assert problem.P[0, 0] == 1
    assert tw.certify(other, x=[0, 0]).ok
    with pytest.raises(ValueError, match="read-only"):
        problem.P[0, 0] = -5


@pytest.mark.parametrize("share", [0.1, 0.34, 0.46, 0.9])
def test_shared_labels_lose_no_digits(share):
    problem = Fit([[1.0]], [share], "logistic", intercept=False)
    certificate = tw.certify(problem, coef=[math.log(share / (1 - share))])
    assert 0 <= certificate.lower <= certificate.objective <= 1e-30
    assert certificate.ok


def test_a_large_column_lifts_no_bound():
    y = np.random.default_rng(0).random(1000)
    offset = np.log(y / (1 - y))
    problem = Fit(1e6 * np.ones((1000, 1)), y, "logistic", l1=1e-30, offset=offset, intercept=False)
    assert tw.certify(problem, coef=[0.0]).lower <= 1e-28


def test_facts_belong_to_one_dual_point():
    problem = Fit(np.eye(3), [0, 0, 0.0], intercept=False, A=[[1.0, 1, 1]], row_lower=[1.0], upper=[0.25, None, None])
    for duals in (None, [0.375]):
        certificate = tw.certify(problem, coef=[0.25, 0.375, 0.375], duals=duals)
        assert certificate.ok
        np.testing.assert_allclose(certificate.facts["row_dual"], [0.375])
        np.testing.assert_allclose(certificate.facts["gradient"], [-0.125, 0, 0], atol=1e-12)


def test_completing_is_not_worse_for_bad_hints():
    problem = LP([1.0, 1.0], [[1, 2.0], [2, 1]], row_lower=2, lower=0, upper=10)
    assert tw.certify(problem, x=[2 / 3, 2 / 3], duals=[0, 0], complete=True).ok


@pytest.mark.parametrize(
    "x",
    [[1 + 1j, 0], ["1", "0"], np.ma.masked_array([1.0, 0], [1, 0]), np.array(["2020-01-01", "2021-01-01"], "M8[D]")],
)
def test_what_is_no_number_is_refuted(x):
    assert tw.certify(ROW, x=x, duals=[1]).verdict is tw.Verdict.REFUTED


class Tensor:
    """Refuses to become an array in its own words, as tensors that record gradients do."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("call detach() first")


def test_what_refuses_to_be_an_array_is_refuted_and_refused():
    assert tw.certify(ROW, x=Tensor(), duals=[1]).verdict is tw.Verdict.REFUTED
    assert tw.certify(ROW, x=[1, 0], duals=Tensor()).verdict is tw.Verdict.REFUTED
    with pytest.raises(tw.InputError, match=r"call detach\(\) first"):
        LP(Tensor())


def test_hints_that_nobody_reads_must_be_finite():
    assert tw.certify(COLLINEAR, coef=[1.0, 0.0], ray=[math.nan]).verdict is tw.Verdict.REFUTED


def test_a_loss_with_a_flat_part_has_its_minimiser():
    class Flat(tw.Squared):
        strict = False

        def recession(self, r, y):
            return np.maximum(-r * (2 * y - 1), 0.0)

    problem = Fit([[1.0], [2.0]], [1, 1.0], Flat(), intercept=False)
    assert tw.certify(problem, coef=[1.0]).verdict is not tw.Verdict.NO_MINIMISER


LARGE = 1e6


def test_the_rounding_of_large_terms_is_no_proof_for_a_row_whose_limit_is_smaller():
    """x0 - x1 >= 1e-8 at x = 1e6 is missed by all that it says: at best an assumption."""
    program = tw.LinearProgram(
        [0, 0, 1.0], [[1, -1, 0], [-1e8, 1e8, 1]], row_lower=[1e-8, 0], lower=0, upper=[LARGE, LARGE, 10]
    )
    certificate = tw.certify(program, x=[LARGE, LARGE, 0], duals=[0, 0])
    assert certificate.verdict is not tw.Verdict.PROVED
    assert "is near" in certificate.assumptions[0]
    assert tw.solve(program).objective == pytest.approx(1.0)


def test_the_same_for_fits():
    size = 1e12
    fit = tw.Fit(
        [[0, 0, 1.0]], [-1.0], A=[[1, -1, 0], [-1e3, 1e3, 1]], row_lower=[1e-3, 0],
        lower=[0, 0, -5], upper=[size, size, 5], intercept=False,
    )  # fmt: skip
    assert tw.certify(fit, coef=[size, size, -1]).verdict is not tw.Verdict.PROVED


def test_a_point_that_meets_its_limits_only_by_rounding_proves_nothing_unbounded():
    size = 1e12
    program = tw.LinearProgram(
        [0, 0, -1.0], [[1, -1, 0], [1, -1, 0]], row_lower=[1e-3, None], row_upper=[None, 0],
        lower=[0, 0, 1], upper=[size, size, None],
    )  # fmt: skip
    assert tw.certify(program, x=[size, size, 1], direction=[0, 0, 1]).verdict is tw.Verdict.UNPROVEN


def test_violations_within_the_tolerance_are_priced_at_their_duals():
    """A row missed by 1.0 is 1e-9 of its limit, and all of the objective."""
    program = tw.LinearProgram([1, 1.0], [[1, 0]], row_lower=[1e9], lower=[0, -1e9 + 1e-3], upper=[2e9, 2e9])
    certificate = tw.certify(program, x=[1e9 - 1, -1e9 + 1e-3], duals=[1 - 1e-9])
    assert not certificate.ok
    assert certificate.gap_absolute >= 0.999
    assert tw.solve(program).objective == pytest.approx(1e-3, abs=1e-6)


@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_a_column_without_samples_that_rows_tie_to_others_is_no_obstacle(loss):
    """x0 is in no sample: what rounding leaves of its slope is paid through the rows."""
    rows = {"A": [[1, 0, 1], [1, 1, 0]], "row_lower": [1, 1], "row_upper": [1, 1]}
    problem = tw.Fit([[0, 1, 1], [0, 1, 2]], [0, 1], loss=loss, intercept=False, **rows)
    assert tw.solve(problem, tol=1e-9).certificate.verdict is tw.Verdict.PROVED


@pytest.mark.parametrize("x0", [1.0, 1e-4, 0.0, -1e-6])
@pytest.mark.parametrize("dual", [-3e13, -3e8, -3e6, -1e4])
def test_duals_that_are_far_too_large_excuse_nothing(x0, dual):
    """Their terms cancel, and what rounding makes of them is large; but the first variable is away from its bound."""
    program = tw.LinearProgram([4e7, 0.0], [[-2e-9, -2e8]], row_lower=[-8e10], row_upper=[-8e10], lower=[-2e-6, 0.0])
    certificate = tw.certify(program, x=[x0, 400.0], duals=[dual], tol=1e-9)
    assert not certificate.ok and certificate.bound <= -80.0


@pytest.mark.parametrize(("entries", "dual"), [([1e-9, 1e6], 1e6), ([1e-12, 1.0], 1e12)])
def test_nor_do_they_in_a_row_that_one_variable_hardly_matters_to(entries, dual):
    program = tw.LinearProgram([1.0, 0.0], [entries], row_lower=[400 * entries[1]], row_upper=[400 * entries[1]],
                               lower=[-1.0, 0.0])  # fmt: skip
    certificate = tw.certify(program, x=[1.0, 400.0], duals=[dual], tol=1e-9)
    assert not certificate.ok and certificate.bound <= -1.0


@pytest.mark.parametrize("dual", [-3e13, -3e8, -3e6])
def test_nor_where_the_bound_is_written_as_a_row(dual):
    program = tw.LinearProgram(
        [4e7, 0.0],
        [[-2e-9, -2e8], [1.0, 0.0]],
        row_lower=[-8e10, -2e-6],
        row_upper=[-8e10, None],
        lower=[None, 0.0],
    )
    certificate = tw.certify(program, x=[0.0, 400.0], duals=[dual, 4e7], tol=1e-9)
    assert not certificate.ok and certificate.bound <= -80.0
