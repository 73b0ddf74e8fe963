"""The gate of the problems: whatever cannot be used is refused with the number, the name and the cure."""

import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import thalweg as tw

NAN, INF = float("nan"), float("inf")
ONE = [[1.0], [2.0]]


def linear(*values, **options):
    return lambda: tw.LinearProgram(*values, **options)


def quadratic(*values, **options):
    return lambda: tw.QuadraticProgram(*values, **options)


def fit(*values, **options):
    return lambda: tw.Fit(*values, **options)


def frame(**columns):
    return pd.DataFrame(columns)


TWICE = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"])

REFUSED = {
    # NaN and infinity, with the place
    "c NaN": (linear([1, NAN]), "c has 1 NaN value, first at position 1"),
    "c infinite": (linear([1, INF]), "c has 1 infinite value, first at position 1"),
    "A NaN": (linear([1, 2], [[1, NAN]]), "A has 1 NaN value, first at row 0, column 1"),
    "A NaN with name": (linear([1, 2], frame(a=[1, 2], b=[1, NAN])), 'row 1, column 1 (column "b")'),
    "A NaN sparse": (linear([1, 2], sparse.csr_array([[1, NAN]])), "A has NaN at row 0, column 1"),
    "A infinite sparse": (linear([1, 2], sparse.csc_array([[1, INF]])), "A has an infinite value at row 0, column 1"),
    "bound NaN": (linear([1, 2], lower=[0, NAN], names=["a", "b"]), 'lower has NaN at "b"'),
    "bound infinite": (linear([1, 2], lower=[0, INF], names=["a", "b"]), 'lower is inf at "b"; no point'),
    "upper infinite": (linear([1, 2], upper=-INF), "upper is -inf at position 0 and 1 more"),
    "constant NaN": (linear([1], constant=NAN), "constant is nan; it must be finite"),
    "P infinite": (quadratic([[INF]], [1]), "P has 1 infinite value, first at row 0, column 0"),
    "X NaN": (fit(frame(age=[1, NAN], debt=[1, 2]), [1, 2]), '1 NaN value, first at row 1, column 0 (column "age")'),
    "X null in polars": (fit(pl.DataFrame({"age": [1, None]}), [1, 2]), 'row 1, column 0 (column "age")'),
    "X missing in pandas": (fit(frame(age=pd.array([1, None], dtype="Int64")), [1, 2]), '(column "age")'),
    "X masked": (fit(np.ma.masked_array(ONE, mask=[[0], [1]]), [1, 2]), "X is a masked array with 1 masked"),
    "y NaN": (fit(ONE, [1, NAN]), "y has 1 NaN value, first at position 1"),
    "weights NaN": (fit(ONE, [1, 2], weights=[NAN, 1]), "weights has 1 NaN value"),
    "offset NaN": (fit(ONE, [1, 2], offset=[NAN, 1]), "offset has 1 NaN value"),
    "l1 infinite": (fit(ONE, [1, 2], l1=INF), "l1 has 1 infinite value"),
    # empty
    "no variables": (linear([]), "no variables"),
    "no rows": (fit(np.empty((0, 2)), []), "X has shape (0, 2): no rows. Check the filter"),
    "no columns": (fit(np.empty((2, 0)), [1, 2]), "X has shape (2, 0): no columns"),
    # shapes
    "c two dimensions": (linear([[1, 2], [3, 4]]), "c has shape (2, 2); expected one dimension"),
    "c a number": (linear(3.0), "c has shape (); expected one dimension"),
    "c ragged": (linear([1, [2, 3]]), "c is not a rectangular array"),
    "A three dimensions": (linear([1], np.ones((1, 1, 1))), "A has shape (1, 1, 1); expected two dimensions"),
    "A too wide": (linear([1, 2], [[1, 2, 3]]), "A has shape (1, 3); expected 2 columns"),
    "A transposed": (linear([1, 2], np.ones((2, 3))), "looks transposed: pass its .T"),
    "X transposed": (fit(np.ones((2, 5)), np.ones(5)), "y has 5 entries, but X has shape (2, 5)"),
    "X transposed, cure": (fit(np.ones((2, 5)), np.ones(5)), "pass X.T"),
    "X one dimension": (fit([1, 2], [1, 2]), "X has shape (2,); expected two dimensions"),
    "y too short": (fit(ONE, [1]), "y has 1 entries, but X has shape (2, 1)"),
    "weights too short": (fit(ONE, [1, 2], weights=[1]), "weights has 1 entries; the problem has 2 rows"),
    "bounds too long": (linear([1, 2], lower=[0, 1, 2]), "lower has 3 entries; expected 2"),
    "row bounds too long": (linear([1], [[1]], row_lower=[1, 2]), "row_lower has 2 entries; expected 1"),
    "P not square": (quadratic([[1, 2, 3]], [1]), "P has shape (1, 3)"),
    "P another size": (quadratic(np.eye(3), [1, 1]), "P has shape (3, 3); expected 2 rows"),
    "P not symmetric": (quadratic([[1, 2], [0, 1]], [1, 1]), "P[0, 1] = 2 but P[1, 0] = 0. Pass (P + P.T) / 2"),
    "P one triangle": (quadratic(sparse.csc_array([[1.0, 2], [0, 1]]), [1, 1]), "P + P.T - diag(P)"),
    "rows on coefficients": (fit(ONE, [1, 2], A=[[1, 2]], row_lower=0), "A has shape (1, 2); expected 1 columns"),
    # types
    "text": (linear(["1", "2"]), "c holds text, first '1' at position 0. Convert it to numbers"),
    "text in A": (linear([1, 2], [["1", "x"]]), "A holds text, first '1' at row 0, column 0"),
    "text in X": (fit(frame(age=["1", "x"]), [1, 2]), "X column \"age\" holds text, first '1'"),
    "text in polars": (fit(pl.DataFrame({"age": ["1", "x"]}), [1, 2]), 'X column "age" holds text'),
    "categories": (fit(frame(city=pd.Categorical(["x", "y"])), [1, 2]), "column \"city\" holds text, first 'x'"),
    "dates": (fit(frame(day=pd.to_datetime(["2020-01-01", "2020-01-02"])), [1, 2]), 'X column "day" has dtype object'),
    "text labels": (fit(ONE, ["a", "b"], loss="logistic"), "y holds text, first 'a'"),
    "text bounds": (linear([1], lower=["0"]), "lower holds text, first '0'"),
    "text bound by name": (linear([1], lower={"x0": "zero"}), "lower[\"x0\"] holds text, first 'zero'"),
    "text factor by name": (fit(ONE, [1, 2], l1={"x0": "one"}), "l1[\"x0\"] holds text, first 'one'"),
    "text constant": (linear([1], constant="x"), "constant is 'x'; it must be a number"),
    "objects": (linear([{}, 1]), "dtype object with entries that are not numbers"),
    "complex": (linear([1j]), "dtype complex128; expected real numbers"),
    "complex sparse": (linear([1], sparse.csc_array([[1j]])), "dtype complex128"),
    "time": (linear(np.array(["2020-01-01"], dtype="M8[D]")), "dtype datetime64"),
    "lazy frame": (fit(pl.LazyFrame({"a": [1]}), [1]), "lazy frame; collect it first"),
    "sense as text": (linear([1], maximize="no"), "maximize is 'no'; pass True or False"),
    "intercept as text": (fit(ONE, [1, 2], intercept="no"), "intercept is 'no'; pass True or False"),
    # names
    "name twice": (linear([1, 2], names=["a", "a"]), 'names lists "a" more than once'),
    "row name twice": (linear([1], [[1], [2]], row_names=["r", "r"]), 'row_names lists "r" more than once'),
    "too few names": (linear([1, 2], names=["a"]), "names lists 1 names; expected 2"),
    "column twice": (fit(TWICE, [1, 2]), 'more than one column "a"'),
    "column of A twice": (linear([1, 2], TWICE), 'more than one column "a"'),
    "unknown name": (
        linear([1, 2], lower={"bb": 0}, names=["a", "b"]),
        'unknown name "bb" in lower. Did you mean "b"?',
    ),
    "unknown feature": (fit(frame(income=[1.0, 2]), [1, 2], upper={"incme": 0}), 'Did you mean "income"?'),
    "unknown factor": (fit(frame(income=[1.0, 2]), [1, 2], l2={"incme": 0}), 'unknown name "incme" in l2'),
    "unnamed rows": (linear([1], [[1]], row_lower={"x0": 0}), 'unknown name "x0" in row_lower. Known: row0'),
    "unnamed variables": (linear([1, 2], lower={"b": 0}), 'unknown name "b" in lower. Known: x0, x1'),
    "columns in another order": (
        quadratic(frame(a=[1.0, 0], b=[0.0, 1]), [1, 2], frame(b=[1.0], a=[2.0])),
        'column 0 of A is "b", but variable 0 of the problem is "a"',
    ),
    "features in another order": (
        fit(frame(a=[1.0, 0], b=[0.0, 1]), [1, 2], A=frame(b=[1.0], a=[2.0]), row_lower=0),
        'column 0 of A is "b"',
    ),
    # values
    "unknown loss": (fit(ONE, [1, 2], loss="logstic"), 'unknown loss "logstic". Did you mean "logistic"?'),
    "no loss": (fit(ONE, [1, 2], loss=None), "loss is None; pass"),
    "labels 1 and 2": (fit(ONE, [1, 2], loss="logistic"), "outside [0, 1], first 2 at row 1"),
    "negative factor": (fit(frame(age=[1.0, 2]), [1, 2], l1=-1), 'l1 is -1 for "age"'),
    "negative weight": (fit(ONE, [1, 2], weights=[-1, 1]), "weights has 1 negative values, first -1 at row 0"),
}
CONTRADICTIONS = {
    "bounds": (linear([1, 2], lower=[0, 3], upper=2, names=["a", "b"]), 'for 1 of 2 variables: "b" (lower 3, upper 2)'),
    "bounds without names": (linear([1, 2], lower=[0, 3], upper=2), "x1 (lower 3, upper 2)"),
    "many bounds": (linear(np.ones(30), lower=2, upper=1), "for 30 of 30 variables: x0 (lower 2, upper 1)"),
    "many bounds, counted": (linear(np.ones(30), lower=2, upper=1), "and 25 more"),
    "rows": (
        linear([1], [[1]], row_lower=2, row_upper=1, row_names=["r"]),
        'row_lower > row_upper for 1 of 1 rows: "r"',
    ),
    "coefficients": (fit(frame(age=[1.0, 2]), [1, 2], lower={"age": 2}, upper={"age": 1}), '"age" (lower 2, upper 1)'),
    "one class": (fit(ONE, [1, 1], loss="logistic"), "one class only (1, 2 rows); logistic regression needs two"),
    "one class with weight": (fit(ONE, [1, 0], loss="logistic", weights=[1, 0]), "one class only"),
    "no weight": (fit(ONE, [1, 2], weights=[0, 0]), "all weights are zero"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused(case):
    make, words = REFUSED[case]
    with pytest.raises(tw.InputError) as caught:
        make()
    assert words in str(caught.value)


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_contradicts_itself_is_refused(case):
    make, words = CONTRADICTIONS[case]
    with pytest.raises(tw.ProblemError) as caught:
        make()
    assert words in str(caught.value)


FRAMES = {
    "pandas": frame(age=[1.0, 2.0, 4.0], debt=[1, 3, 2], young=[True, False, True]),
    "pandas, nullable": frame(age=[1.0, 2.0, 4.0], debt=[1, 3, 2], young=[1, 0, 1]).convert_dtypes(),
    "polars": pl.DataFrame({"age": [1.0, 2.0, 4.0], "debt": [1, 3, 2], "young": [True, False, True]}),
    "arrow": pa.table({"age": [1.0, 2.0, 4.0], "debt": [1, 3, 2], "young": [True, False, True]}),
}
VALUES = [[1, 1, 1], [2, 3, 0], [4, 2, 1]]


@pytest.mark.parametrize("kind", FRAMES)
def test_data_frames_keep_their_names(kind):
    problem = tw.Fit(FRAMES[kind], [1, 2, 3], lower={"debt": -1})
    assert problem.names == ("age", "debt", "young")
    assert problem.X.X.tolist() == VALUES
    assert problem.lower.tolist() == [-np.inf, -1, -np.inf]
    program = tw.LinearProgram([1, 2, 3], FRAMES[kind])
    assert program.names == ("age", "debt", "young")
    assert program.A.tolist() == VALUES


@pytest.mark.parametrize(
    "series", [pd.Series([1, 2, 3]), pl.Series([1, 2, 3]), pl.DataFrame({"y": [1, 2, 3]}), [[1], [2], [3]]]
)
def test_a_column_of_any_kind_is_a_vector(series):
    assert tw.Fit(VALUES, series).y.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "values",
    [
        (1, 2),
        [np.float32(1), 2],
        [decimal.Decimal(1), 2],
        np.array([1, 2], dtype=np.int8),
        np.array([1, 2], dtype=object),
        pd.Series([1, 2], dtype="Int64"),
    ],
)
def test_numbers_of_any_type_are_numbers(values):
    program = tw.LinearProgram(values)
    assert program.c.dtype == np.float64
    assert program.c.tolist() == [1, 2]


@pytest.mark.parametrize("form", ["csr_array", "csc_matrix", "coo_array", "lil_array", "dok_array", "dia_array"])
def test_every_sparse_format_is_read(form):
    A = getattr(sparse, form)(np.array([[1.0, 0.0], [2.0, 3.0]]))
    assert tw.LinearProgram([1, 2], A).A.toarray().tolist() == [[1, 0], [2, 3]]


@pytest.mark.parametrize("none", [None, [None, None], np.inf, 1e20, 9.999999999999998e19])
def test_every_way_to_write_no_limit(none):
    assert np.isposinf(tw.LinearProgram([1, 2], upper=none).upper).all()


def test_what_was_handed_over_is_not_changed():
    c, A, lower = np.array([1.0, 2.0]), np.array([[1.0, 2.0]]), np.array([-1e20, 0.0])
    tw.solve(tw.LinearProgram(c, A, row_lower=[1.0], lower=lower, upper=5))
    assert (c.tolist(), A.tolist(), lower.tolist()) == ([1, 2], [[1, 2]], [-1e20, 0])


@pytest.mark.parametrize(
    "problem",
    [tw.LinearProgram([1.0]), tw.QuadraticProgram([[1.0]], [1.0]), tw.Fit(ONE, [1, 2])],
    ids=lambda p: type(p).__name__,
)
def test_rows_may_be_added_later(problem):
    with_rows = problem.replace(A=[[1.0]], row_lower=[2.0])
    assert (with_rows.row_lower.tolist(), with_rows.row_upper.tolist()) == ([2], [np.inf])
    with pytest.raises(tw.InputError, match="row_lower has 1 entries; expected 2"):
        with_rows.replace(A=[[1.0], [2.0]])


def test_the_ends_of_the_range_and_wrong_kinds_have_named_errors():
    with pytest.raises(tw.InputError, match="not symmetric"):
        tw.QuadraticProgram([[1e308, 1e308], [0.9e308, 1e308]], [1, 0])
    with pytest.raises(tw.InputError, match="constant"):
        tw.LinearProgram([1], constant=10**400)
    with pytest.raises(tw.InputError, match="assumption-free"):
        tw.solve(tw.LinearProgram([1.0], lower=0), proof=[1])
    with pytest.raises(tw.InputError, match="list of problems"):
        tw.solve_many(3)
