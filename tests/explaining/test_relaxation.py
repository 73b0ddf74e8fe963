"""The least violation: against values known by hand, and against what the moved problem then has."""

import json
import time

import numpy as np
import pytest

import thalweg as tw
from thalweg.explaining import relaxation


@pytest.fixture
def bakery():
    """Two orders that neither the hours nor the oven can hold."""
    return tw.LinearProgram(
        [2.0, 9.0], [[1, 0], [0, 1], [0.5, 1], [1, 1]], row_lower=[120, 30, None, None],
        row_upper=[None, None, 80, 130], lower=0, maximize=True,
        names=["loaves", "cakes"], row_names=["bread", "sweet", "hours", "oven"],
    )  # fmt: skip


def violation(problem, x, weights=1.0):
    activity = problem.A @ x
    return float(
        (weights * np.maximum(np.maximum(problem.row_lower - activity, activity - problem.row_upper), 0)).sum()
    )


def test_least_total_violation(bakery):
    found = bakery.relax()
    assert found.ok
    assert found.certificate.verdict.name == "PROVED"
    assert found.objective == pytest.approx(20)  # 20 cakes less, or as many loaves
    assert violation(bakery, found.x) == pytest.approx(20)
    assert sum(found.by_row.values()) == pytest.approx(20)
    assert found.by_bound == {}
    assert tw.solve(found.problem).ok


def test_named_rows_and_weights(bakery):
    found = bakery.relax(["hours", 3], weights={"hours": 3.0})
    assert found.objective == pytest.approx(50)
    assert found.by_row == pytest.approx({"hours": 10, "oven": 20})
    assert found.prices == pytest.approx({"bread": 2.5, "sweet": 4, "hours": 3, "oven": 1})
    assert found.problem.row_upper[2:] == pytest.approx([90, 150])
    assert tw.solve(found.problem).x == pytest.approx([120, 30])
    same = bakery.relax(["hours", "oven"], weights=[1, 1, 3, 1])
    assert same.objective == pytest.approx(50)


def test_prices_are_what_one_more_unit_saves(bakery):
    before = bakery.relax(["hours", "oven"], weights={"hours": 3.0})
    low, high = bakery.row_lower.copy(), bakery.row_upper.copy()
    for i, name in enumerate(bakery.row_names):
        looser = bakery.replace(row_lower=np.where(np.arange(4) == i, low - 1, low),
                                row_upper=np.where(np.arange(4) == i, high + 1, high))  # fmt: skip
        after = looser.relax(["hours", "oven"], weights={"hours": 3.0})
        assert before.objective - after.objective == pytest.approx(before.prices[name])


def test_bounds_hold_unless_they_may_give_way():
    problem = tw.LinearProgram([1], [[1]], row_lower=[5], upper=3, names=["load"], row_names=["need"])
    assert problem.relax([]).x is None
    assert not problem.relax([]).ok
    assert "No violation of the relaxed limits leaves a point. INFEASIBLE" in problem.relax([]).explain()
    found = problem.relax([], bounds=True)
    assert found.by_bound == {"load": 2.0}
    assert found.by_row == {}
    assert tw.solve(found.problem).x == pytest.approx([5])
    assert '"load" from <= 3 to <= 5' in found.explain()
    cheap = problem.relax(weights=0.5, bounds=True)
    assert cheap.by_row == {"need": 2.0}
    assert cheap.objective == pytest.approx(1.0)


def test_a_feasible_problem_needs_nothing(bakery):
    problem = bakery.replace(row_lower=[60, 20, None, None])
    found = problem.relax()
    assert found.objective == 0
    assert found.ok
    assert found.by_row == found.prices == {}
    assert found.problem is problem
    assert found.explain() == "All limits can be met: nothing has to give way (PROVED)."
    assert violation(problem, found.x) == 0


def test_equalities_give_way_on_one_side():
    problem = tw.LinearProgram([0], [[1], [1]], row_lower=[1, 4], row_upper=[1, 4])
    found = problem.relax(weights=[1, 2])
    assert found.by_row == {"row0": 3.0}
    assert (found.problem.row_lower[0], found.problem.row_upper[0]) == pytest.approx((1, 4))


def test_quadratic_programs(bakery):
    problem = tw.QuadraticProgram(np.eye(2), [0, 0], bakery.A, row_lower=bakery.row_lower, row_upper=bakery.row_upper)
    found = problem.relax()
    assert found.objective == pytest.approx(20)
    assert isinstance(found.problem, tw.QuadraticProgram)
    assert tw.solve(found.problem).ok


