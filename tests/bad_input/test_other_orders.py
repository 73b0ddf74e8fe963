"""Labels in another order, of whatever kind and wherever they are written: followed or refused, never ignored."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.starting import start_of

pd = pytest.importorskip("pandas")
COUNTED = pd.Series([10.0, 20.0, 30.0])
SHUFFLED = pd.DataFrame(np.ones((1, 3)), columns=[2, 0, 1])
PAIR = pd.DataFrame([[1.0, 1.0]], columns=["a", "b"], index=["r"])
NAMED = tw.LinearProgram([1.0, 1.0], PAIR, row_lower=7, lower=0)
PLAIN = tw.LinearProgram([1.0, 1.0], [[1.0, 1.0]], row_lower=7, lower=0)
TURNED = pd.Series([2.0, 1.0], index=["b", "a"])
BLOCK = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "b"], index=["r", "s"])


@pytest.mark.parametrize("counted", [COUNTED, COUNTED.set_axis([0.0, 1.0, 2.0]), COUNTED.to_frame("u")])
def test_a_series_that_counts_goes_by_label_where_these_are_the_names(counted):
    ones = np.ones(3)
    assert tw.LinearProgram(ones, SHUFFLED, lower=counted).lower.tolist() == [30.0, 10.0, 20.0]
    assert tw.LinearProgram(counted, SHUFFLED).c.tolist() == [30.0, 10.0, 20.0]
    assert tw.LinearProgram(counted, names=["2", "1", "0"]).c.tolist() == [30.0, 20.0, 10.0]
    assert tw.LinearProgram(counted, lower=COUNTED.set_axis(["2", "1", "0"])).c.tolist() == [30.0, 20.0, 10.0]
    assert tw.QuadraticProgram(np.eye(3), counted, SHUFFLED).q.tolist() == [30.0, 10.0, 20.0]
    whole = tw.MixedIntegerProgram(ones, SHUFFLED, integer=counted == 10.0)
    assert whole.integer.tolist() == [False, True, False]


def test_a_series_that_counts_goes_by_position_where_names_are_others():
    assert tw.LinearProgram(COUNTED, names=[1, 2, 3]).c.tolist() == [10.0, 20.0, 30.0]
    table = pd.DataFrame(np.ones((3, 1)), index=[1, 2, 3])
    assert tw.LinearProgram([1.0], table, row_upper=COUNTED).row_upper.tolist() == [10.0, 20.0, 30.0]


def test_rows_that_are_counted_in_another_order_are_refused():
    table = pd.DataFrame(np.ones((3, 1)), index=[2, 0, 1])
    with pytest.raises(tw.InputError, match=r"row 0 of A is 2: .*row_upper\.loc\[A\.index\]"):
        tw.LinearProgram([1.0], table, row_upper=COUNTED)
    followed = tw.LinearProgram([1.0], table, row_upper=COUNTED.loc[table.index])
    assert followed.row_upper.tolist() == [30.0, 10.0, 20.0]
    names = ["0", "1", "2"]
    with pytest.raises(tw.InputError, match=r"A\.rename\(index=str\)\.loc\[list\(row_names\)\]"):
        tw.LinearProgram([1.0], table, row_names=names)
    assert tw.LinearProgram([1.0], table.rename(index=str).loc[names], row_names=names).row_names == tuple(names)


@pytest.mark.parametrize("table", [TURNED.to_frame("u"), TURNED.to_frame("u").T])
def test_tables_of_one_column_or_one_row_are_series(table):
    rows = PAIR.T.set_axis(["v"], axis=1)
    for side in ("lower", "upper"):
        assert getattr(tw.LinearProgram([1, 1], PAIR, **{side: table}), side).tolist() == [1.0, 2.0]
        assert getattr(tw.LinearProgram([1], rows, **{f"row_{side}": table}), f"row_{side}").tolist() == [1.0, 2.0]
    assert tw.LinearProgram(table, PAIR).c.tolist() == [1.0, 2.0]
    assert tw.LinearProgram(table).names == ("b", "a")
    assert tw.QuadraticProgram(np.eye(2), table, PAIR).q.tolist() == [1.0, 2.0]
    assert tw.MixedIntegerProgram([1, 1], PAIR, integer=table == 2.0).integer.tolist() == [False, True]


@pytest.mark.parametrize("make", [lambda s: s, lambda s: s.to_frame("u"), lambda s: s.to_frame("u").T])
def test_answers_and_starts_go_by_label(make):
    answer, duals = make(pd.Series([4.0, 3.0], index=["b", "a"])), pd.DataFrame({"u": [1.0]}, index=["r"])
    claim = tw.Claim({"x": answer}, {"row_dual": duals})
    for certificate in (tw.certify(NAMED.replace(c=[1, 2]), x=answer), tw.certify(NAMED.replace(c=[1, 2]), claim)):
        assert certificate.objective == 11.0
    assert tw.certify(NAMED, x=answer, duals=duals).ok
    assert start_of(NAMED, {"x": answer}).values["x"].tolist() == [3.0, 4.0]
    called = make(pd.Series([4.0, 3.0], index=["x1", "x0"]))
    assert tw.certify(PLAIN.replace(c=[1, 2]), x=called).objective == 11.0
    assert start_of(PLAIN, {"x": called}).values["x"].tolist() == [3.0, 4.0]


@pytest.mark.parametrize("problem", [NAMED, PLAIN])
def test_answers_with_labels_of_others_are_refused(problem):
    counted = pd.Series([4.0, 3.0])
    assert tw.certify(problem, x=counted, duals=pd.Series([1.0])).ok
    assert start_of(problem, {"x": counted}).values["x"].tolist() == [4.0, 3.0]
    with pytest.raises(tw.InputError, match="x has the index 1, 0"):
        tw.certify(problem, x=counted[::-1])
    for other in (counted[::-1], counted.set_axis(["u", "v"])):
        with pytest.raises(tw.InputError, match=r'start\["x"\]'):
            tw.solve(problem, start={"x": other})
        with pytest.raises(tw.InputError, match=r"has the index|unknown name"):
            tw.certify(problem, tw.Claim({"x": other}))
    for name in ("duals", "ray"):
        with pytest.raises(tw.InputError, match=f"{name} has the index 5"):
            tw.certify(problem, x=counted, **{name: pd.Series([1.0], index=[5])})
        with pytest.raises(tw.InputError, match=f'unknown name "other" in "{name}"'):
            tw.certify(problem, x=counted, **{name: pd.Series([1.0], index=["other"])})
    numbers = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=7, lower=0, names=["1", "0"])
    assert tw.certify(numbers, x=counted).objective == 3.0 + 2 * 4.0


def test_answers_may_have_the_labels_of_the_only_block_of_a_model():
    model = tw.Model()
    x = model.variable("x", index=["a", "b"], lower=0)
    model.add(x >= pd.Series({"a": 1.0, "b": 2.0}), name="need")
    model.minimize(x.weighted(pd.Series({"a": 1.0, "b": 10.0})))
    problem, turned = model.problem(), pd.Series({"b": 2.0, "a": 1.0})
    certificate = tw.certify(problem, x=turned, duals=pd.Series({"b": 10.0, "a": 1.0}))
    assert certificate.ok and certificate.objective == 21.0
    assert start_of(problem, {"x": turned}).values["x"].tolist() == [1.0, 2.0]
    with pytest.raises(tw.InputError, match='unknown name "c"'):
        tw.certify(problem, x=turned.rename({"b": "c"}))


def test_coefficients_by_class_are_taken_as_they_stand_and_refused_in_another_order():
    X = pd.DataFrame({"u": [0.0, 1.0, 2.0, 3.0], "v": [1.0, 0.0, 1.0, 0.0]})
    fit = tw.MultinomialFit(X, [0, 1, 0, 2], l2=1.0, class_names=["red", "blue", "green"])
    coef = pd.DataFrame(np.ones((3, 2)), index=list(fit.class_names), columns=["u", "v"])
    start = {"coef": coef, "intercept": pd.Series([1.0, 2.0, 3.0], index=list(fit.class_names)[::-1])}
    assert start_of(fit, start).values["intercept"].tolist() == [3.0, 2.0, 1.0]
    for turned, noun in ((coef[["v", "u"]], "column"), (coef[::-1], "row")):
        with pytest.raises(tw.InputError, match=f"{noun} 0 of coef"):
            tw.certify(fit, coef=turned, intercept=[0.0, 0.0, 0.0])
    line = tw.Fit(X, [1.0, 2.0, 3.0, 5.0])
    with pytest.raises(tw.InputError, match="coef has the index 1, 0"):
        tw.certify(line, coef=pd.Series([1.0, 2.0], index=[1, 0]), intercept=pd.Series([1.0], index=["const"]))


def test_costs_and_right_hand_sides_in_the_manner_of_scipy_go_by_label():
    p = tw.LinearProgram.from_scipy(TURNED, BLOCK, pd.Series([20.0, 10.0], index=["s", "r"]))
    assert (p.names, p.row_names) == (("a", "b"), ("r", "s"))
    assert p.c.tolist() == [1.0, 2.0] and p.row_upper.tolist() == [10.0, 20.0]
    equal = tw.LinearProgram.from_scipy(TURNED, [[1, 1]], [7], BLOCK, pd.DataFrame({"v": [20, 10]}, index=["s", "r"]))
    assert equal.row_names == ("row0", "r", "s") and equal.row_lower.tolist() == [-np.inf, 10.0, 20.0]
    P = pd.DataFrame(np.eye(2), ["a", "b"], ["a", "b"])
    for table in (None, BLOCK, pd.DataFrame(BLOCK.to_numpy())):
        b = None if table is None else [1, 2]
        q = tw.QuadraticProgram.from_scipy(P, TURNED, table, b)
        assert q.names == ("a", "b") and q.q.tolist() == [1.0, 2.0]
    bounds = pd.DataFrame({"min": [1.0, 0.0], "max": [3.0, 2.0]}, index=["b", "a"])
    boxed = tw.LinearProgram.from_scipy([1, 2], BLOCK, [1, 2], bounds=bounds)
    assert boxed.lower.tolist() == [0.0, 1.0] and boxed.upper.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ("c has the index 1, 0", {"c": pd.Series([1.0, 2.0], index=[1, 0])}),
        ("row 0 of A_ub is 1", {"A_ub": BLOCK.set_axis([1, 0]), "b_ub": pd.Series([1.0, 2.0])}),
        ("b_ub has the index 1, 0", {"A_ub": BLOCK, "b_ub": pd.Series([1.0, 2.0], index=[1, 0])}),
        ('unknown name "t" in b_ub', {"A_ub": BLOCK, "b_ub": pd.Series([1.0, 2.0], index=["t", "r"])}),
        (r"A_eq\[list\(A_ub.columns\)\]", {"A_ub": BLOCK, "b_ub": [1, 2], "A_eq": BLOCK[["b", "a"]], "b_eq": [1, 2]}),
        ('the same label "r"', {"A_ub": BLOCK, "b_ub": [1, 2], "A_eq": BLOCK, "b_eq": [1, 2]}),
        ("bounds comes as a series", {"bounds": pd.Series([(0, 1), (0, 2)], index=["b", "a"])}),
        ("bounds comes as a series", {"bounds": (TURNED, TURNED)}),
    ],
)
def test_what_scipy_would_ignore_is_refused(told, given):
    with pytest.raises(tw.InputError, match=told):
        tw.LinearProgram.from_scipy(**{"c": [1.0, 2.0], **given})


def test_a_name_means_one_place():
    with pytest.raises(tw.InputError, match=r'column 0 of A is "b", .*Rename'):
        tw.LinearProgram([1, 1], pd.DataFrame([[1.0, 1.0]], columns=["b", "z"]), names=["a", "b"])
    with pytest.raises(tw.InputError, match='row 0 of A is "s"'):
        tw.LinearProgram([1, 1], BLOCK.set_axis(["s", "z"]), row_names=["r", "s"])
    assert tw.LinearProgram([1, 1], BLOCK, names=["a", "c"]).names == ("a", "c")


@pytest.mark.parametrize(("index", "columns"), [([1, 0], [0, 1]), ([0, 1], [1, 0]), (["z", "a"], ["a", "b"])])
def test_products_whose_rows_are_in_another_order_are_refused(index, columns):
    with pytest.raises(tw.InputError, match="of P is"):
        tw.QuadraticProgram(pd.DataFrame(np.diag([1.0, 4.0]), index, columns), [1.0, 1.0])
    assert tw.QuadraticProgram(pd.DataFrame(np.diag([1.0, 4.0]), columns=["b", "a"]), TURNED).q.tolist() == [2.0, 1.0]


def test_products_with_numbers_as_labels_are_refused_with_a_cure_that_runs():
    P, names = pd.DataFrame(np.diag([1.0, 4.0]), [1, 0], [1, 0]), ["0", "1"]
    with pytest.raises(tw.InputError, match=r"P\.rename\(index=str, columns=str\)\.loc"):
        tw.QuadraticProgram(P, [1.0, 1.0], names=names)
    cured = P.rename(index=str, columns=str).loc[names, names]
    assert tw.QuadraticProgram(cured, [1.0, 1.0], names=names).P[0, 0] == 4.0


def test_whole_numbers_name_the_variables_if_nothing_else_does():
    whole = pd.Series([True, False], index=["b", "a"])
    p = tw.MixedIntegerProgram([1.0, 1.0], [[1.0, 1.0]], integer=whole)
    assert p.names == ("b", "a") and p.integer.tolist() == [True, False]


@pytest.mark.parametrize("lower", [{1: 10.0, "1": 20.0}, {"x1": 1.0, "x[1]": 2.0}])
def test_a_limit_given_twice_is_refused(lower):
    names = ["0", "1"] if 1 in lower else None
    with pytest.raises(tw.InputError, match="twice, in two spellings"):
        tw.LinearProgram([1.0, 1.0], lower=lower, names=names)


def test_tables_without_row_labels_go_by_position_unless_their_columns_are_the_names_in_another_order():
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    table = pl.DataFrame({"a": [1.0], "b": [1.0]})
    limits = {"lower": pl.Series([1.0, 2.0]), "upper": pl.DataFrame({"u": [3.0, 4.0]})}
    for costs in (pa.table({"u": [1.0, 2.0]}), pl.DataFrame({"a": [1.0], "b": [2.0]}), pl.DataFrame([[1.0], [2.0]])):
        p = tw.LinearProgram(costs, table, row_upper=pa.table({"u": [1.0]}), **limits)
        assert (p.c.tolist(), p.lower.tolist(), p.upper.tolist()) == ([1.0, 2.0], [1.0, 2.0], [3.0, 4.0])
    for turned in (pl.DataFrame({"b": [1.0], "a": [2.0]}), pa.table({"b": [1.0], "a": [2.0]})):
        with pytest.raises(tw.InputError, match='column 0 of c is "b"'):
            tw.LinearProgram(turned, table)
        with pytest.raises(tw.InputError, match='column 0 of upper is "b"'):
            tw.LinearProgram([1.0, 1.0], table, upper=turned)
