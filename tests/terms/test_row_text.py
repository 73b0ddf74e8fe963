"""Rows by text: generated expressions agree with a slow reference; what is no linear row is refused at its place."""

import pickle
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import thalweg as tw
from thalweg.terms import row_sums, row_text
from thalweg.terms.row_text import rows_of

NAMES = ("a", "income", "mean age", "x.y", "आय", "dollar$", 'q"`', ")", "+", "1", "intercept rate", "e5", "x0")
PLAIN = {"a", "income", "x.y", "आय", "e5", "x0"}
OPERATORS = {"<=": (False, True), ">=": (True, False), "==": (True, True)}


# An expression is a tree: ("number", text), ("name", j), ("sign", s, e), ("+" | "-" | "*" | "/", e, e).

NUMBERS = st.one_of(
    st.integers(0, 99).map(str),
    st.decimals(0, 1000, places=3).map(str),
    st.tuples(st.integers(0, 99), st.integers(-8, 8)).map(lambda pair: f"{pair[0]}.5e{pair[1]}"),
    st.sampled_from(["0", ".5", "2.", "1E3", "1e+2", "0.1", "3e-5"]),
).map(lambda text: ("number", text))


def joined(parts, operators):
    return st.tuples(st.sampled_from(operators), parts, parts)


def signed(parts):
    return st.tuples(st.just("sign"), st.sampled_from("+-"), parts)


CONSTANTS = st.recursive(NUMBERS, lambda inner: st.one_of(joined(inner, "+-*"), signed(inner)), max_leaves=4)
DIVISORS = CONSTANTS.filter(lambda tree: value(tree, None) != 0)


def linear_over(inner):
    return st.one_of(
        joined(inner, "+-"),
        signed(inner),
        st.tuples(st.just("*"), CONSTANTS, inner),
        st.tuples(st.just("*"), inner, CONSTANTS),
        st.tuples(st.just("/"), inner, DIVISORS),
    )


LINEAR = st.recursive(
    st.one_of(st.integers(0, len(NAMES) - 1).map(lambda j: ("name", j)), NUMBERS), linear_over, max_leaves=8
)
POINTS = st.lists(st.fractions(-5, 5, max_denominator=8), min_size=len(NAMES), max_size=len(NAMES))
STYLES = st.integers(0, 2**32).map(Random)  # where blanks, quotes and needless parentheses stand


def value(tree, point):
    """The slow reference: the tree at a point, in fractions."""
    kind, *rest = tree
    if kind == "number":
        return Fraction(rest[0])
    if kind == "name":
        return point[rest[0]]
    if kind == "sign":
        return value(rest[1], point) * (-1 if rest[0] == "-" else 1)
    left, right = value(rest[0], point), value(rest[1], point)
    if kind in "+-":
        return left + right if kind == "+" else left - right
    return left * right if kind == "*" else left / right


LEVEL = {"+": 0, "-": 0, "*": 1, "/": 1, "sign": 2, "name": 3, "number": 3}


def written(tree, rng, level=0):
    """The tree as text, with parentheses where they are needed, and now and then where they are not."""
    kind, *rest = tree
    if kind == "number":
        text = rest[0]
    elif kind == "name":
        text = quoted(NAMES[rest[0]], rng)
    elif kind == "sign":
        text = rest[0] + blank(rng) + written(rest[1], rng, 2)
    else:
        own = LEVEL[kind]
        text = written(rest[0], rng, own) + blank(rng) + kind + blank(rng) + written(rest[1], rng, own + 1)
    if LEVEL[kind] < level or rng.random() < 0.1:
        text = "(" + blank(rng) + text + blank(rng) + ")"
    return text


def quoted(name, rng):
    marks = ["`", '"', *([""] if name in PLAIN else [])]
    mark = rng.choice(marks)
    return mark + (name.replace(mark, 2 * mark) if mark else name) + mark


def blank(rng):
    return rng.choice(["", "", " ", "  ", "\n", "\t"])


def mentions(tree):
    return tree[0] == "name" or any(mentions(part) for part in tree[1:] if isinstance(part, tuple))


