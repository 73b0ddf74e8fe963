"""tw.write: what is read back is what was written, to the last digit; what a format cannot hold is refused."""

import gzip
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import thalweg as tw

SUFFIXES = [".mps", ".mps.gz", ".qps", ".lp", ".lp.gz"]


def assert_same(one, other) -> None:
    """Assert that two programs are equal, number by number; names count only where the first has some."""
    for part in ("q", "row_lower", "row_upper", "lower", "upper"):
        assert np.array_equal(getattr(one, part), getattr(other, part)), part
    assert (one.constant, one.maximize, one.shape) == (other.constant, other.maximize, other.shape)
    assert_equal(one.A, other.A)
    zero = sparse.csc_array((one.q.size, one.q.size))
    assert_equal(*(zero if p.P is None else p.P for p in (one, other)))
    assert one.names in (None, other.names)
    assert one.row_names in (None, other.row_names)


def assert_equal(one, other) -> None:
    assert one.shape == other.shape
    assert (sparse.csc_array(one) != sparse.csc_array(other)).nnz == 0


def again(problem, path):
    """Write and read."""
    tw.write(problem, path, overwrite=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*has no coefficient")  # of LP files
        return tw.read(path)


EVERYTHING = tw.QuadraticProgram(
    [[2.0, 1 / 3, 0.0, 0.0], [1 / 3, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1e-9]],
    [0.1, -1e17, 0.0, 0.0],
    [[1, 0.1, 0, 0], [0, 0, 0, 0], [1, 2, 0, 4], [0, 1 / 3, 0, 0], [-1, 0, 0, 0]],
    row_lower=[-np.inf, 1.0, -np.inf, 0.7, -2.5],
    row_upper=[4.0, np.inf, np.inf, 0.7, np.inf],
    lower=[0.0, -np.inf, -1.5, 3.0],
    upper=[np.inf, np.inf, -0.25, 3.0],
    constant=-0.3,
    names=["alpha", "b_2", "c(1,2)", "d.e"],
    row_names=["first", "empty", "no_limit", "equal", "RHS"],
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("maximize", [False, True])
def test_every_kind_of_row_bound_and_term(tmp_path, suffix, maximize):
    problem = EVERYTHING.replace(maximize=maximize)
    assert_same(problem, again(problem, tmp_path / f"all{suffix}"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_without_names(tmp_path, suffix):
    problem = EVERYTHING.replace(names=None, row_names=None)
    found = again(problem, tmp_path / f"all{suffix}")
    assert_same(problem, found)
    assert (found.names[:2], found.row_names[:2]) == (("x0", "x1"), ("row0", "row1"))


def test_the_smallest_and_largest_numbers_in_mps(tmp_path):
    problem = tw.LinearProgram([5e-324, 1.7e308], [[1e-300, 1e300]], row_lower=1e-310, lower=[-5e-324, 0], upper=9.9e18)
    assert_same(problem, again(problem, tmp_path / "extreme.mps"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_rows(tmp_path, suffix):
    problem = tw.LinearProgram([1.0, 0.0], lower=[-1.0, 0.0], upper=[None, 0.0], constant=1e10)
    assert_same(problem, again(problem, tmp_path / f"rows{suffix}"))


def test_the_names_that_are_written_beside_those_of_the_program_differ_from_them(tmp_path):
    taken = ["COST", "RHS", "BND", "obj", "COST_"]
    problem = tw.LinearProgram(
        np.arange(5.0), np.eye(5), row_lower=2, row_upper=5, lower=-1, upper=9, constant=3, names=taken, row_names=taken
    )
    assert_same(problem, again(problem, tmp_path / "taken.mps"))
    one_sided = problem.replace(row_upper=None)
    assert_same(one_sided, again(one_sided, tmp_path / "taken.lp"))


def test_any_text_without_blanks_is_a_name_in_mps(tmp_path):
    names = ["größe", "x[1,2]", "-5", "1e5", "a*b", "\u00a0", "\u2028", "ENDATA", "RANGES", "$", "*x", "inf"]
    n = len(names)
    problem = tw.LinearProgram(np.ones(n), np.eye(n), row_lower=-1, lower=-1, upper=2, names=names, row_names=names)
    assert_same(problem, again(problem, tmp_path / "names.mps"))


@pytest.mark.parametrize(
    ("name", "suffix", "words"),
    [
        ("a b", ".mps", ["'a b'", "blank", "tw.save"]),
        ("", ".mps", ["empty"]),
        ("a\tb", ".mps", ["control"]),
        ("\ud800", ".mps", ["Unicode"]),
        ("'MARKER'", ".mps", ["integer variables"]),
        ("a b", ".lp", ["'a b'", "letters, digits", "tw.save"]),
        ("x[1]", ".lp", ["'x[1]'", ".mps"]),
        ("größe", ".lp", [".mps"]),
        ("1x", ".lp", ["begin"]),
        (".x", ".lp", ["begin"]),
        ("e5", ".lp", ["exponent"]),
        ("Free", ".lp", ["keyword"]),
        ("s.t.", ".lp", ["keyword"]),
        ("a" * 256, ".lp", ["256 characters"]),
        ("", ".lp", ["letters"]),
    ],
)
@pytest.mark.parametrize("part", ["names", "row_names"])
def test_names_that_a_format_cannot_hold(tmp_path, name, suffix, words, part):
    problem = tw.LinearProgram([1.0], [[1.0]], **{part: [name]})
    path = tmp_path / f"name{suffix}"
    with pytest.raises(tw.InputError) as caught:
        tw.write(problem, path)
    noun = "variable 0" if part == "names" else "row 0"
    for word in [*words, noun, f"problem.replace({part}=[...])"]:
        assert word in str(caught.value)
    assert not path.exists()


def test_two_sided_rows(tmp_path):
    problem = tw.LinearProgram([1.0], [[1.0], [2.0]], row_lower=[0.1, -5], row_upper=[0.7, 1e-3], row_names=["r", "s"])
    assert_same(problem, again(problem, tmp_path / "range.mps"))
    with pytest.raises(tw.InputError, match=r'"r" lies between 0\.1 and 0\.7 \(2 such of 2\)\. Write an MPS file'):
        tw.write(problem, tmp_path / "range.lp")


def test_limits_that_mps_cannot_hold_to_the_last_digit_are_named(tmp_path):
    upper = np.nextafter(1.0, 2.0)
    problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[-1.0], row_upper=[upper], row_names=["odd"])
    with pytest.warns(
        UserWarning, match=r'1 of 1 rows move by rounding: "odd" \(-1\.0 to 1\.0000000000000002\)'
    ) as said:
        tw.write(problem, tmp_path / "odd.mps")
    assert said[0].filename == __file__
    found = tw.read(tmp_path / "odd.mps")
    assert (found.row_lower[0], found.row_upper[0]) == (-1.0, 1.0)


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "kept.mps"
    path.write_text("precious")
    with pytest.raises(tw.InputError, match="exists already"):
        tw.write(EVERYTHING, path)
    assert path.read_text() == "precious"
    tw.write(EVERYTHING, path, overwrite=True)
    assert tw.read(path).shape == (5, 4)


@pytest.mark.parametrize("name", ["model.json", "model", "model.gz", "model.npz"])
def test_unknown_suffixes(tmp_path, name):
    with pytest.raises(tw.InputError, match=r"Known: \.mps"):
        tw.write(EVERYTHING, tmp_path / name)


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(tw.InputError, match=r"got Fit\. tw\.save keeps"):
        tw.write(tw.Fit([[1.0]], [1.0]), tmp_path / "fit.mps")
    with pytest.raises(tw.InputError, match="the folder does not exist"):
        tw.write(EVERYTHING, tmp_path / "nowhere" / "a.mps")
    with pytest.raises(tw.InputError, match="5 is not a path"):
        tw.write(EVERYTHING, 5)


def test_the_same_program_is_the_same_file(tmp_path):
    for name in ("a.mps.gz", "b.mps.gz"):
        tw.write(EVERYTHING, tmp_path / name)
    one, other = ((tmp_path / name).read_bytes() for name in ("a.mps.gz", "b.mps.gz"))
    assert one == other
    assert gzip.decompress(one).startswith(b"* Written by thalweg.\nNAME program\nROWS\n N COST\n")


numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e18, 1e18))
moderate = st.one_of(st.integers(-3, 3).map(float), st.floats(1e-9, 1e14), st.floats(-1e14, -1e-9))  # for HiGHS
sides = st.one_of(numbers, st.sampled_from([-np.inf, np.inf]))


@st.composite
def programs(draw, coefficients=numbers):
    """Any program: empty rows and columns, no rows, free and fixed ones, infinite limits."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    vector = lambda size, of: np.array(draw(st.lists(of, min_size=size, max_size=size)), dtype=float)  # noqa: E731
    A = vector(m * n, st.one_of(st.just(0.0), coefficients)).reshape(m, n)
    common = {"constant": draw(numbers), "maximize": draw(st.booleans())}
    for name, size in (("", n), ("row_", m)):
        pairs = np.sort(np.column_stack([vector(size, sides), vector(size, sides)]), axis=1)
        same = vector(size, st.sampled_from([0.0, 1.0])) == 1
        pairs[same, 1] = pairs[same, 0]
        common[f"{name}lower"] = np.where(pairs[:, 0] == np.inf, 0.0, pairs[:, 0])
        common[f"{name}upper"] = np.where(np.isneginf(pairs[:, 1]) | (pairs[:, 0] == np.inf), np.inf, pairs[:, 1])
    if draw(st.booleans()):
        return tw.LinearProgram(vector(n, coefficients), A, **common)
    P = np.tril(vector(n * n, st.one_of(st.just(0.0), coefficients)).reshape(n, n))
    return tw.QuadraticProgram(P + np.tril(P, -1).T, vector(n, coefficients), A, **common)


@settings(max_examples=300, deadline=None)
@given(problem=programs())
def test_any_program_as_mps(problem, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.mps"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = again(problem, path)
    if not said:
        return assert_same(problem, found)
    two = np.isfinite(problem.row_lower) & np.isfinite(problem.row_upper)
    assert "move by rounding" in str(said[0].message)
    assert_same(problem.replace(row_upper=found.row_upper), found)
    lower, upper, read = problem.row_lower[two], problem.row_upper[two], found.row_upper[two]
    return np.testing.assert_array_less(abs(upper - read), 2 * np.spacing(np.maximum(abs(lower), abs(upper))))


@settings(max_examples=150, deadline=None)
@given(problem=programs(moderate))
def test_any_program_as_lp(problem, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.lp"
    two = np.isfinite(problem.row_lower) & np.isfinite(problem.row_upper) & (problem.row_lower != problem.row_upper)
    problem = problem.replace(row_upper=np.where(two, np.inf, problem.row_upper))
    assert_same(problem, again(problem, path))


def underscored(names) -> list[str]:
    return [name.replace(" ", "_") for name in names]


odd = st.sampled_from("aEe5.inf*$ \t\\:<>=+-/^[](){},;'\"!#&%@?_`~|é\u00a0\u2028\x00\x85")
names = st.lists(st.one_of(st.text(max_size=5), st.text(odd, max_size=6)), min_size=1, max_size=4, unique=True)


@settings(max_examples=400, deadline=None)
@given(names=names, suffix=st.sampled_from([".mps", ".lp"]))
def test_any_name_is_kept_or_refused(names, suffix, tmp_path_factory):
    n = len(names)
    problem = tw.LinearProgram(np.arange(1.0, n + 1), np.eye(n), row_lower=-3, lower=-5, names=names, row_names=names)
    try:
        found = again(problem, tmp_path_factory.getbasetemp() / f"names{suffix}")
    except tw.InputError as error:
        assert "files cannot hold the name" in str(error)  # not: cannot be read
    else:
        assert_same(problem, found)


@pytest.mark.parametrize("folder", ["netlib", "infeasible"])
def test_real_programs(data, tmp_path, folder):
    for source in sorted((data / "lpqp" / folder).glob("*.mps.gz")):
        problem = tw.read(source)
        if any(" " in name for name in (*problem.names, *problem.row_names)):
            problem = problem.replace(**{part: underscored(getattr(problem, part)) for part in ("names", "row_names")})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*move by rounding")
            found = again(problem, tmp_path / "again.mps")
        assert_same(problem.replace(row_upper=found.row_upper), found)
        assert np.allclose(problem.row_upper, found.row_upper, rtol=1e-15, atol=0)


def test_real_quadratic_programs(data, tmp_path):
    loadmat = pytest.importorskip("scipy.io").loadmat
    paths = [p for p in sorted((data / "lpqp" / "maros_meszaros").glob("*.mat")) if p.stat().st_size < 100_000]
    assert len(paths) >= 50
    for path in paths:
        mat = loadmat(path)
        limits = {"row_lower": mat["l"].ravel(), "row_upper": mat["u"].ravel(), "constant": float(mat["r"].squeeze())}
        problem = tw.QuadraticProgram(mat["P"], mat["q"].ravel(), mat["A"], **limits)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*move by rounding")
            found = again(problem, tmp_path / "again.qps")
        assert_same(problem.replace(row_upper=found.row_upper), found)
        assert np.allclose(problem.row_upper, found.row_upper, rtol=1e-15, atol=0)


def test_highs_reads_the_same(tmp_path):
    highspy = pytest.importorskip("highspy")
    tw.write(EVERYTHING, tmp_path / "all.mps")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("small_matrix_value", 1e-12)
    assert highs.readModel(str(tmp_path / "all.mps")) == highspy.HighsStatus.kOk
    lp = highs.getLp()
    assert tuple(lp.row_names_) == EVERYTHING.row_names
    for ours, theirs in (("row_lower", "row_lower_"), ("row_upper", "row_upper_"), ("lower", "col_lower_")):
        assert np.array_equal(getattr(EVERYTHING, ours), getattr(lp, theirs))
    assert lp.offset_ == EVERYTHING.constant
