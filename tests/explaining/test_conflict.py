"""Conflicts: infeasible by a checked ray, no row too many; and never said of limits that have a point."""

import json

import numpy as np
import pytest

import thalweg as tw
from thalweg.explaining.shrinking import Shrinking
from thalweg.explaining.sides import Sides, limits_of

NAMED = {"names": ["loaves", "cakes"], "row_names": ["bread", "sweet", "hours", "oven"]}


@pytest.fixture
def bakery():
    """Two orders that neither the hours nor the oven can hold."""
    rows = {"row_lower": [120, 30, None, None], "row_upper": [None, None, 80, 130]}
    return tw.LinearProgram([2, 9], [[1, 0], [0, 1], [0.5, 1], [1, 1]], **rows, lower=0, maximize=True, **NAMED)


def check(conflict, *, minimal=True):
    """What a conflict promises, checked without the room that made it."""
    assert tw.certify(conflict.problem, ray=conflict.ray).verdict.name == "INFEASIBLE"
    assert conflict.minimal == minimal
    if minimal:
        program = conflict.problem
        for i in range(len(conflict.rows)):
            rest = np.arange(len(conflict.rows)) != i
            without = tw.LinearProgram(
                program.c, program.A[rest], row_lower=program.row_lower[rest], row_upper=program.row_upper[rest],
                lower=program.lower, upper=program.upper,
            )  # fmt: skip
            assert tw.solve(without).ok, conflict.rows[i]


def test_rows_sides_and_words(bakery):
    conflict = tw.solve(bakery).conflict
    check(conflict)
    assert conflict.rows == ("bread", "sweet", "oven")
    assert conflict.columns == ()
    assert conflict.sides == ('row "bread" >= 120', 'row "sweet" >= 30', 'row "oven" <= 130')
    assert "Each of the 3 rows is needed" in conflict.explain() == str(conflict)
    told = json.loads(json.dumps(conflict.to_dict(), allow_nan=False))
    assert told["rows"] == ["bread", "sweet", "oven"]
    assert told["minimal"] is True


def test_bounds_take_part():
    problem = tw.LinearProgram([0, 0], [[2, 1]], row_lower=[12], upper=[3, 1], names=["x1", "x2"])
    conflict = tw.solve(problem).conflict
    check(conflict)
    assert (conflict.rows, conflict.columns) == (("row0",), ("x1", "x2"))
    assert conflict.sides == ("row0 >= 12", '"x1" <= 3', '"x2" <= 1')
    assert "The row is needed" in conflict.explain()


def test_a_ray_with_more_than_enough_is_shrunk():
    """Both pairs contradict each other; the sum of both proofs is a proof that is not minimal."""
    problem = tw.LinearProgram(
        [0, 0], [[1, 0], [1, 0], [0, 1], [0, 1]], row_lower=[2, None, 2, None], row_upper=[None, 1, None, 1]
    )
    claim = tw.Claim({}, {"ray": np.array([1.0, -1.0, 1.0, -1.0])})
    solution = tw.Solution(problem, claim, tw.certify(problem, claim))
    assert np.count_nonzero(solution.ray) == 4
    conflict = solution.conflict
    check(conflict)
    assert conflict.rows in (("row0", "row1"), ("row2", "row3"))


def test_names_of_rows_stay_where_there_are_none(bakery):
    conflict = tw.solve(bakery.replace(names=None, row_names=None)).conflict
    assert conflict.rows == ("row0", "row1", "row3")
    assert conflict.sides[2] == "row3 <= 130"


def test_only_what_is_proved_infeasible_has_a_conflict(bakery):
    solved = tw.solve(bakery.replace(row_lower=[60, 20, None, None]))
    with pytest.raises(tw.InputError, match="not proved to be infeasible, its answer is PROVED"):
        _ = solved.conflict
    claimed = tw.Solution(bakery, tw.Claim(), tw.certify(bakery, tw.Claim()))
    with pytest.raises(tw.InputError, match="UNPROVEN"):
        _ = claimed.conflict


def test_it_is_looked_for_once(bakery):
    solution = tw.solve(bakery)
    assert solution.conflict is solution.conflict


def test_out_of_time_the_best_so_far_is_returned(bakery):
    conflict = tw.find_conflict(tw.solve(bakery), time_limit=1e-9)
    check(conflict, minimal=False)
    assert "the search ended before (time limit)" in conflict.note
    assert "Whether a row can be left out is not known" in conflict.explain()


def test_quadratic_programs_and_fits_have_conflicts(bakery):
    program = tw.QuadraticProgram(np.eye(2), [0, 0], bakery.A, row_lower=bakery.row_lower, row_upper=bakery.row_upper)
    conflict = tw.solve(program).conflict
    check(conflict)
    assert len(conflict.rows) == 3
    fit = tw.Fit([[1.0, 2.0], [2.0, 1.0]], [1.0, 2.0], A=[[1, 1]], row_lower=[5], upper=[1, 1])
    conflict = tw.solve(fit).conflict
    check(conflict)
    assert (conflict.rows, conflict.columns) == (("row0",), ("x0", "x1"))