def coefficients(tree):
    """Constant and coefficients of a linear tree, from its values at 0 and at the unit points."""
    zero = [Fraction(0)] * len(NAMES)
    constant = value(tree, zero)
    units = [[Fraction(int(i == j)) for i in range(len(NAMES))] for j in range(len(NAMES))]
    return constant, [value(tree, unit) - constant for unit in units]


def finite(*trees):
    """Whether no constant is so large that it counts as infinite."""
    return all(abs(coefficients(tree)[0]) < 10**18 for tree in trees)


def named(tree, j):
    """The tree plus so much of one name that nothing cancels it."""
    return ("+", tree, ("*", ("number", "777777777.7"), ("name", j)))


@given(LINEAR, st.sampled_from(list(OPERATORS)), LINEAR, STYLES)
def test_generated_comparisons_agree_with_the_reference(left, operator, right, rng):
    assume(finite(("-", left, right)))
    text = written(left, rng) + blank(rng) + operator + blank(rng) + written(right, rng)
    constant, weights = coefficients(("-", left, right))
    if not any(weights):
        with pytest.raises(tw.InputError, match=r"all coefficients cancel|there is no name"):
            rows_of(text, NAMES)
        return
    sign = 1 if mentions(left) else -1  # of "1 <= a" the row is a
    rows = rows_of([text], NAMES)
    at_least, at_most = OPERATORS[operator] if sign > 0 else OPERATORS[operator][::-1]
    assert_array_equal(rows.A, [[float(sign * weight) for weight in weights]])
    assert_array_equal(rows.row_lower, [float(-sign * constant) if at_least else -np.inf])
    assert_array_equal(rows.row_upper, [float(-sign * constant) if at_most else np.inf])
    assert rows.row_names == (text.strip(),)


@given(CONSTANTS, LINEAR, CONSTANTS, st.sampled_from(["<=", ">="]), STYLES)
def test_generated_two_sided_rows_agree_with_the_reference(first, middle, last, operator, rng):
    middle = named(middle, 3)
    assume(finite(("-", middle, first), ("-", middle, last)))
    constant, weights = coefficients(middle)
    text = operator.join(written(tree, rng) for tree in (first, middle, last))
    low, high = (first, last) if operator == "<=" else (last, first)
    rows = rows_of(text, NAMES)
    assert_array_equal(rows.A, [[float(weight) for weight in weights]])
    assert_array_equal(rows.row_lower, [float(value(low, None) - constant)])
    assert_array_equal(rows.row_upper, [float(value(high, None) - constant)])


@given(st.lists(LINEAR, min_size=3, max_size=5), POINTS, STYLES)
def test_generated_chains_are_as_far_from_violation_as_their_comparisons(sides, point, rng):
    sides[1::2] = [named(tree, j) for j, tree in enumerate(sides[1::2])]
    pairs = list(pairwise(sides))
    assume(finite(*[("-", left, right) for left, right in pairs]))
    rows = rows_of("<=".join(written(tree, rng) for tree in sides), NAMES)
    assert len(set(rows.row_names)) == len(rows.row_names) <= len(pairs)
    spare = [spare_of(rows, i, point) for i in range(len(rows.row_names))]
    expected = [value(right, point) - value(left, point) for left, right in pairs]
    size = 1 + max(abs(coefficients(tree)[0]) + 5 * sum(map(abs, coefficients(tree)[1])) for tree in sides)
    assert float(min(spare)) == pytest.approx(float(min(expected)), abs=float(size) * 1e-12)


def spare_of(rows, i, point):
    """How far a point is from the nearer limit of a row, in fractions; negative outside."""
    here = sum(Fraction(weight) * x for weight, x in zip(rows.A[i].tolist(), point, strict=True))
    ends = ((rows.row_upper[i], 1), (rows.row_lower[i], -1))
    return min(side * (Fraction(end) - here) for end, side in ends if np.isfinite(end))


