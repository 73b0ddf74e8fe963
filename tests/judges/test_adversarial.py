"""The adversarial list: tiny problems with truths and false claims, from a file of their own."""

from __future__ import annotations

import json

import numpy as np
import pytest

import thalweg as tw

NAMES = (
    *("saddle_free", "saddle_box", "negative_curvature_1d", "tiny_objective", "tiny_objective_scaled"),
    *("sign_unchecked_lp", "sign_unchecked_qp", "sign_unchecked_box", "zero_optimum", "contradictory_rows"),
    *("contradictory_bounds_and_row", "infeasible_and_dual_infeasible", "almost_empty", "degenerate_vertex"),
    *("no_strict_complementarity", "singular_P_free_direction", "singular_P_unbounded", "huge_constant"),
    *("infinity_spelled_1e20", "mixed_scale"),
)
NONCONVEX = ("saddle_free", "saddle_box", "negative_curvature_1d")


@pytest.fixture
def listed(data):
    return {entry["name"]: entry for entry in json.loads((data / "lpqp" / "adversarial.json").read_text())["problems"]}


def _problem(entry):
    limits = {name: entry[name] for name in ("row_lower", "row_upper", "lower", "upper")}
    A = np.array(entry["A"], dtype=float).reshape(-1, len(entry["q"]))
    return tw.QuadraticProgram(entry["P"], entry["q"], A, constant=entry.get("constant", 0.0), **limits)


def _linear(problem):
    limits = {name: getattr(problem, name) for name in ("row_lower", "row_upper", "lower", "upper", "constant")}
    return tw.LinearProgram(problem.q, problem.A, **limits)


def test_the_list_is_complete(listed):
    assert tuple(listed) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_false_claims_are_not_ok(listed, name):
    problem = _problem(listed[name])
    for false in listed[name].get("false_claims", []):
        y = np.array(false.get("y", []), dtype=float)
        for duals in (y, -y, None):
            c = tw.certify(problem, x=false["x"], duals=duals)
            assert not c.ok, (false, c.explain())
            assert not c.conclusive or c.verdict.name == "UNBOUNDED"


@pytest.mark.parametrize("name", NAMES)
def test_truths_are_proved(listed, name):
    entry, problem = listed[name], _problem(listed[name])
    problems = [problem] if problem.P.any() else [problem, _linear(problem)]
    truth = entry["truth"]
    for p in problems:
        if truth["status"] == "optimal":
            duals = truth.get("y_any_of", [truth.get("y", np.zeros(p.shape[0]))])
            for y in duals:
                c = tw.certify(p, x=truth["x"], duals=y)
                assert c.objective == pytest.approx(truth["objective"], rel=1e-12)
                assert c.ok or name in NONCONVEX, c.explain()
        elif truth["status"] == "infeasible":
            assert tw.certify(p, ray=truth["ray"]).verdict.name == "INFEASIBLE"
            assert not tw.certify(p, x=np.zeros(p.shape[1])).conclusive
        else:
            c = tw.certify(p, x=np.zeros(p.shape[1]), direction=truth["ray"])
            assert c.verdict.name == "UNBOUNDED", c.explain()


@pytest.mark.parametrize("name", NAMES)
def test_solve_finds_the_truth(listed, name):
    strict = tw.Tolerance(feasibility=1e-12)  # almost_empty misses by 1e-9 only
    s = tw.solve(_problem(listed[name]), tol=strict if name == "almost_empty" else None)
    truth = listed[name]["truth"]
    if truth["status"] == "optimal" and name not in NONCONVEX:
        assert s.ok, s.explain()
        assert s.objective == pytest.approx(truth["objective"], rel=1e-6, abs=1e-300)
    elif truth["status"] == "infeasible":
        assert not s.ok
        assert s.certificate.verdict.name in ("INFEASIBLE", "UNPROVEN", "REFUTED")
    else:
        assert not s.ok or s.objective == pytest.approx(truth.get("objective", np.nan), rel=1e-6), s.explain()