@pytest.mark.parametrize("seed", range(15))
def test_no_point_violates_less(seed):
    """Random points, and those around the best one, violate no less; the moved problem has a point."""
    rng = np.random.default_rng(seed)
    m, n = 8, 4
    A, weights = rng.normal(size=(m, n)), rng.uniform(0.5, 2, m)
    low = rng.normal(size=m)
    high = low + rng.exponential(size=m) * (rng.random(m) < 0.7)
    problem = tw.LinearProgram(np.zeros(n), A, row_lower=low, row_upper=high, lower=-1, upper=1)
    found = problem.relax(weights=weights)
    assert found.ok
    assert violation(problem, found.x, weights) == pytest.approx(found.objective, abs=1e-9)
    for scale in (1.0, 0.1, 0.001):
        for _ in range(50):
            other = np.clip((found.x if scale < 1 else 0) + scale * rng.normal(size=n), -1, 1)
            assert violation(problem, other, weights) >= found.objective - 1e-9
    assert tw.solve(found.problem).ok


def test_what_makes_no_sense_is_refused(bakery):
    for bad, words in (
        ({"rows": "hours"}, "pass a list"),
        ({"rows": ["hour"]}, 'unknown name "hour" in rows'),
        ({"rows": [9]}, "position 9"),
        ({"weights": {"hours": 0}}, r'weight of row "hours" is 0; weights must be > 0'),
        ({"weights": [1, 1]}, "4 rows"),
        ({"weights": {"hours": float("nan")}}, "NaN"),
        ({"weights": {"ours": 1.0}}, 'unknown name "ours" in weights'),
        ({"time_limit": 0}, "time_limit is 0; it must be a number of seconds > 0"),
    ):
        with pytest.raises(tw.InputError, match=words):
            bakery.relax(**bad)


def test_as_json(bakery):
    told = json.loads(json.dumps(bakery.relax().to_dict(), allow_nan=False))
    assert told["objective"] == pytest.approx(20)
    assert told["verdict"] == "PROVED"


def test_of_the_infeasible_netlib_problems(infeasible):
    known, read = infeasible
    for name in ("galenet", "itest6", "woodinfe", "box1", "reactor", "chemcom"):
        assert name in known
        problem = read(name)
        found = problem.relax()
        assert found.ok, name
        assert violation(problem, found.x) == pytest.approx(found.objective, rel=1e-9), name
        assert tw.solve(found.problem.replace(c=np.zeros(problem.shape[1]))).ok, name


def test_whole_numbers_give_way_less_cheaply():
    """3 legs are no pairs: one leg more or less; without whole numbers nothing has to give way."""
    pairs = tw.MixedIntegerProgram([1.0], [[2.0]], row_lower=3, row_upper=3, lower=0, row_names=["legs"])
    found = pairs.relax()
    assert found.by_row == {"legs": 1.0} and found.objective == 1.0 and found.prices == {}
    assert found.certificate.assumptions and "assuming that" in found.explain()
    assert tw.solve(found.problem).ok
    assert pairs.relaxation.relax().objective == 0.0


def test_a_search_for_whole_numbers_ends_in_time():
    """0-1 rows that nobody splits evenly, as Cornuejols and Dawande (1999) draw them: hard for branch and bound."""
    weights = np.random.default_rng(1).integers(0, 100, size=(4, 30))
    half = weights.sum(axis=1) // 2
    split = tw.MixedIntegerProgram(np.zeros(30), weights, row_lower=half, row_upper=half, lower=0, upper=1)
    begun = time.perf_counter()
    found = split.relax(time_limit=1.0)
    assert time.perf_counter() - begun < 5.0
    assert found.certificate.verdict.name == "UNPROVEN"
    assert (split.rounded(found.x) == found.x).all()
    assert found.objective > 0
    assert violation(split, found.x) == pytest.approx(found.objective)
    assert "so a smaller one may do" in found.explain()


def test_every_kind_of_program_passes_the_time_limit_on(monkeypatch):
    told = []
    monkeypatch.setattr(relaxation, "relax", lambda *_, **options: told.append(options["time_limit"]))
    model = tw.Model()
    model.variable("x")
    limits = {"A": [[1.0]], "row_lower": 5.0, "upper": 3.0}
    programs = (
        tw.LinearProgram([1.0], **limits),
        tw.QuadraticProgram([[2.0]], [1.0], **limits),
        tw.MixedIntegerProgram([1.0], **limits),
    )
    for number, problem in enumerate((*programs, model), start=1):
        problem.relax(time_limit=number)
        problem.relax()
    assert told == [1, None, 2, None, 3, None, 4, None]


def test_a_block_of_rows_goes_by_its_name():
    model = tw.Model()
    x = model.variable("x", index=["mon", "tue"], lower=0, upper=1)
    model.add(x >= {"mon": 2.0, "tue": 3.0}, name="need")
    model.add(x.sum() >= 1, name="total")
    problem = model.problem()
    assert problem.relax(rows=["need"]).by_row == {"need[mon]": 1.0, "need[tue]": 2.0}
    assert problem.relax(weights={"need": 2.0}).objective == pytest.approx(6.0)
    with pytest.raises(tw.InputError, match="nead"):
        problem.relax(rows=["nead"])