@given(st.text(st.sampled_from("ab12.e+-*/()<>=!`\"' \n,[]{}:;_日٣−≤"), max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        rows = rows_of(text, ["a", "b"])
    except tw.InputError as error:
        assert str(error)
    else:
        assert np.isfinite(rows.A).all()
        assert rows.A.any(axis=1).all()
        assert not np.isnan([rows.row_lower, rows.row_upper]).any()


def test_the_left_side_keeps_its_sign_and_constants_move():
    rows = rows_of(["a >= 2*b + 1", "1 >= a", "0 <= a + b - 1 <= 1", "a == 3*(b - 1)/2"], ["a", "b"])
    assert_array_equal(rows.A, [[1, -2], [1, 0], [1, 1], [1, -1.5]])
    assert_array_equal(rows.row_lower, [1, -np.inf, 1, -1.5])
    assert_array_equal(rows.row_upper, [np.inf, 1, 2, -1.5])


def test_numbers_are_rounded_once():
    rows = rows_of("a*0.1 + a*0.2 + b/3 <= 0.1 + 0.2", ["a", "b"])
    assert_array_equal(rows.A, [[0.3, 1 / 3]])
    assert rows.row_upper[0] == 0.3


def test_chains_of_names_make_rows_with_labels_of_their_own():
    rows = rows_of(["a <= b <= c", "0 <= a <= 1 <= b"], ["a", "b", "c"])
    assert rows.row_names == (
        "a <= b <= c [a <= b]",
        "a <= b <= c [b <= c]",
        "0 <= a <= 1 <= b [0 <= a <= 1]",
        "0 <= a <= 1 <= b [1 <= b]",
    )
    assert_array_equal(rows.A, [[1, -1, 0], [0, 1, -1], [1, 0, 0], [0, 1, 0]])
    assert_array_equal(rows.row_lower, [-np.inf, -np.inf, 0, 1])
    assert_array_equal(rows.row_upper, [0, 0, 1, np.inf])


def test_a_text_given_twice_has_two_labels():
    rows = rows_of(["a <= 1", "a <= 1", " a <= 1"], ["a"])
    assert rows.row_names == ("a <= 1", "a <= 1 (2)", "a <= 1 (3)")
    inside_a_name = rows_of(["`n (2)` <= n", "`n (2)` <= n", "`n (2)` <= n"], ["n", "n (2)"])
    assert len(set(inside_a_name.row_names)) == 3


def test_no_texts_make_no_rows():
    rows = rows_of([], ["a", "b"])
    assert rows.A.shape == (0, 2)
    assert rows.row_names == ()


def test_names_are_compared_as_they_are_written():
    names = ["<script>", "a\nb", "x" * 300, "\u202edlog", "😀", "é", "e\u0301"]
    for j, name in enumerate(names):
        assert_array_equal(rows_of(f"`{name}` >= 0", names).A, [np.eye(len(names))[j]])


REFUSED = [
    ("a ** 2 <= 1", "**", "powers are not linear"),
    ("a^2 <= 1", "^", "powers are not linear"),
    ("a < 1", "<", 'Write "<="'),
    ("a > 1", ">", 'Write ">="'),
    ("a != 1", "!=", "no convex set"),
    ("a = 1", "=", 'Write "=="'),
    ("a === 1", "=", 'Write "=="'),
    ("a => 1", "=>", 'Write ">="'),
    ("a ≤ 1", "≤", 'Write "<="'),
    ("a − b <= 1", "−", 'Write "-"'),
    ("a*b <= 1", "*", "a product of two names is not linear"),
    ("a*(1 + 0*b) <= 1", "*", "a product of two names is not linear"),
    ("1/a <= 1", "/", "division by a name is not linear"),
    ("a/0 <= 1", "/", "division by zero"),
    ("a/(2 - 2) <= 1", "/", "division by zero"),
    ("0 <= 1", "<=", "there is no name"),
    ("0 >= 1", ">=", "there is no name"),
    ("0 <= 1 <= a", "<=", "there is no name"),
    ("a - a <= 1", "<=", "all coefficients cancel"),
    ("a >= a", ">=", "all coefficients cancel"),
    ("0*a == 0", "==", "all coefficients cancel"),
    ("a + b", "", "there is no comparison"),
    ("incme >= a", "incme", 'unknown name "incme". Did you mean "income"? Known: a, b, income'),
    ("`mean agee` <= 1", "`mean agee`", 'Did you mean "mean age"?'),
    ("intercept <= 1", "intercept", "the intercept cannot be limited"),
    ("a + (Intercept) <= 1", "Intercept", "the intercept cannot be limited"),
    ("`(intercept)` <= 1", "`(intercept)`", "the intercept cannot be limited"),
    ("0 <= a >= -1", ">=", "<= and >= stand in one chain"),
    ("2a <= 1", "a", 'Write "2*a" for products'),
    ("a b <= 1", "b", "an operator is missing"),
    ("mean age <= 1", "mean", 'unknown name "mean". A name with blanks or signs stands in backticks: `mean age`. '),
    ("b <= age", "age", "stands in backticks: `mean age`"),
    ("b[0] <= 1", "[", '"x0", "x1"'),
    ("a(b) <= 1", "(", "an operator is missing"),
    ("(a <= 1", "<=", 'expected ")" for the parenthesis at character 1'),
    ("(a <= 1)", "<=", 'expected ")"'),
    ("a) <= 1", ")", "never opened"),
    ("a + () <= 1", ")", "a number or a name is missing"),
    ("<= 1", "<=", "a side is missing"),
    ("a <=", "", "a side is missing"),
    ("a + <= 1", "<=", "a side is missing"),
    ("a <= 1, b <= 1", ",", "each constraint is a text of its own"),
    ("a <= 1,5", ",", "decimals are written with a point"),
    ("a <= 1; b <= 1", ";", "each constraint is a text of its own"),
    ("a <= 1_000", "_000", "an operator is missing"),
    ("a <= ٣", "٣", "has no meaning"),
    ("`a <= 1", "`", "never closed"),
    ("1e400*a <= 1", "1e400", "too large for float64"),
    ("1e300*(1e300*a) <= 1", "<=", "too large for float64"),
    ("1e-400*a <= 1", "1e-400", "too small for float64"),
    ("1e-300*(1e-300*a) <= 1", "<=", "rounds it to 0"),
    ("a <= 1e20", "<=", "1e+19 and more counts as infinite"),
    ("a <= inf", "inf", "unknown name"),
]


@pytest.mark.parametrize(("text", "place", "why"), REFUSED)
def test_what_is_no_linear_row_is_refused_at_its_place(text, place, why):
    with pytest.raises(tw.InputError) as caught:
        rows_of(["b >= 0", text], ["a", "b", "income", "mean age"])
    sentence, shown, marks = str(caught.value).split("\n")
    assert why in sentence
    assert shown.strip() == text
    assert shown[marks.index("^") : marks.index("^") + len(place)] == place
    assert marks.count("^") == max(len(place), 1)


def test_the_longest_known_name_that_stands_there_is_written_out():
    names = ["sepal length", "sepal length (cm)", "sepal length (cm) 2", "a`b"]
    with pytest.raises(tw.InputError, match=r"backticks: `sepal length \(cm\)`"):
        rows_of("1 <= sepal length (cm)", names)
    with pytest.raises(tw.InputError, match="backticks: `a``b`"):
        rows_of("b <= 1", names)


def test_positions_in_brackets_are_the_names_of_unnamed_columns():
    assert_array_equal(rows_of("x[1] - 2*x0 <= 1", ["x0", "x1"]).A, [[-2, 1]])
    assert_array_equal(rows_of("x[1] <= 1", ["x0", "x[1]"]).A, [[0, 1]])
    with pytest.raises(tw.InputError, match=r'unknown name "x\[1\]". Did you mean "x1"\?'):
        rows_of("x[1] <= 1", ["x1", "x2"])  # position 1 is x2


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true') <= 1",
        "a.__class__ <= 1",
        "a[0] <= 1",
        "abs(a) <= 1",
        "lambda: a",
        "(a := 3) <= 1",
        "[b for b in a] <= 1",
        "a if b else a <= 1",
        "{'a': 1} <= 1",
        "f'{a}' <= 1",
        "'a' <= 1",
        "a and b <= 1",
        "not a <= 1",
        "~a <= 1",
        "a @ b <= 1",
        "a // 2 <= 1",
        "a % 2 <= 1",
        "a << 2 <= 1",
        "a | b <= 1",
        "a <= 0x10",
        "a <= 1j",
        "a <= True",
        "a; import os",
        "a <= 1 # so",
        "a\\\n <= 1",
        "exec <= 1",
        "%s <= 1",
        "${a} <= 1",
        "a\x00 <= 1",
    ],
)
def test_code_is_refused(text):
    with pytest.raises(tw.InputError, match="constraint not understood at character"):
        rows_of(text, ["a", "b"])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("", "a constraint is empty"),
        (["a <= 1", " \n"], "a constraint is empty"),
        (None, "constraints is None; pass a text"),
        (b"a <= 1", "constraints is b'a <= 1'"),
        ({"a <= 1": 1}, "constraints is {'a <= 1': 1}"),
        (["a <= 1", 3], r"constraints\[1\] is 3"),
        ([["a <= 1"]], r"constraints\[0\] is \['a <= 1'\]"),
    ],
)
def test_texts_of_another_kind_are_refused(texts, message):
    with pytest.raises(tw.InputError, match=message):
        rows_of(texts, ["a"])


