"""Numbers at the ends of the float range: a program file holds them to the last digit, or they are refused by name."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import thalweg as tw

LARGEST, TINIEST = float(np.finfo(float).max), 5e-324
EXTREMES = [LARGEST, -1.7e308, 1e100, 1e20, -1e16, 1e15, 1e-9, 1.1e-12, 1e-12, -1e-300, TINIEST, -TINIEST, -0.0]
NAMES = ["x", "e", "x(1,2)", "NAME", "RHS", "COST", "obj", "a.b", "#", "$", "'q'", "y;", "infx", "BND", "|", "FR"]


def dense(matrix, size: int):
    if matrix is None:
        return np.zeros((size, size))
    return matrix.toarray() if sparse.issparse(matrix) else np.asarray(matrix)


def assert_same(one, other) -> None:
    """Assert that two programs are equal, number by number; names count only where the first has some."""
    n = one.q.size
    for part in ("q", "row_lower", "row_upper", "lower", "upper"):
        assert np.array_equal(getattr(one, part), getattr(other, part)), part
    assert np.array_equal(dense(one.A, n), dense(other.A, n))
    assert np.array_equal(dense(one.P, n), dense(other.P, n))
    assert (one.constant, one.maximize, one.shape) == (other.constant, other.maximize, other.shape)
    nowhere = np.zeros(n, dtype=bool)
    assert np.array_equal(getattr(one, "integer", nowhere), getattr(other, "integer", nowhere))
    assert one.names in (None, other.names)
    assert one.row_names in (None, other.row_names)


def again(problem, path):
    """Write and read."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(has no coefficient|move by rounding)")
        tw.write(problem, path, overwrite=True)
        return tw.read(path)


@pytest.mark.parametrize("number", EXTREMES)
def test_every_place_of_an_mps_file_holds_them(tmp_path, number):
    limit = abs(number) if abs(number) < 1e19 else 2.0
    common = {"row_lower": [-limit, -np.inf], "row_upper": [np.inf, limit], "lower": -limit, "upper": limit}
    for maximize in (False, True):
        common |= {"constant": number, "maximize": maximize}
        for P in ([[number, 1.0], [1.0, 0.0]], [[0.0, number], [number, 1.0]]):
            problem = tw.QuadraticProgram(P, [number, 1.0], [[number, 1.0], [0.0, 0.0]], **common)
            assert_same(problem, again(problem, tmp_path / "extreme.mps"))


@pytest.mark.parametrize("limit", [1e19, 1e20, 1e30, LARGEST])
@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_huge_limits_are_none_on_both_ways(tmp_path, limit, suffix):
    sides = {"row_lower": [-limit, 1.0], "row_upper": [2.0, limit], "lower": [-limit, 0.0], "upper": [1.0, limit]}
    problem = tw.LinearProgram([1.0, 1.0], [[1.0, 2.0], [1.0, 1.0]], **sides)
    assert np.isinf([problem.row_lower[0], problem.row_upper[1], problem.lower[0], problem.upper[1]]).all()
    assert_same(problem, again(problem, tmp_path / f"limits{suffix}"))


@pytest.mark.parametrize("number", [LARGEST, 1e30, -1e20, 1e15, 1.1e-12])
def test_lp_files_hold_large_entries_and_costs(tmp_path, number):
    problem = tw.LinearProgram([number, TINIEST], [[number, 1.0]], row_upper=1.0, constant=number, maximize=True)
    assert_same(problem, again(problem, tmp_path / "large.lp"))


@pytest.mark.parametrize("number", [LARGEST / 4, -1e30, 1e15, 1.1e-12])
def test_lp_files_hold_large_entries_of_P(tmp_path, number):
    for P in ([[number, 0.0], [0.0, 1.0]], [[1.0, number], [number, 1.0]]):
        problem = tw.QuadraticProgram(P, [1.0, 0.0], [[1.0, 1.0]], row_upper=1.0)
        assert_same(problem, again(problem, tmp_path / "large.lp"))