@pytest.mark.parametrize("seed", range(20))
def test_of_random_programs(seed):
    """Rows that contradict each other among many that do not, dense and sparse."""
    from scipy import sparse

    rng = np.random.default_rng(seed)
    m, n = 12, 6
    A, inside = rng.integers(-3, 4, (m, n)).astype(float), rng.integers(0, 5, n).astype(float)
    weights = rng.integers(1, 4, 3)
    A = np.vstack([A, weights @ A[:3]])  # a row that the first three imply ...
    low = A @ inside - rng.integers(0, 3, m + 1)
    high = np.full(m + 1, np.inf)
    high[m], low[m] = weights @ low[:3] - 1, -np.inf  # ... and its opposite
    order = rng.permutation(m + 1)
    A = A[order] if seed % 2 else sparse.csc_array(A[order])
    problem = tw.LinearProgram(np.zeros(n), A, row_lower=low[order], row_upper=high[order], lower=-99, upper=99)
    conflict = tw.solve(problem).conflict
    check(conflict)


@pytest.mark.parametrize("seed", range(20))
def test_a_subset_that_has_a_point_is_never_called_a_conflict(seed):
    """Whatever ray is handed in for limits that a point satisfies, what comes out is no proof."""
    rng = np.random.default_rng(seed)
    m, n = 6, 4
    A, inside = rng.normal(size=(m, n)), rng.normal(size=n)
    gap = np.where(rng.random(m) < 0.3, 0.0, rng.random(m))
    problem = tw.LinearProgram(np.zeros(n), A, row_lower=A @ inside - gap, row_upper=A @ inside + gap)
    for _ in range(10):
        ray = rng.normal(size=m) * (rng.random(m) < 0.6)
        for sides in (Sides.of_ray(problem, ray, 0.0), Sides.of_ray(problem, ray, 1e-9)):
            claim = tw.Claim({}, {"ray": ray[sides.rows]})
            assert tw.certify(sides.program(problem), claim).verdict.name != "INFEASIBLE"
        search = Shrinking(limits_of(problem), ray, tw.Watch())
        search.run()
        assert search.result()[1].verdict.name != "INFEASIBLE"


def test_a_conflict_that_is_changed_is_no_conflict_unless_it_is_one(bakery):
    """Loosen any limit of a minimal conflict beyond its margin, or drop a row: the same ray proves nothing."""
    conflict = tw.solve(bakery).conflict
    program = conflict.problem
    for i in range(len(conflict.rows)):
        low, high = program.row_lower.copy(), program.row_upper.copy()
        low[i] -= 20.5
        high[i] += 20.5
        loosened = program.replace(row_lower=low, row_upper=high)
        assert tw.certify(loosened, ray=conflict.ray).verdict.name != "INFEASIBLE"
        low[i], high[i] = -np.inf, np.inf
        dropped = program.replace(row_lower=low, row_upper=high)
        assert tw.certify(dropped, ray=conflict.ray).verdict.name != "INFEASIBLE"
    assert tw.certify(program, ray=-conflict.ray).verdict.name != "INFEASIBLE"


def test_of_the_infeasible_netlib_problems(infeasible):
    """Each that is proved infeasible has a checked conflict; at least fifteen are minimal."""
    known, read = infeasible
    minimal = []
    for name in known:
        solution = tw.solve(read(name))
        if solution.certificate.verdict.name != "INFEASIBLE":
            continue
        conflict = tw.find_conflict(solution, time_limit=60)
        assert tw.certify(conflict.problem, ray=conflict.ray).verdict.name == "INFEASIBLE", name
        if conflict.minimal:
            minimal.append(name)
        elif "rounding" not in conflict.note:
            pytest.fail(f"{name}: {conflict.note}")
        if known[name]["iis_rows"] <= 3:
            assert len(conflict.rows) <= 3, name
    assert len(minimal) >= 15, minimal


def test_one_contradiction_is_told_with_one_proof():
    rows = {"row_lower": [10, None, 0], "row_upper": [None, 4, 100], "row_names": ["demand", "supply", "other"]}
    solution = tw.solve(tw.LinearProgram([1, 1], [[1, 1], [1, 1], [1, 2]], lower=0, **rows))
    told = solution.conflict.retold(solution)
    assert told.certificate.verdict.name == "INFEASIBLE" and told.ray[2] == 0
    assert 'row "demand" (>= 10) - row "supply" (<= 4)' in told.explain()
    assert "at least 6" in told.explain() and "at least -" not in told.explain()
