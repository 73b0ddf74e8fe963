"""Our reader of MPS files says what HiGHS' reader says, on real data and on programs made up by hypothesis."""

import gzip
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import thalweg as tw
from thalweg.io.mps import parse

EXAMPLES = Path(__file__).parents[2] / "examples"


def by_highs(data: bytes, folder) -> dict:
    """What HiGHS makes of the same bytes."""
    import highspy

    path = folder / "highs.mps"
    path.write_bytes(data)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("small_matrix_value", 1e-12)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    model = highs.getModel()
    lp, hessian = model.lp_, model.hessian_
    n = lp.num_col_
    P = compressed(hessian, (n, n)) if hessian.dim_ else sparse.csc_array((n, n))
    return {
        "names": tuple(lp.col_names_),
        "row_names": tuple(lp.row_names_),
        "cost": np.array(lp.col_cost_),
        "A": compressed(lp.a_matrix_, (lp.num_row_, n)),
        "P": P + sparse.tril(P, -1).T,
        "row_lower": np.array(lp.row_lower_),
        "row_upper": np.array(lp.row_upper_),
        "lower": np.array(lp.col_lower_),
        "upper": np.array(lp.col_upper_),
        "constant": lp.offset_,
        "maximize": lp.sense_.name == "kMaximize",
        "integer": np.array([int(kind) == 1 for kind in lp.integrality_] or [False] * n),
    }


def compressed(matrix, shape) -> sparse.csc_array:
    return sparse.csc_array((np.array(matrix.value_), np.array(matrix.index_, int), np.array(matrix.start_)), shape)


def by_us(data: bytes) -> dict:
    parsed = parse(data, "file.mps")
    n = parsed.cost.size
    limits = {
        side: np.where(abs(values) >= 1e19, np.copysign(np.inf, values), values)
        for side, values in parsed.limits.items()
    }
    return {
        "names": tuple(parsed.names),
        "row_names": tuple(parsed.row_names),
        "cost": parsed.cost,
        "A": sparse.csc_array(parsed.A),
        "P": sparse.csc_array((n, n) if parsed.P is None else parsed.P),
        **limits,
        "constant": parsed.constant,
        "maximize": parsed.maximize,
        "integer": parsed.integer,
    }


def assert_same(data: bytes, folder) -> None:
    ours, theirs = by_us(data), by_highs(data, folder)
    assert ours.keys() == theirs.keys()
    for part, value in theirs.items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(ours[part], value), part
        elif sparse.issparse(value):
            assert abs(ours[part] - value).nnz == 0, part
        else:
            assert ours[part] == value, part


@pytest.mark.parametrize("folder", ["netlib", "infeasible"])
def test_real_data(data, tmp_path, folder):
    paths = sorted((data / "lpqp" / folder).glob("*.mps.gz"))
    assert len(paths) >= 20
    for path in paths:
        assert_same(gzip.decompress(path.read_bytes()), tmp_path)
        assert isinstance(tw.read(path), tw.LinearProgram)


def test_small_files(mps, qps, tmp_path):
    for text in (mps, qps, (EXAMPLES / "diet.mps").read_text()):
        assert_same(text.encode(), tmp_path)


numbers = st.one_of(
    st.integers(-50, 50).map(float),
    st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-9),
)
limits = st.one_of(numbers, st.sampled_from([1e20, 1e30, np.inf]))


def pair(row, value) -> str:
    return f" {row} {value!r}"


@st.composite
def texts(draw) -> str:
    """Write a valid file: every kind of row, bound and section, lines of one or two pairs, sets with names or none."""
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    kinds = draw(st.lists(st.sampled_from("NLGE"), min_size=m, max_size=m))
    lines = [
        "NAME made",
        *draw(st.sampled_from([[], ["OBJSENSE", " MAX"], ["OBJSENSE MIN"], ["OBJSENSE", " MAXIMIZE"]])),
    ]
    lines += ["ROWS", " N COST", *(f" {kind} R{i}" for i, kind in enumerate(kinds)), "COLUMNS"]
    rows = ["COST", *(f"R{i}" for i in range(m))]
    whole = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    for j, (before, here) in enumerate(pairwise([False, *whole])):
        lines += markers(before, here)
        used = draw(st.lists(st.sampled_from(rows), unique=True, min_size=1))
        lines += entries(draw, f"x{j}", used, numbers)
    lines += markers(whole[-1], False)
    limited = [f"R{i}" for i, kind in enumerate(kinds) if kind != "N"]
    with_rhs = draw(st.lists(st.sampled_from(["COST", *limited]), unique=True))
    lines += ["RHS", *entries(draw, draw(st.sampled_from(["RHS", "B1"])), with_rhs, numbers)]
    with_range = draw(st.lists(st.sampled_from(limited), unique=True)) if limited else []
    lines += ["RANGES", *entries(draw, "RNG", with_range, numbers), "BOUNDS"]
    for j in range(n):
        lines += bounds(draw, f"x{j}", draw(st.sampled_from(["BND ", ""])))
    lines += draw(st.sampled_from([[], quadratic(draw, n)]))
    return "\n".join([*lines, "ENDATA", ""])


def markers(before: bool, here: bool) -> list[str]:
    """What stands between two variables, of which none, one or both are integer."""
    return [f" M1 'MARKER' '{'INTORG' if here else 'INTEND'}'"] if before != here else []


def entries(draw, first, names, values) -> list[str]:
    """Lines of one or two pairs."""
    lines, rest = [], list(names)
    while rest:
        taken = [rest.pop() for _ in range(min(len(rest), draw(st.integers(1, 2))))]
        lines.append(f" {first}" + "".join(pair(name, draw(values)) for name in taken))
    return lines


def bounds(draw, variable, name_of_set) -> list[str]:
    """At most one lower and one upper bound; HiGHS reads a negative upper bound alone otherwise than others do."""
    low = draw(numbers)
    choices = [
        [],
        [f" LO {name_of_set}{variable} {low!r}"],
        [f" UP {name_of_set}{variable} {abs(draw(limits))!r}"],
        [f" LO {name_of_set}{variable} {low!r}", f" UP {name_of_set}{variable} {draw(limits)!r}"],
        [f" UP {name_of_set}{variable} {draw(numbers)!r}", f" LO {name_of_set}{variable} {-abs(draw(limits))!r}"],
        [f" MI {name_of_set}{variable}", f" UP {name_of_set}{variable} {low!r}"],
        [f" FX {name_of_set}{variable} {low!r}"],
        [f" {draw(st.sampled_from(['FR', 'MI', 'PL', 'BV']))} {name_of_set}{variable}"],
        [f" LI {name_of_set}{variable} {draw(st.integers(-9, 9))}"],
        [f" UI {name_of_set}{variable} {draw(st.integers(0, 9))}"],
    ]
    return draw(st.sampled_from(choices))


def quadratic(draw, n) -> list[str]:
    places = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), unique_by=lambda p: (min(p), max(p)))
    )
    if draw(st.booleans()):
        return [
            draw(st.sampled_from(["QUADOBJ", "QSECTION COST"])),
            *(f" x{i} x{j} {draw(numbers)!r}" for i, j in places),
        ]
    both = {place: draw(numbers) for place in places}
    both |= {(j, i): value for (i, j), value in both.items()}
    return ["QMATRIX", *(f" x{i} x{j} {value!r}" for (i, j), value in both.items())]


@settings(max_examples=300, deadline=None)
@given(text=texts())
def test_generated_programs(text, tmp_path_factory):
    assert_same(text.encode(), tmp_path_factory.getbasetemp())
