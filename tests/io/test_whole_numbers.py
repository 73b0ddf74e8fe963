"""Mixed-integer programs as MPS and LP files: what is read back is what was written, also by HiGHS."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import thalweg as tw

PARTS = ("c", "row_lower", "row_upper", "lower", "upper", "integer")
SIDES = (-np.inf, -2.0, 0.0, 1.0, 7.0, np.inf)
LIMITS = [(low, up) for low, up in itertools.product(SIDES, SIDES) if low <= up and low < np.inf and up > -np.inf]


def assert_same(one, other) -> None:
    """Assert that two programs are equal, number by number."""
    for part in PARTS:
        assert np.array_equal(getattr(one, part), getattr(other, part)), part
    assert (one.constant, one.maximize, one.shape) == (other.constant, other.maximize, other.shape)
    assert (sparse.csc_array(one.A) != sparse.csc_array(other.A)).nnz == 0
    assert one.names in (None, other.names)


def again(problem, path):
    """Write and read."""
    tw.write(problem, path, overwrite=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*has no coefficient")  # of LP files
        return tw.read(path)


def by_highs(path):
    """The model that HiGHS reads."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    return highs.getLp()


@pytest.mark.parametrize("suffix", [".mps", ".mps.gz", ".lp", ".lp.gz"])
@pytest.mark.parametrize("maximize", [False, True])
def test_every_pair_of_limits(tmp_path, suffix, maximize):
    lower, upper = np.array(LIMITS * 2).T
    n = lower.size
    integer = np.arange(n) < n // 2
    problem = tw.MixedIntegerProgram(
        np.arange(n) / 3, np.eye(n), row_upper=9, lower=lower, upper=upper, integer=integer, maximize=maximize
    )
    path = tmp_path / f"limits{suffix}"
    assert_same(problem, again(problem, path))
    if suffix != ".lp.gz":  # which HiGHS does not open
        lp = by_highs(path)
        assert np.array_equal(lp.col_lower_, lower)
        assert np.array_equal(lp.col_upper_, upper)
        assert [int(kind) for kind in lp.integrality_] == integer.tolist()


def test_an_integer_variable_without_limits_is_not_read_as_binary(tmp_path):
    problem = tw.MixedIntegerProgram([1.0], [[2.0]], row_lower=7, lower=0)
    assert again(problem, tmp_path / "one.mps").upper[0] == np.inf
    assert " PL BND x0\n" in (tmp_path / "one.mps").read_text()


def test_markers_stand_round_each_run_of_integer_variables(tmp_path):
    problem = tw.MixedIntegerProgram(np.ones(6), lower=0, upper=1, integer=[True, True, False, True, False, True])
    tw.write(problem, tmp_path / "runs.mps")
    words = [line.split() for line in (tmp_path / "runs.mps").read_text().splitlines()]
    told = [word[-1] if "'MARKER'" in word else word[0] for word in words if "'MARKER'" in word or "COST" in word[1:2]]
    runs = [["x0", "x1"], "x2", ["x3"], "x4", ["x5"]]
    expected = [name for run in runs for name in ([run] if isinstance(run, str) else ["'INTORG'", *run, "'INTEND'"])]
    assert [name for name in told if name != "N"] == expected


def test_the_sections_of_an_lp_file(tmp_path):
    problem = tw.MixedIntegerProgram(
        [1, 1, 1, 1], [[1, 1, 1, 1]], row_lower=1, lower=0, upper=[1, 1, 2, None], integer=[True, False, True, True]
    )
    assert_same(problem, again(problem, tmp_path / "sections.lp"))
    text = (tmp_path / "sections.lp").read_text()
    assert text.endswith("general\n  x2 x3\nbinary\n  x0\nend\n")


def test_lp_files_of_others(tmp_path):
    path = tmp_path / "other.lp"
    path.write_text(
        "max\n obj: 3 x + 2 y + z + w\nst\n c: x + y + z + w <= 4.5\nbounds\n y <= 3\n z <= 2\nGenerals\n y\n"
        "Binaries\n x\nSemi-continuous\n z\nend\n"
    )
    with pytest.raises(tw.InputError, match=r'other\.lp: "z" is semi-continuous'):
        tw.read(path)
    path.write_text(path.read_text().replace("Semi-continuous\n z\n", ""))
    problem = tw.read(path)
    assert problem.integer.tolist() == [True, True, False, False]
    assert problem.upper.tolist() == [1, 3, 2, np.inf]
    assert tw.solve(problem).objective == pytest.approx(3 + 6 + 0.5)
    path.write_text(path.read_text().replace("+ w\nst", "+ w + [ y ^ 2 ] / 2\nst"))
    with pytest.raises(tw.InputError, match=r'"x" is an integer variable \(2 such of 4\).*squares.*not supported'):
        tw.read(path)


numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(1e-9, 1e14), st.floats(-1e14, -1e-9))
sides = st.one_of(st.integers(-5, 5).map(float), numbers, st.sampled_from([-np.inf, np.inf]))


@st.composite
def programs(draw):
    """Any program whose rows have one side or two equal ones, which LP files hold as well."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    vector = lambda size, of: np.array(draw(st.lists(of, min_size=size, max_size=size)))  # noqa: E731
    integer = vector(n, st.booleans()).astype(bool)
    low, up = np.sort([vector(n, sides), vector(n, sides)], axis=0)
    low, up = np.where(low == np.inf, 0.0, low), np.where(up == -np.inf, 0.0, up)
    low, up = np.where(integer, np.floor(low), low), np.where(integer, np.ceil(up), up)
    side, kind = vector(m, numbers), vector(m, st.integers(0, 2))
    limits = {"row_lower": np.where(kind == 0, -np.inf, side), "row_upper": np.where(kind == 1, np.inf, side)}
    A = vector(m * n, st.one_of(st.just(0.0), numbers)).reshape(m, n)
    common = {"constant": draw(numbers), "maximize": draw(st.booleans()), "integer": integer}
    return tw.MixedIntegerProgram(vector(n, numbers), A, **limits, lower=low, upper=up, **common)


@settings(max_examples=300, deadline=None)
@given(problem=programs(), suffix=st.sampled_from([".mps", ".lp"]))
def test_any_program(problem, suffix, tmp_path_factory):
    found = again(problem, tmp_path_factory.getbasetemp() / f"any{suffix}")
    if problem.integer.any():
        assert_same(problem, found)
    else:
        assert isinstance(found, tw.LinearProgram)


@st.composite
def names(draw):
    odd = st.sampled_from("MARKERaEe5'\"._[](){},;!#$%&/|~")
    return draw(st.lists(st.text(odd, min_size=1, max_size=8), min_size=2, max_size=4, unique=True))


@settings(max_examples=150, deadline=None)
@given(names=names(), suffix=st.sampled_from([".mps", ".lp"]))
def test_any_name_is_kept_or_refused(names, suffix, tmp_path_factory):
    n = len(names)
    limits = {"lower": 0, "upper": [*[1] * (n - 1), 9]}
    problem = tw.MixedIntegerProgram(np.arange(1.0, n + 1), np.eye(n), row_lower=-3, names=names, **limits)
    try:
        found = again(problem, tmp_path_factory.getbasetemp() / f"names{suffix}")
    except tw.InputError as error:
        assert "files cannot hold the name" in str(error)
    else:
        assert_same(problem, found)