@pytest.mark.parametrize("number", [1e-12, -9e-13, 1e-300, TINIEST])
def test_entries_that_the_reader_of_lp_files_drops_are_refused_at_writing(tmp_path, number):
    path = tmp_path / "small.lp"
    problem = tw.LinearProgram([1.0, number], [[1.0, 0.0], [2.0, number]], names=["x", "y"], row_names=["r", "s"])
    with pytest.raises(tw.InputError, match=rf'A\["s", "y"\] = {number!r} \(1 such of 3\): .*up to 1e-12.*\.mps'):
        tw.write(problem, path)
    quadratic = tw.QuadraticProgram([[1.0, number], [number, 1.0]], [1.0, 1.0])
    with pytest.raises(tw.InputError, match=rf'P\["x1", "x0"\] = {number!r} \(2 such of 4\): .*up to 1e-12.*\.mps'):
        tw.write(quadratic, path)
    assert not path.exists()


@pytest.mark.parametrize("number", [LARGEST, -1e308, 5e307])
def test_entries_that_overflow_in_the_reader_of_lp_files_are_refused_at_writing(tmp_path, number):
    for P in ([[number, 0.0], [0.0, 1.0]], [[1.0, number], [number, 1.0]]):
        with pytest.raises(tw.InputError, match=r'P\["x[01]", "x0"\] = .*overflows above 4\.494e\+307\..*\.mps'):
            tw.write(tw.QuadraticProgram(P, [1.0, 1.0]), tmp_path / "large.lp")


numbers = st.one_of(st.sampled_from(EXTREMES), st.integers(-3, 3).map(float), st.floats(-1e14, 1e14))
sides = st.one_of(st.floats(-9e18, 9e18), st.sampled_from([-np.inf, np.inf, 0.0, 1.0, TINIEST, -0.0, -1e18]))


@st.composite
def programs(draw):
    """Any program: empty rows and columns, free, integer and fixed variables, no objective, ranges, odd names."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    vector = lambda size, of: np.array(draw(st.lists(of, min_size=size, max_size=size)))  # noqa: E731
    common = {"constant": draw(numbers), "maximize": draw(st.booleans())}
    integer = vector(n, st.booleans()).astype(bool)
    for name, size in (("", n), ("row_", m)):
        low, up = np.sort([vector(size, sides), vector(size, sides)], axis=0)
        low, up = np.where(low == np.inf, 0.0, low), np.where(up == -np.inf, 0.0, up)
        one_sided = vector(size, st.booleans()).astype(bool) if name else np.zeros(size, dtype=bool)
        common |= {f"{name}lower": np.where(one_sided, -np.inf, low), f"{name}upper": up}
        drawn = draw(st.lists(st.sampled_from(NAMES), min_size=size, max_size=size, unique=True))
        common[f"{name}names"] = drawn if draw(st.booleans()) else None
    A = vector(m * n, st.one_of(st.just(0.0), numbers)).reshape(m, n)
    q = np.zeros(n) if draw(st.booleans()) else vector(n, numbers)
    kind = draw(st.sampled_from(["linear", "quadratic", "integer"]))
    if kind == "quadratic":
        P = np.tril(vector(n * n, st.one_of(st.just(0.0), numbers)).reshape(n, n))
        return tw.QuadraticProgram(P + np.tril(P, -1).T, q, A, **common)
    if kind == "linear" or not integer.any():
        return tw.LinearProgram(q, A, **common)
    common["lower"] = np.where(integer, np.floor(common["lower"]), common["lower"])
    common["upper"] = np.where(integer, np.ceil(common["upper"]), common["upper"])
    return tw.MixedIntegerProgram(q, A, integer=integer, **common)


@settings(max_examples=400, deadline=None)
@given(problem=programs(), suffix=st.sampled_from([".mps", ".lp"]))
def test_any_program_is_kept_or_refused_by_name(problem, suffix, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / f"extreme{suffix}"
    try:
        found = again(problem, path)
    except tw.InputError as error:
        assert suffix == ".lp"
        assert str(error).startswith("LP files cannot hold")
        return
    if suffix == ".mps":  # holds two-sided rows up to rounding, and warns of it
        two = np.isfinite(problem.row_lower) & np.isfinite(problem.row_upper)
        unit = np.spacing(np.maximum(abs(problem.row_lower[two]), abs(problem.row_upper[two])))
        assert (abs(problem.row_lower[two] - found.row_lower[two]) <= 2 * unit).all()
        assert (abs(problem.row_upper[two] - found.row_upper[two]) <= 2 * unit).all()
        moved = {
            side: np.where(two, getattr(found, side), getattr(problem, side)) for side in ("row_lower", "row_upper")
        }
        problem = problem.replace(**moved)
    assert_same(problem, found)