def test_deep_nesting_is_refused_and_the_deepest_allowed_is_read():
    inside = row_sums.DEEPEST
    assert rows_of("(" * inside + "a" + ")" * inside + " <= 1", ["a"]).A == 1
    for depth in (inside + 1, 50_000):
        with pytest.raises(tw.InputError, match=f"more than {inside} parentheses"):
            rows_of("(" * depth + "a" + ")" * depth + " <= 1", ["a"])


def test_long_texts_are_read():
    names = [f"feature {j} {'x' * 40}" for j in range(2000)]
    rows = rows_of(" + ".join(f"{j}.5*`{name}`" for j, name in enumerate(names)) + " <= 1", names)
    assert_array_equal(rows.A[0], np.arange(2000) + 0.5)
    assert rows_of("-" * 10_001 + "a <= 1", ["a"]).A == -1
    assert rows_of("a" + "+a" * 9_999 + " <= 1", ["a"]).A == 10_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a <= 1" + " " * row_text.LONGEST, "characters; at most"),
        ("a <= " + "9" * 2000, "2000 digits"),
        ("a <= 1" + "*1e300" * 1000, "too long to be added and multiplied exactly"),
        ("a" + "".join(f" + a/{2 * k + 1}" for k in range(3000)) + " <= 1", "too long to be added"),
        ("a <= 1" + "/1e300" * 1000, "too long"),
    ],
)
def test_what_would_take_for_ever_is_refused(text, message):
    with pytest.raises(tw.InputError, match=message):
        rows_of(text, ["a"])


