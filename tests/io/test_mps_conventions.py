"""The conventions of MPS files, one by one; `thalweg.io.mps` lists them."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.io.mps import parse

INF = np.inf
TEMPLATE = """\
NAME made
{head}ROWS
 N COST
 L LESS
 G MORE
 E EQUAL
COLUMNS
 x COST 1 LESS 1
 x MORE 1 EQUAL 1
 y LESS 1
RHS
{rhs}RANGES
{ranges}BOUNDS
{bounds}{rest}ENDATA
"""


def program(head="", rhs=" RHS LESS 4 MORE 1\n RHS EQUAL 3\n", ranges="", bounds="", rest=""):
    """Read the template with parts put in."""
    return parse(TEMPLATE.format(head=head, rhs=rhs, ranges=ranges, bounds=bounds, rest=rest).encode(), "f.mps")


def limits_of_y(*bounds: str) -> tuple[float, float]:
    limits = program(bounds="".join(f" {bound}\n" for bound in bounds)).limits
    return limits["lower"][1], limits["upper"][1]


@pytest.mark.parametrize(
    ("bounds", "limits"),
    [
        ([], (0, INF)),
        (["UP BND y 5"], (0, 5)),
        (["UP BND y 0"], (0, 0)),
        (["LO BND y -2"], (-2, INF)),
        (["FX BND y 3"], (3, 3)),
        (["FR BND y"], (-INF, INF)),
        (["FR BND y 0"], (-INF, INF)),
        (["MI BND y"], (-INF, INF)),
        (["MI BND y", "UP BND y -5"], (-INF, -5)),
        (["UP BND y -5", "MI BND y"], (-INF, -5)),
        (["UP BND y -5", "LO BND y -9"], (-9, -5)),
        (["LO BND y -9", "UP BND y -5"], (-9, -5)),
        (["PL BND y"], (0, INF)),
        (["PL BND y", "LO BND y 2"], (2, INF)),
        (["UP BND y 1e30"], (0, 1e30)),
        (["UP BND y Inf"], (0, INF)),
        (["UP BND y +infinity"], (0, INF)),
        (["LO BND y -inf"], (-INF, INF)),
        (["UP BND y 1d2"], (0, 100)),
        (["UP BND y 1.5D+01"], (0, 15)),
        (["UP BND y 1.5E+01"], (0, 15)),
        (["up BND y 5"], (0, 5)),
        (["UP y 5"], (0, 5)),
        (["FR y"], (-INF, INF)),
        (["FR y 0"], (-INF, INF)),
        (["BV BND y"], (0, 1)),
        (["BV BND y 1"], (0, 1)),
        (["LI BND y 2"], (2, INF)),
        (["UI BND y 7"], (0, 7)),
        (["SC BND y 7"], (0, 7)),
        (["SI BND y 7"], (0, 7)),
    ],
)
def test_bounds(bounds, limits):
    assert limits_of_y(*bounds) == limits


@pytest.mark.parametrize("kind", ["UP", "UI"])
def test_a_negative_upper_bound_alone_is_refused_for_readers_differ(kind):
    with pytest.raises(tw.ProblemError, match=r"line 16, section BOUNDS: lower > upper for 'y': .* is -5, .*MI"):
        limits_of_y(f"{kind} BND y -5")


@pytest.mark.parametrize("infinite", ["1e20", "1e30", "-1e20", "inf", "-1e19"])
def test_infinite_limits_are_none(write, mps, infinite):
    side = "LO" if infinite.startswith("-") else "UP"
    problem = tw.read(write("inf.mps", mps.replace(" UP BND y 5", f" {side} BND y {infinite}")))
    assert (problem.lower[1], problem.upper[1]) == ((-INF, INF) if side == "LO" else (0, INF))


def test_rows_and_right_sides():
    limits = program().limits
    assert limits["row_lower"].tolist() == [-INF, 1, 3]
    assert limits["row_upper"].tolist() == [4, INF, 3]
    assert program(rhs="").limits["row_upper"].tolist() == [0, INF, 0]


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("LESS 2", [(2, 4), (1, INF), (3, 3)]),
        ("LESS -2", [(2, 4), (1, INF), (3, 3)]),
        ("MORE 2", [(-INF, 4), (1, 3), (3, 3)]),
        ("MORE -2", [(-INF, 4), (1, 3), (3, 3)]),
        ("EQUAL 2", [(-INF, 4), (1, INF), (3, 5)]),
        ("EQUAL -2", [(-INF, 4), (1, INF), (1, 3)]),
        ("EQUAL 0", [(-INF, 4), (1, INF), (3, 3)]),
        ("LESS 2 EQUAL 1", [(2, 4), (1, INF), (3, 4)]),
        ("COST 2", [(-INF, 4), (1, INF), (3, 3)]),
        ("MORE 1e30", [(-INF, 4), (1, 1e30), (3, 3)]),
    ],
)
@pytest.mark.parametrize("name_of_set", ["RNG ", ""])
def test_ranges(written, limits, name_of_set):
    found = program(ranges=f" {name_of_set}{written}\n").limits
    assert list(zip(found["row_lower"], found["row_upper"], strict=True)) == limits


@pytest.mark.parametrize(("written", "constant"), [("COST -3", 3), ("COST 3", -3), ("COST 0", 0), ("LESS 1", 0)])
def test_the_right_side_of_the_objective_is_minus_its_constant(written, constant):
    for name_of_set in ("RHS ", ""):
        assert program(rhs=f" {name_of_set}{written}\n").constant == constant


@pytest.mark.parametrize("word", ["MAX", "MAXIMIZE", "MAXIMISE", "max", "Maximize"])
def test_maximisation(word):
    for head in (f"OBJSENSE\n {word}\n", f"OBJSENSE {word}\n", f"OBJSENSE\n{word}\n", f"objsense\n    {word}\n"):
        assert program(head=head).maximize


@pytest.mark.parametrize("head", ["", "OBJSENSE\n MIN\n", "OBJSENSE MINIMIZE\n", "OBJSENSE\n MINIMISE\n"])
def test_minimisation(head):
    assert not program(head=head).maximize


def test_the_sense_may_stand_anywhere():
    assert program(rest="OBJSENSE\n MAX\n").maximize


def test_further_n_rows_are_dropped():
    text = TEMPLATE.format(
        head="", rhs=" RHS LESS 4 FREE 7\n RHS COST -2\n", ranges=" RNG FREE 1\n", bounds="", rest=""
    )
    text = text.replace(" L LESS", " N FREE\n N FREE2\n L LESS").replace(" y LESS 1", " y LESS 1 FREE 9\n y FREE2 8")
    parsed = parse(text.encode(), "f.mps")
    assert parsed.row_names == ["LESS", "MORE", "EQUAL"]
    assert (parsed.A.shape, parsed.cost.tolist(), parsed.constant) == ((3, 2), [1, 0], 2)


def test_the_first_n_row_is_the_objective_wherever_it_stands():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="").replace(" N COST\n", "")
    parsed = parse(text.replace(" E EQUAL\n", " E EQUAL\n N COST\n").encode(), "f.mps")
    assert parsed.cost.tolist() == [1, 0]


def test_without_an_n_row_the_objective_is_0_and_that_is_said():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="").replace(" N COST\n", "")
    with pytest.warns(UserWarning, match=r"f\.mps: there is no N row"):
        assert parse(text.replace(" COST 1", "").encode(), "f.mps").cost.tolist() == [0, 0]


MARKED = TEMPLATE.replace(" x COST", " M 'MARKER' 'INTORG'\n x COST").replace(
    " y LESS", " M 'MARKER' 'INTEND'\n y LESS"
)


@pytest.mark.parametrize(
    ("bounds", "limits"),
    [
        ("", (0, 1)),
        (" LO BND x 2\n", (2, INF)),
        (" LO BND x 0\n", (0, INF)),
        (" LI BND x -2\n", (-2, INF)),
        (" UP BND x 7\n", (0, 7)),
        (" UI BND x 7\n", (0, 7)),
        (" PL BND x\n", (0, INF)),
        (" MI BND x\n", (-INF, INF)),
        (" FR BND x\n", (-INF, INF)),
        (" BV BND x\n", (0, 1)),
    ],
)
def test_markers_of_integer_variables(bounds, limits):
    parsed = parse(MARKED.format(head="", rhs="", ranges="", bounds=bounds, rest="").encode(), "f.mps")
    assert parsed.integer.tolist() == [True, False]
    assert (parsed.limits["lower"][0], parsed.limits["upper"][0]) == limits
    assert (parsed.A.tolist(), parsed.names) == ([[1, 1], [1, 0], [1, 0]], ["x", "y"])


@pytest.mark.parametrize(("kind", "integer"), [("BV", True), ("LI", True), ("UI", True), ("UP", False), ("SC", False)])
def test_bounds_that_say_integer(kind, integer):
    assert program(bounds=f" {kind} BND y 1\n").integer.tolist() == [False, integer]


@pytest.mark.parametrize(("bound", "words"), [("SC BND y 3", "semi-continuous"), ("SI BND y 3", "semi-integer")])
def test_other_kinds_of_variables_are_refused_by_name(bound, words):
    with pytest.raises(tw.InputError, match=rf'f\.mps: "y" is {words}.*1 such of 2 variables.*lower \* y <= x'):
        program(bounds=f" {bound}\n").problem("f.mps")


@pytest.mark.parametrize(("kind", "limits"), [("BV", (0, 1)), ("LI", (3, INF)), ("UI", (0, 3))])
def test_integer_variables_make_a_mixed_integer_program(kind, limits):
    problem = program(bounds=f" {kind} BND y 3\n").problem("f.mps")
    assert isinstance(problem, tw.MixedIntegerProgram)
    assert problem.integer.tolist() == [False, True]
    assert (problem.lower[1], problem.upper[1]) == limits


def test_squares_together_with_whole_numbers_are_refused_by_name():
    with pytest.raises(tw.InputError, match=r'f\.mps: "y" is an integer variable \(1 such of 2\).*not supported'):
        program(bounds=" BV BND y\n", rest="QUADOBJ\n x x 2\n").problem("f.mps")
    assert isinstance(program(bounds=" BV BND y\n", rest="QUADOBJ\n x x 0\n").problem("f.mps"), tw.MixedIntegerProgram)


@pytest.mark.parametrize("section", ["QUADOBJ", "QSECTION COST"])
@pytest.mark.parametrize("triangle", ["x y 1", "y x 1"])
def test_one_triangle(section, triangle):
    assert program(rest=f"{section}\n x x 2\n {triangle}\n y y 4\n").P.tolist() == [[2, 1], [1, 4]]


def test_both_triangles():
    assert program(rest="QMATRIX\n x x 2\n x y 1\n y x 1\n").P.tolist() == [[2, 1], [1, 0]]
    assert program(rest="QMATRIX\n x x 2 y 1\n y x 1\n").P.tolist() == [[2, 1], [1, 0]]


def test_the_objective_has_half_of_x_P_x():
    problem = program(rest="QUADOBJ\n x x 2\n").problem("f.mps")
    assert problem.objective({"x": [3.0, 0.0]}) == 3 + 9


@pytest.mark.parametrize("rest", ["QUADOBJ\n", "QUADOBJ\n x x 0\n", "QMATRIX\n x y 0\n y x 0\n"])
def test_a_quadratic_part_of_0_is_none(rest):
    assert isinstance(program(rest=rest).problem("f.mps"), tw.LinearProgram)


def test_comments_blank_lines_and_ends_of_lines():
    text = TEMPLATE.format(head="", rhs=" RHS LESS 4\n", ranges="", bounds="", rest="")
    odd = "* first\n\n" + text.replace("ROWS\n", "ROWS\n*\n   \n").replace(" y LESS 1", "* y LESS 9\n\ty\tLESS\t1  ")
    for end in ("\n", "\r\n", "\r"):
        parsed = parse(odd.replace("\n", end).encode() + b"what follows is no part of it", "f.mps")
        assert (parsed.A.tolist(), parsed.limits["row_upper"].tolist()) == ([[1, 1], [1, 0], [1, 0]], [4, INF, 0])


@pytest.mark.parametrize("name", ["NAME", "NAME  several words here", "NAME\tx FREE"])
def test_names_of_programs(name):
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="")
    assert parse(text.replace("NAME made", name).encode(), "f.mps").names == ["x", "y"]
    assert parse(text.replace("NAME made\n", "").encode(), "f.mps").names == ["x", "y"]


def test_a_byte_order_mark_is_no_part_of_the_text():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="")
    assert parse(b"\xef\xbb\xbf" + text.encode(), "f.mps").names == ["x", "y"]


def test_names_that_are_not_utf_8_are_left_out():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="").replace("x ", "größe ")
    parsed = parse(text.encode("latin-1"), "f.mps")
    assert (parsed.names, parsed.row_names) == (None, ["LESS", "MORE", "EQUAL"])


def test_lines_need_no_blank_before_them():
    text = TEMPLATE.format(head="", rhs="RHS LESS 4\n", ranges="", bounds="UP BND y 5\n", rest="")
    parsed = parse("\n".join(line.strip() for line in text.splitlines()).encode(), "f.mps")
    assert (parsed.A.tolist(), parsed.limits["upper"].tolist()) == ([[1, 1], [1, 0], [1, 0]], [INF, 5])


def test_sections_that_are_not_needed_may_be_missing():
    text = "ROWS\n N COST\nCOLUMNS\n x COST 1\nENDATA\n"
    parsed = parse(text.encode(), "f.mps")
    assert (parsed.A.shape, parsed.limits["upper"].tolist()) == ((0, 1), [INF])


def test_numbers_that_solvers_drop_are_kept():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds="", rest="").replace(
        " y LESS 1", " y LESS 1e-13 MORE 1e40"
    )
    assert parse(text.encode(), "f.mps").A.tolist() == [[1, 1e-13], [1, 1e40], [1, 0]]


def test_names_of_sections_are_names_like_others():
    text = TEMPLATE.format(head="", rhs="", ranges="", bounds=" UP BND RHS 5\n", rest="").replace(
        " y LESS", " RHS LESS"
    )
    assert parse(text.encode(), "f.mps").names == ["x", "RHS"]


def fixed(*fields: str) -> str:
    """Put fields into the columns of the fixed format."""
    widths = (" {:<2} ", "{:<8}  ", "{:<8}  ", "{:>12}   ", "{:<8}  ", "{:>12}")
    return "".join(width.format(field) for width, field in zip(widths, fields, strict=False)).rstrip()


def test_the_fixed_format_with_markers_sets_without_names_and_quadratic_terms():
    lines = [
        *("NAME          TWO WORDS", "ROWS", fixed("N", "THE COST"), fixed("L", "A ROW"), "COLUMNS"),
        fixed("", "MARKER", "'MARKER'", "", "'INTORG'"),
        fixed("", "COL A", "THE COST", "-1.5", "A ROW", "2D0"),
        fixed("", "MARKER", "'MARKER'", "", "'INTEND'"),
        fixed("", "COL B", "A ROW", "123456789012"),
        *("RHS", fixed("", "", "A ROW", "4", "THE COST", "-7"), "RANGES", fixed("", "", "A ROW", "1")),
        *("BOUNDS", fixed("UP", "", "COL A", "9"), fixed("MI", "", "COL B"), fixed("UP", "", "COL B", "-1")),
        *("QUADOBJ", fixed("", "COL A", "COL A", "2", "COL B", "1"), "ENDATA"),
    ]
    parsed = parse("\n".join(lines).encode(), "f.mps")
    assert (parsed.names, parsed.row_names, parsed.constant) == (["COL A", "COL B"], ["A ROW"], 7)
    assert (parsed.A.tolist(), parsed.cost.tolist()) == ([[2, 123456789012]], [-1.5, 0])
    assert [side.tolist() for side in parsed.limits.values()] == [[3], [4], [0, -INF], [9, -1]]
    assert (parsed.integer.tolist(), parsed.P.tolist()) == ([True, False], [[2, 1], [1, 0]])
