"""The nouns of an answer: tolerances, verdicts, words, traces, solutions."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

import thalweg as tw

BAKERY = tw.LinearProgram([3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)


def certificate(**changes):
    base = tw.Certificate("so it is", objective=2.0, bound=1.0, distance=1.0, scale=2.0)
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, (1e-6, 1e-9, 0.0)),
        (1e-4, (1e-4, 1e-9, 0.0)),
        (1e-12, (1e-12, 1e-12, 0.0)),
        (tw.Tolerance(absolute=1.0), (1e-6, 1e-9, 1.0)),
    ],
)
def test_tolerance_reads_what_users_write(given, expected):
    tolerance = tw.Tolerance.of(given)
    assert (tolerance.gap, tolerance.feasibility, tolerance.absolute) == expected


@pytest.mark.parametrize("wrong", [-1e-6, math.nan, math.inf, "tight", [1e-6]])
def test_tolerance_refuses_what_is_none(wrong):
    with pytest.raises(tw.InputError, match="tol"):
        tw.Tolerance.of(wrong)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "UNPROVEN"),
        ({"distance": 1e-9}, "PROVED"),
        ({"distance": -1e-9}, "PROVED"),
        ({"distance": 1e-9, "premises": ("a",)}, "WITHIN_TOLERANCE"),
        ({"distance": math.nan}, "UNPROVEN"),
        ({"distance": math.inf, "bound": -math.inf}, "UNPROVEN"),
        ({"distance": math.inf, "bound": -math.inf, "scale": math.inf}, "UNPROVEN"),
        ({"distance": 1e-9, "bound": -math.inf}, "UNPROVEN"),
        ({"distance": 1e-9, "bound": math.nan}, "UNPROVEN"),
        ({"distance": 1.0, "noise": math.inf}, "UNPROVEN"),
        ({"distance": 1.0, "noise": math.nan}, "UNPROVEN"),
        ({"distance": 0.0, "finite": False}, "REFUTED"),
        ({"distance": 0.0, "violations": {"rows": tw.Violation(1.0, 1.0, 1.0, "row")}}, "REFUTED"),
        ({"distance": 0.0, "violations": {"rows": tw.Violation(1.0, math.nan, math.nan, "row")}}, "REFUTED"),
        ({"distance": 0.0, "violations": {"rows": tw.Violation(1e-15, 1.0, 1e-12, "row")}}, "WITHIN_TOLERANCE"),
        ({"objective": math.nan, "distance": 0.0}, "UNPROVEN"),
        ({"outcome": tw.Verdict.INFEASIBLE, "objective": math.nan}, "INFEASIBLE"),
        ({"outcome": tw.Verdict.UNBOUNDED, "violations": {"rows": tw.Violation(1.0, 1.0, 1.0, "row")}}, "REFUTED"),
        ({"outcome": tw.Verdict.STATIONARY}, "STATIONARY"),
    ],
)
def test_the_first_rule_that_holds_decides(changes, verdict):
    assert certificate(**changes).verdict.name == verdict


def test_ok_is_for_answers_only():
    good = {tw.Verdict.PROVED, tw.Verdict.WITHIN_TOLERANCE}
    for verdict in (tw.Verdict.INFEASIBLE, tw.Verdict.NO_MINIMISER, tw.Verdict.STATIONARY):
        assert not certificate(outcome=verdict).ok
        assert certificate(outcome=verdict).conclusive == (verdict is not tw.Verdict.STATIONARY)
    assert certificate(distance=0.0).ok
    assert certificate(distance=0.0).verdict in good


def test_another_tolerance_needs_no_new_judgement():
    loose = certificate(distance=1e-3)
    assert not loose.ok
    assert loose.at(1e-2).ok
    assert not loose.at(1e-2).at(1e-4).ok


def test_lower_and_upper_follow_the_sense():
    assert (certificate().lower, certificate().upper) == (1.0, 2.0)
    assert (certificate(maximize=True).lower, certificate(maximize=True).upper) == (2.0, 1.0)


def test_json_has_no_infinity():
    told = certificate(bound=-math.inf, distance=math.inf).to_dict()
    assert told["lower"] is None
    assert told["gap"] is None
    assert told["verdict"] == "UNPROVEN"


def test_explain_names_what_is_assumed_and_violated():
    text = certificate(
        distance=0.0, premises=("the sky is blue",), violations={"rows": tw.Violation(1e-12, 1e-12, 1e-12, '"hours"')}
    ).explain()
    assert "the sky is blue" in text
    assert '"hours"' in text


def test_trace_fills_gaps_with_nan():
    trace = tw.Trace()
    trace.add(step=0, objective=3.0)
    trace.add(step=1, gap=0.5)
    columns = trace.columns()
    assert len(trace) == 2
    np.testing.assert_array_equal(columns["objective"], [3.0, math.nan])
    np.testing.assert_array_equal(columns["gap"], [math.nan, 0.5])


def test_solution_survives_pickling():
    solution = tw.solve(BAKERY)
    again = pickle.loads(pickle.dumps(solution))
    np.testing.assert_array_equal(again.x, solution.x)
    assert again.certificate.verdict is solution.certificate.verdict
    assert str(again) == str(solution)


def test_solution_offers_near_names():
    with pytest.raises(AttributeError, match='Did you mean "reduced_costs"'):
        _ = tw.solve(BAKERY).reduced_cost


def test_require_raises_with_the_solution():
    hopeless = tw.solve(tw.LinearProgram([-1.0], lower=0))
    with pytest.raises(tw.NotProved, match="UNBOUNDED") as caught:
        hopeless.require("ok")
    assert caught.value.solution is hopeless
    with pytest.raises(tw.InputError):
        hopeless.require("perfect")
    solution = tw.solve(BAKERY)
    assert solution.require("ok") is solution.require("proved") is solution


@pytest.mark.parametrize(
    "error",
    [
        tw.InputError("a"),
        tw.ProblemError("b"),
        tw.SolverMismatch("c"),
        tw.NotProved("d"),
        tw.MissingExtra("pandas", "tables", "reading"),
    ],
)
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_a_solution_is_short_at_the_prompt():
    solution = tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0))
    assert repr(solution).startswith("<Solution of LinearProgram: PROVED, objective 1, gap ")
    assert len(repr(solution)) < 120
