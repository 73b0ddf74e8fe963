"""Ranging against solving again: limits moved within their ranges and beyond them, costs as well, in both senses."""

import json

import numpy as np
import pytest

import thalweg as tw
from thalweg.explaining.faces import Faces
from thalweg.explaining.optimum import Optimum
from thalweg.explaining.ranging import COSTS, LIMITS
from thalweg.explaining.regular import Regular

CLOSE = 1e-7


def moved(problem, family, k, side, shift):
    """Return the problem with one limit moved; of an equality both."""
    names = ("row_lower", "row_upper") if family == "rows" else ("lower", "upper")
    wanted = {"lower": names[:1], "upper": names[1:], "=": names}[side]
    changes = {name: getattr(problem, name).copy() for name in wanted}
    for array in changes.values():
        array[k] += shift
    return problem.replace(**changes)


def limited(problem):
    """Leave out rows without limits."""
    rows = np.isfinite(problem.row_lower) | np.isfinite(problem.row_upper)
    limits = {"row_lower": problem.row_lower[rows], "row_upper": problem.row_upper[rows], "row_names": None}
    return problem if rows.all() else problem.replace(A=problem.A[rows], **limits)


def best(problem):
    """Best objective; infinitely bad if there is no point."""
    solution = tw.solve(limited(problem), tol=tw.Tolerance(gap=1e-9, absolute=1e-9))
    if solution.certificate.verdict.name == "INFEASIBLE":
        return -np.inf if problem.maximize else np.inf
    assert solution.ok, solution.explain()
    return solution.objective


def places(problem, family):
    names = problem.row_names if family == "rows" else problem.names
    symbol, size = ("row", problem.shape[0]) if family == "rows" else ("x", problem.shape[1])
    return {name: k for k, name in enumerate(names or [f"{symbol}{k}" for k in range(size)])}


def check_limits(problem, ranging, objective):
    """Each price holds up to the end of its range, and not beyond."""
    worse = -1.0 if problem.maximize else 1.0
    seen = 0
    for family in ("rows", "bounds"):
        table, place = getattr(ranging, family), places(problem, family)
        for name, side, limit, _, left, right, start, end in zip(*table.values(), strict=True):
            for direction, price, stop in ((-1.0, left, start), (1.0, right, end)):
                where = (family, name, side, direction)
                room = abs(stop - limit)
                if np.isinf(price):
                    far = moved(problem, family, place[name], side, direction * 1e-3)
                    assert np.isinf(best(far)), where
                    continue
                inside = min(0.5 * room, 3.0)
                value = best(moved(problem, family, place[name], side, direction * inside))
                expected = objective + price * direction * inside
                assert value == pytest.approx(expected, rel=CLOSE, abs=CLOSE), where
                crosses = side != "=" and _room_to_other_side(problem, family, place[name], side, direction) <= room + 1
                if np.isfinite(room) and not crosses:
                    step = room + 1.0
                    value = best(moved(problem, family, place[name], side, direction * step))
                    assert worse * (value - objective - price * direction * step) > CLOSE, where
                seen += 1
    return seen


def _room_to_other_side(problem, family, k, side, direction):
    low, high = (problem.row_lower, problem.row_upper) if family == "rows" else (problem.lower, problem.upper)
    toward = (side == "lower") == (direction > 0)
    return high[k] - low[k] if toward else np.inf


def check_costs(problem, ranging, x):
    """The point stays best while a cost is within its range, and not beyond."""
    worse = -1.0 if problem.maximize else 1.0
    for name, _, cost, start, end in zip(*ranging.columns.values(), strict=True):
        j = places(problem, "columns")[name]
        for direction, stop in ((-1.0, start), (1.0, end)):
            room = abs(stop - cost)
            for step, stays in ((min(0.5 * room, 3.0), True), (room + 1.0, False)):
                if not np.isfinite(step):
                    continue
                c = problem.c.copy()
                c[j] += direction * step
                changed = problem.replace(c=c)
                solution = tw.solve(limited(changed), tol=1e-9)
                if solution.certificate.verdict.name == "UNBOUNDED":
                    assert not stays, (name, direction)
                    continue
                loss = worse * (changed.objective({"x": x}) - solution.objective)
                assert loss == pytest.approx(0.0, abs=CLOSE) if stays else loss > CLOSE, (name, direction, stays)