def test_exponents_of_zero_cost_nothing():
    assert rows_of("a <= 0e999999999", ["a"]).row_upper == 0


def test_the_mark_stays_below_its_place():
    with pytest.raises(tw.InputError) as caught:
        rows_of("日本 + b" + " " * 200 + "+ b*b <= 1", ["日本", "b"])
    _, shown, marks = str(caught.value).split("\n")
    assert shown.startswith("    ... ")
    assert shown[marks.index("^")] == "*"
    with pytest.raises(tw.InputError) as caught:
        rows_of("日本 ? 1", ["日本", "b"])
    assert str(caught.value).endswith("\n    日本 ? 1\n         ^")  # two wide letters take four columns


def test_direction_marks_do_not_reach_the_message():
    with pytest.raises(tw.InputError) as caught:
        rows_of("\u202ea <= 1", ["a"])
    assert "\u202e" not in str(caught.value)
    assert r"\u202ea <= 1" in str(caught.value)


def test_errors_survive_pickling():
    with pytest.raises(tw.InputError) as caught:
        rows_of("a*a <= 1", ["a"])
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("once", [iter(["a >= 1"]), (text for text in ["a >= 1"]), {"a >= 1"}, np.array("a >= 1")])
def test_what_can_be_read_only_once_or_in_any_order_is_refused(once):
    with pytest.raises(tw.InputError, match="pass a text"):
        rows_of(once, ["a"])


def test_arrays_of_texts_are_read():
    assert rows_of(np.array(["a >= 1", "a <= 2"]), ["a"]).row_names == ("a >= 1", "a <= 2")
