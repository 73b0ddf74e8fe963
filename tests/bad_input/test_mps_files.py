"""MPS files that cannot be taken as they stand: the line, the section and the reason; never a crash, never a hang."""

import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import thalweg as tw
from thalweg.io.mps import parse

INF = float("inf")
GOOD = """\
NAME good
OBJSENSE
 MIN
ROWS
 N COST
 G R1
 L R2
COLUMNS
 x COST 1 R1 1
 x R2 1
 y COST 2 R1 1
RHS
 RHS R1 1 R2 4
RANGES
 RNG R1 2
BOUNDS
 UP BND y 5
 FR BND x
QUADOBJ
 x x 2
 x y 1
ENDATA
"""
FIXED = """\
NAME          SPACED
ROWS
 N  THE COST
 G  ROW 1
COLUMNS
    COL 1     THE COST           1.0   ROW 1              2.0
RHS
    MY RHS    ROW 1              5.0
RANGES
              ROW 1              0.5
BOUNDS
 UP BND       COL 1              7.0
ENDATA
"""


def test_the_good_ones_are_good():
    assert parse(GOOD.encode(), "f").problem("f").shape == (2, 2)
    assert parse(FIXED.encode(), "f").problem("f").names == ("COL 1",)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((" L R2", " L R1"), ["line 7, section ROWS", "duplicate row 'R1'", "line 6"]),
        ((" L R2", " L COST"), ["line 7, section ROWS", "duplicate row 'COST'", "line 5"]),
        ((" L R2", " X R2"), ["line 7, section ROWS", "'X R2' is not N, L, G or E"]),
        (("RHS\n RHS", " x R1 3\nRHS\n RHS"), ["line 12, section COLUMNS", "duplicate variable 'x'", "line 9"]),
        ((" x R2 1", " x R1 1"), ["line 10, section COLUMNS", "duplicate entry of row 'R1' beside 'x'", "line 9"]),
        ((" x R2 1", " x R2 1 R2 2"), ["line 10, section COLUMNS", "duplicate entry of row 'R2'", "line 10"]),
        ((" y COST 2", " y COTS 2"), ["line 11, section COLUMNS", "unknown row 'COTS'", 'Did you mean "COST"']),
        ((" x R2 1", " M 'MARKER' 'INTEND'"), ["line 10, section COLUMNS", "out of turn"]),
        ((" x R2 1", " M 'MARKER' 'SOSORG'"), ["line 10, section COLUMNS", "neither 'INTORG' nor 'INTEND'"]),
        ((" RHS R1 1 R2 4", " RHS R1 1 R1 4"), ["line 13, section RHS", "duplicate entry of row 'R1'", "line 13"]),
        ((" RHS R1 1 R2 4", " RHS R1 1\n B R2 4"), ["line 14, section RHS", "second set 'B'", "'RHS' of line 13"]),
        ((" RHS R1 1 R2 4", " RHS R1"), ["line 13, section RHS", "'R1' is not a number"]),
        ((" RHS R1 1 R2 4", " RHS R1 1 R2 4 5"), ["line 13, section RHS", "got 6 words"]),
        ((" RNG R1 2", " RNG R3 2"), ["line 15, section RANGES", "unknown row 'R3'"]),
        ((" RNG R1 2", " RNG R1 wide"), ["line 15, section RANGES", "'wide' is not a number"]),
        ((" RNG R1 2", " RNG R1 2\n RNG R1 3"), ["line 16, section RANGES", "duplicate", "line 15"]),
        ((" UP BND y 5", " UP BND y"), ["line 17, section BOUNDS", "'y' is not a number"]),
        ((" UP BND y 5", " UP y"), ["line 17, section BOUNDS", "expected a kind"]),
        ((" UP BND y 5", " UB BND y 5"), ["line 17, section BOUNDS", "unknown kind of bound 'UB'", "UP, LO, FX"]),
        ((" UP BND y 5", " UP BND y 5 6"), ["line 17, section BOUNDS", "expected a kind"]),
        ((" UP BND y 5", " UP BND y nan"), ["line 17, section BOUNDS", "'nan' is NaN"]),
        ((" FR BND x", " FR BND x 0 0"), ["line 18, section BOUNDS", "expected a kind"]),
        ((" FR BND x", " FR BND y"), ["line 18, section BOUNDS", "duplicate upper bound", "line 17"]),
        ((" FR BND x", " FR B2 x"), ["line 18, section BOUNDS", "second set 'B2'", "'BND' of line 17"]),
        ((" FR BND x", " FR BND x y"), ["line 18, section BOUNDS", "'y' is not a number"]),
        ((" x y 1", " x y 1\n y x 1"), ["line 22, section QUADOBJ", "duplicate", "line 21", "QMATRIX"]),
        ((" x y 1", " x y 1\n x x 1"), ["line 22, section QUADOBJ", "duplicate", "line 20"]),
        ((" x y 1", " x y one"), ["line 21, section QUADOBJ", "'one' is not a number"]),
        ((" x y 1", " x y inf"), ["line 21, section QUADOBJ", "infinite"]),
        ((" x y 1", " x y"), ["line 21, section QUADOBJ", "got 2 words"]),
        (("QUADOBJ", "QMATRIX"), ["line 21, section QMATRIX", "symmetry", "'x', 'y'", "QUADOBJ"]),
        (("QUADOBJ", "QSECTION"), ["line 19, section QSECTION", "Name the objective"]),
        (("QUADOBJ", "QSECTION R1"), ["line 19, section QSECTION", "'R1' is quadratic"]),
        (("ENDATA", "QMATRIX\n x x 1\nENDATA"), ["QUADOBJ and QMATRIX", "Keep one"]),
        ((" MIN", " LEAST"), ["line 3", "'LEAST' stands in no section", "MAX or MIN"]),
        ((" MIN\n", ""), ["line 2, section OBJSENSE", "neither MAX nor MIN"]),
        ((" MIN", " MIN MAX"), ["line 2, section OBJSENSE", "both MAX and MIN"]),
        (("OBJSENSE\n MIN", "OBJSENSE MOST"), ["line 2", "'MOST' stands in no section"]),
        (("NAME good", "NAME good\n y"), ["line 2", "'y' stands in no section"]),
        (("NAME good", "y\nNAME good"), ["line 1", "'y' stands in no section"]),
        (("RANGES", "RANGE"), ["line 14, section RHS", "got 1 words", 'Did you mean "RANGES"']),
        (("BOUNDS", "RHS\n R1 1\nBOUNDS"), ["section RHS 2 times"]),
        (("ENDATA", "SOS\n S1 SOS 1\nENDATA"), ["section SOS", "Use a solver for such programs"]),
        (("ENDATA", "INDICATORS\n IF R1 x 1\nENDATA"), ["section INDICATORS"]),
        (("ENDATA", "QCMATRIX R1\n x x 1\nENDATA"), ["section QCMATRIX"]),
        (("ENDATA", ""), ["truncated", "ENDATA"]),
        (("ROWS", "ROW"), ["not an MPS file", "no section ROWS"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(pair, words):
    assert pair[0] in GOOD
    with pytest.raises(tw.InputError) as caught:
        parse(GOOD.replace(*pair, 1).encode(), "f.mps")
    for word in ["f.mps", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("section", ["COLUMNS", "RHS", "BOUNDS"])
def test_a_file_without_variables(section):
    text = GOOD[: GOOD.index(section)] + "ENDATA\n"
    if section == "COLUMNS":
        with pytest.raises(tw.InputError, match="no variables"):
            parse(text.encode(), "f").problem("f")
    else:
        assert parse(text.encode(), "f").problem("f").shape == (2, 2)


def test_a_variable_called_name_is_not_dropped():
    text = GOOD.replace("NAME good\n", "").replace(" y COST 2 R1 1\n", "y COST 2 R1 1\nNAME COST 7\n")
    for head in ("", "NAME good\n"):
        problem = parse((head + text).encode(), "f").problem("f")
        assert (problem.names, problem.q.tolist()) == (("x", "y", "NAME"), [1, 2, 7])


def test_a_range_that_overflows_is_no_limit():
    text = GOOD.replace(" RHS R1 1 R2 4", " RHS R1 -1.7e308 R2 1.7e308").replace(" RNG R1 2", " RNG R2 -1.7e308")
    problem = parse(text.encode(), "f").problem("f")
    assert (problem.row_lower.tolist(), problem.row_upper.tolist()) == ([-INF, 0], [INF, INF])
    text = text.replace(" RNG R2 -1.7e308", " RNG R1 1.7e308").replace("R1 -1.7e308", "R1 1.7e308")
    with pytest.raises(tw.InputError, match=r'row_lower is inf at "R1"'):
        parse(text.encode(), "f").problem("f")


def test_every_cut_of_a_file_is_refused():
    for text in (GOOD, FIXED):
        for k in range(len(text) - len("ENDATA\n")):
            with pytest.raises(tw.InputError, match=r"truncated|not an MPS file"):
                parse(text[:k].encode(), "f")


def assert_read_or_refused(data: bytes) -> None:
    """Read, or raise what thalweg raises; warnings are fine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            parse(data, "f").problem("f")
        except tw.ThalwegError as error:
            assert str(error)


edits = st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=8))


@settings(max_examples=500, deadline=None)
@given(text=st.sampled_from([GOOD, FIXED]), edits=st.lists(edits, min_size=1, max_size=5))
def test_mutated_bytes(text, edits):
    data = text.encode()
    for place, dropped, put in edits:
        k = int(place * len(data))
        data = data[:k] + put + data[k + dropped :]
    assert_read_or_refused(data)


words = st.sampled_from(
    sorted({*GOOD.split(), *FIXED.split(), "'MARKER'", "'INTORG'", "1e400", "inf", "nan", "1d3", "0"})
)


@settings(max_examples=500, deadline=None)
@given(text=st.sampled_from([GOOD, FIXED]), swaps=st.lists(st.tuples(st.floats(0, 1), words), min_size=1, max_size=6))
def test_exchanged_words(text, swaps):
    found = text.split(" ")
    for place, word in swaps:
        k = int(place * (len(found) - 1))
        found[k] = word + "\n" * found[k].count("\n")
    assert_read_or_refused(" ".join(found).encode())


@settings(max_examples=500, deadline=None)
@given(order=st.lists(st.integers(0, GOOD.count("\n") - 1), max_size=40))
@example(order=list(range(GOOD.count("\n") - 1, -1, -1)))
def test_lines_in_any_order(order):
    lines = GOOD.splitlines()
    assert_read_or_refused("\n".join(["ROWS", *(lines[k] for k in order), "ENDATA", ""]).encode())


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(st.lists(words, max_size=7), max_size=30), blanks=st.booleans())
def test_lines_of_any_words(lines, blanks):
    text = "\n".join(" " * blanks + " ".join(line) for line in lines)
    assert_read_or_refused(f"ROWS\n N COST\n G R1\n{text}\nENDATA\n".encode())


def test_an_unknown_name_among_many_is_refused_at_once():
    rows = "".join(f" G R{i}\n" for i in range(100_000))
    with pytest.raises(tw.InputError, match=r"line 100004, section COLUMNS: unknown row 'S7'\. Known: .*100001 in all"):
        parse(f"ROWS\n N COST\n{rows}COLUMNS\n x S7 1\nENDATA\n".encode(), "f")