def random_program(seed, *, whole):
    """A feasible bounded program with all kinds of limits; whole numbers make it degenerate."""
    rng = np.random.default_rng(seed)
    m, n = rng.integers(2, 6), rng.integers(2, 6)
    draw = (lambda size: rng.integers(-3, 4, size).astype(float)) if whole else (lambda size: rng.normal(size=size))
    A, inside = draw((m, n)), np.abs(draw(n))
    activity = A @ inside
    gaps = np.abs(draw((2, m)))
    kind = rng.integers(0, 4, m)
    row_lower = np.where(kind == 0, -np.inf, activity - np.where(kind == 3, 0, gaps[0]))
    row_upper = np.where(kind == 1, np.inf, activity + np.where(kind == 3, 0, gaps[1]))
    return tw.LinearProgram(
        draw(n), A, row_lower=row_lower, row_upper=row_upper, lower=0, upper=inside + 4, maximize=bool(seed % 2)
    )


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_prices_hold_as_far_as_they_say_and_no_further(seed, whole):
    problem = random_program(seed, whole=whole)
    solution = tw.solve(problem, tol=1e-9)
    ranging = solution.ranging()
    assert check_limits(problem, ranging, solution.objective) > 0
    check_costs(problem, ranging, solution.x)


def with_idle_parts(seed):
    """Whole numbers; rows without limits, rows and columns without coefficients, free variables, or no rows at all."""
    rng = np.random.default_rng(seed)
    m, n = rng.integers(0, 4), rng.integers(1, 4)
    A, x = rng.integers(-2, 3, (m, n)).astype(float), rng.integers(-2, 3, n).astype(float)
    A[rng.random(m) < 0.2] = 0
    A[:, rng.random(n) < 0.2] = 0
    value, kind, gaps = np.append(A @ x, x), rng.integers(0, 5, m + n), rng.integers(0, 3, (2, m + n))
    low = np.where((kind == 0) | (kind == 4), -np.inf, value - np.where(kind == 3, 0, gaps[0]))
    high = np.where((kind == 1) | (kind == 4), np.inf, value + np.where(kind == 3, 0, gaps[1]))
    rows = {"A": A, "row_lower": low[:m], "row_upper": high[:m]} if m else {}
    push = rng.integers(0, 3, (2, m + n)) * [low == value, high == value]  # so that x is a best point
    c = np.vstack([A, np.eye(n)]).T @ (push[0] - push[1])
    maximize = bool(seed % 2)
    return tw.LinearProgram(-c if maximize else c, lower=low[m:], upper=high[m:], maximize=maximize, **rows)


@pytest.mark.parametrize("seed", range(60))
def test_of_linear_programs_nothing_is_left_unknown(seed):
    problem = with_idle_parts(seed)
    solution = tw.solve(problem, tol=tw.Tolerance(absolute=1e-12))
    assert solution.ok
    ranging = solution.ranging()
    for table, titles in ((ranging.rows, LIMITS[4:]), (ranging.bounds, LIMITS[4:]), (ranging.columns, COSTS[3:])):
        for title in titles:
            assert not np.isnan(table[title]).any(), (title, table)
    check_limits(problem, ranging, solution.objective)
    check_costs(problem, ranging, solution.x)


@pytest.mark.parametrize("seed", range(30, 50))
def test_the_linear_system_and_the_linear_programs_agree(seed):
    optimum = Optimum.of(tw.solve(random_program(seed, whole=False), tol=1e-9))
    regular, faces = Regular.of(optimum), Faces(optimum, tw.Watch())
    assert regular is not None
    for k in range(optimum.met.size):
        for side in optimum.sides(k):
            assert regular.limit(k, side) == pytest.approx(faces.limit(k, side), rel=1e-7, abs=1e-7), (k, side)
    for j in range(optimum.x.size):
        assert regular.cost(j) == pytest.approx(faces.cost(j), rel=1e-7, abs=1e-7), j


@pytest.fixture(scope="module")
def transport():
    """Two works, three towns; what is sent equals what is wanted, and one cell of the basis is 0 (degenerate)."""
    A = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1.0]])
    rows = ["north", "south", "a", "b", "c"]
    return tw.LinearProgram(
        [4, 6, 8, 5, 3, 2], A, row_lower=[None, None, 10, 20, 20], row_upper=[30, 20, None, None, None], lower=0,
        names=["na", "nb", "nc", "sa", "sb", "sc"], row_names=rows,
    )  # fmt: skip


def test_left_and_right_prices_of_a_degenerate_transport(transport):
    solution = tw.solve(transport)
    ranging = solution.ranging()
    assert check_limits(transport, ranging, solution.objective) > 0
    check_costs(transport, ranging, solution.x)
    split = [k for k, price in enumerate(ranging.rows["price"]) if np.isnan(price)]
    assert split
    assert "degenerate" in ranging.explain()


def test_equalities_that_fix_each_other_cannot_move():
    problem = tw.LinearProgram([1, 2], [[1, 1], [1, 1]], row_lower=[2, 2], row_upper=[2, 2], lower=0)
    ranging = tw.solve(problem).ranging()
    assert ranging.rows["left"] == [-np.inf, -np.inf]
    assert ranging.rows["right"] == [np.inf, np.inf]
    assert "cannot move alone" in ranging.explain()


def test_another_best_point_is_told_only_if_it_is_one():
    problem = tw.LinearProgram([1, 1], [[1, 1]], row_lower=[2], lower=0)
    ranging = tw.solve(problem).ranging()
    assert ranging.other_certificate.ok
    assert ranging.other.sum() == pytest.approx(2)
    assert np.abs(ranging.other - tw.solve(problem).x).max() > 0.5
    assert "another best point" in ranging.explain()
    unique = tw.solve(problem.replace(c=[1, 2])).ranging()
    assert unique.other is None
    degenerate = tw.LinearProgram([1, 1], [[1, 1], [1, 0], [0, 1]], row_lower=[2, 1, 1], lower=0)
    assert tw.solve(degenerate).ranging().other is None  # one point, several duals


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_prices_of_quadratic_programs(seed, maximize):
    rng = np.random.default_rng(seed)
    n, m = 5, 3
    F = rng.normal(size=(n, n))
    sign = -1.0 if maximize else 1.0
    A, inside = rng.normal(size=(m, n)), rng.uniform(0, 1, n)
    problem = tw.QuadraticProgram(
        sign * (F @ F.T), sign * 3 * rng.normal(size=n), A, row_upper=A @ inside + [0.1, 0.5, 1.0], lower=0, upper=2,
        maximize=maximize,
    )  # fmt: skip
    solution = tw.solve(problem, tol=1e-9)
    ranging = solution.ranging()
    h, tested = 1e-4, 0
    for family in ("rows", "bounds"):
        table = getattr(ranging, family)
        for name, side, limit, price, left, right, start, end in zip(*table.values(), strict=True):
            k = places(problem, family)[name]
            assert left == right == price
            ahead, back = (best(moved(problem, family, k, side, s * h)) for s in (1, -1))
            slope = (ahead - back) / (2 * h) if price else 0.0
            assert price == pytest.approx(slope, rel=1e-3, abs=1e-3), (family, name)
            if not price:
                continue
            for end_at, direction in ((start, -1.0), (end, 1.0)):
                room = abs(end_at - limit)
                across = _room_to_other_side(problem, family, k, side, direction)
                for step, same in ((min(0.5 * room, 1.0), True), (room + min(0.1, room), False)):
                    if 1e-3 < step < across:
                        there = tw.solve(moved(problem, family, k, side, direction * step), tol=1e-9)
                        if not there.ok:
                            assert not same
                            continue
                        kept = np.array_equal(Optimum.of(there).met, Optimum.of(solution).met)
                        assert kept == same, (family, name, direction)
                        tested += 1
    assert tested
    for name, value, cost, start, end in zip(*ranging.columns.values(), strict=True):
        assert start <= cost + 1e-6
        assert end >= cost - 1e-6
        if 1e-6 < value < 2 - 1e-6:
            assert end - start < 1e-5, name


@pytest.mark.parametrize("seed", [3, 5, 8, 12, 21, 30, 38])
def test_left_and_right_prices_of_degenerate_quadratic_programs(seed):
    """Whole numbers, a flat direction or two, limits that are met by accident: one-sided differences."""
    rng = np.random.default_rng(seed)
    F, A, inside = (rng.integers(low, 3, size).astype(float) for low, size in ((-2, (2, 4)), (-2, (3, 4)), (0, 4)))
    q, room = rng.integers(-4, 5, 4).astype(float), rng.integers(0, 2, 3)
    problem = tw.QuadraticProgram(F.T @ F, q, A, row_upper=A @ inside + room, lower=0, upper=3)
    solution = tw.solve(problem, tol=1e-9)
    table, step = solution.ranging().rows, 1e-5
    for name, side, left, right in zip(*(table[key] for key in ("name", "side", "left", "right")), strict=True):
        for direction, price in ((-1.0, left), (1.0, right)):
            value = best(moved(problem, "rows", places(problem, "rows")[name], side, direction * step))
            if np.isinf(price):
                assert np.isinf(value), (name, direction)
            else:
                slope = (value - solution.objective) / (direction * step)
                assert slope == pytest.approx(price, abs=2e-3), (name, direction)


def test_only_what_is_asked_for(transport):
    ranging = tw.solve(transport).ranging(rows=["a", 1], columns=[])
    assert ranging.rows["name"] == ["a", "south"]
    assert ranging.bounds["name"] == ranging.columns["name"] == []
    with pytest.raises(tw.InputError, match=r'unknown name "nort" in rows.*"north"'):
        tw.solve(transport).ranging(rows=["nort"])
    with pytest.raises(tw.InputError, match="position 7"):
        tw.solve(transport).ranging(columns=[7])


def test_out_of_time_the_rest_is_not_known(transport):
    ranging = tw.solve(transport).ranging(time_limit=1e-9)
    assert np.isnan(ranging.rows["left"]).all()
    assert ranging.explain().endswith("not all is known (time limit): nan")
    assert ranging.to_dict()["rows"]["left"][0] is None


def test_ranges_are_of_proved_points_only(transport):
    nothing = tw.solve(transport.replace(row_lower=[None, None, 10, 20, 90]))
    with pytest.raises(tw.InputError, match="INFEASIBLE"):
        nothing.ranging()
    with pytest.raises(tw.InputError, match="linear and quadratic"):
        tw.solve(tw.Fit([[1.0], [2.0]], [1.0, 2.0])).ranging()


def test_answers_of_other_solvers_are_ranged_at_a_vertex(transport):
    at_vertex = tw.solve(transport).ranging().to_dict()
    inside = tw.solve(transport, solver="interior-point").ranging().to_dict()
    assert inside["rows"]["left"] == pytest.approx(at_vertex["rows"]["left"])


def test_tables_as_text_and_as_json(transport):
    ranging = tw.solve(transport).ranging()
    assert len(ranging.table("rows").splitlines()) == 6
    assert "north" in str(ranging)
    told = json.loads(json.dumps(ranging.to_dict(), allow_nan=False))
    assert told["rows"]["name"] == ["north", "south", "a", "b", "c"]


def test_ranging_of_a_netlib_problem(netlib):
    """Afiro is degenerate in places; finite differences over the first rows."""
    problem = netlib("afiro")
    solution = tw.solve(problem, tol=1e-9)
    rows = list(problem.row_names[:8])
    ranging = solution.ranging(rows=rows, columns=[])
    assert len(ranging.rows["name"]) >= 8
    assert check_limits(problem, ranging, solution.objective) > 0
