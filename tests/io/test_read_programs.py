"""tw.read: what stands in a file is what the problem says, and what is dropped elsewhere is refused here."""

import numpy as np
import pytest

import thalweg as tw


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_linear_program(write, mps):
    problem = tw.read(write("bread.mps", mps))
    assert isinstance(problem, tw.LinearProgram)
    assert problem.names == ("x", "y")
    assert problem.row_names == ("R1", "R2")
    assert problem.c.tolist() == [1, 2]
    assert problem.A.tolist() == [[1, 1], [1, 0]]
    assert (problem.row_lower.tolist(), problem.row_upper.tolist()) == ([1, -np.inf], [np.inf, 4])
    assert (problem.lower.tolist(), problem.upper.tolist()) == ([0, 0], [np.inf, 5])
    assert (problem.constant, problem.maximize) == (3.0, False)


def test_quadratic_program_has_both_triangles(write, qps):
    problem = tw.read(write("cup.qps", qps))
    assert isinstance(problem, tw.QuadraticProgram)
    assert problem.P.tolist() == [[2, 1], [1, 2]]
    assert problem.lower.tolist() == [0, -np.inf]


def test_lp_file_maximises(write, lp):
    problem = tw.read(write("bread.lp", lp))
    assert problem.maximize
    assert problem.P.tolist() == [[-2, -1], [-1, -2]]
    assert problem.q.tolist() == [3, 5]
    assert problem.constant == 3.0
    assert problem.names == ("rye", "wheat")


@pytest.mark.parametrize("name", ["cup.qps", "cup.mps", "cup.QPS", "cup.mps.gz", "cup.qps.gz", "cup.MPS.GZ"])
def test_every_suffix_gives_the_same_problem(write, qps, name):
    path = write(name.lower() if name.endswith("GZ") else name, qps)
    if name.endswith("GZ"):
        path = path.rename(path.with_name(name))
    problem = tw.read(path)
    assert problem.P.tolist() == [[2, 1], [1, 2]]
    assert problem.q.tolist() == [1, 2]


def test_paths_are_strings_too(write, mps):
    assert tw.read(str(write("a program.mps", mps))).names == ("x", "y")


def test_large_matrices_are_sparse(write):
    n = 300
    columns = "".join(f" x{j} COST 1 R{j} 2\n" for j in range(n))
    hessian = "".join(f" x{j} x{j} 4\n x{j} x{(j + 1) % n} 1\n" for j in range(n))
    rows = "".join(f" G R{i}\n" for i in range(n))
    text = f"NAME big\nROWS\n N COST\n{rows}COLUMNS\n{columns}RHS\n RHS R0 1\nQUADOBJ\n{hessian}ENDATA\n"
    problem = tw.read(write("big.mps", text))
    assert problem.A.format == problem.P.format == "csc"
    assert problem.A.nnz == n
    assert problem.P.nnz == 3 * n
    assert abs(problem.P - problem.P.T).max() == 0
    assert problem.P[0, 1] == problem.P[1, 0] == 1
    assert problem.P[5, 5] == 4


def test_maximisation_in_mps(write, mps):
    assert tw.read(write("max.mps", replaced(mps, ("ROWS", "OBJSENSE\n MAX\nROWS")))).maximize


def test_ranges_become_two_sided_rows(write, mps):
    problem = tw.read(write("range.mps", replaced(mps, ("BOUNDS", "RANGES\n RNG R1 2\nBOUNDS"))))
    assert (problem.row_lower[0], problem.row_upper[0]) == (1, 3)


def test_repeated_names_are_dropped(write):
    problem = tw.read(write("dup.lp", "max\n obj: x + y\nst\n c: x + y <= 4\n c: x - y <= 1\nend\n"))
    assert problem.row_names is None
    assert problem.names == ("x", "y")


def test_sets_without_a_name(write, mps):
    text = replaced(mps, (" RHS R1 1 R2 4", " R1 1 R2 4"), (" RHS COST -3", " COST -3"), (" UP BND y 5", " UP y 5"))
    problem = tw.read(write("nameless.mps", text))
    assert (problem.row_lower[0], problem.row_upper[1], problem.constant, problem.upper[1]) == (1, 4, 3, 5)


def test_limits_of_free_rows_are_harmless(write, mps):
    text = replaced(mps, (" L R2", " L R2\n N OTHER"), (" RHS COST -3", " RHS COST -3\n RHS OTHER 4"))
    assert tw.read(write("free.mps", text)).shape == (2, 2)


def fixed(*fields: str) -> str:
    """Put fields into the columns of the fixed format."""
    widths = (" {:<2} ", "{:<8}  ", "{:<8}  ", "{:>12}   ", "{:<8}  ", "{:>12}")
    return "".join(width.format(field) for width, field in zip(widths, fields, strict=False)).rstrip()


SPACED = [
    "NAME          SPACED",
    "OBJSENSE",
    " MAX",
    "ROWS",
    fixed("N", "THE COST"),
    fixed("G", "ROW 1"),
    fixed("L", "ROW  2"),
    "COLUMNS",
    fixed("", "COL 1", "THE COST", "1.0", "ROW 1", "2.0"),
    fixed("", "COL 1", "ROW  2", "3.0"),
    fixed("", "COL  1", "ROW 1", "4.0"),
    "RHS",
    fixed("", "MY RHS", "ROW 1", "5.0", "ROW  2", "6.0"),
    "RANGES",
    fixed("", "", "ROW 1", "0.5"),
    "BOUNDS",
    fixed("UP", "BND", "COL  1", "7.0"),
    "ENDATA",
]


def test_names_with_blanks(write):
    problem = tw.read(write("spaced.mps", "\n".join(SPACED)))
    assert (problem.names, problem.row_names) == (("COL 1", "COL  1"), ("ROW 1", "ROW  2"))
    assert problem.A.tolist() == [[2, 4], [3, 0]]
    assert (problem.c.tolist(), problem.maximize) == ([1, 0], True)
    assert (problem.row_lower.tolist(), problem.row_upper.tolist()) == ([5, -np.inf], [5.5, 6])
    assert problem.upper.tolist() == [np.inf, 7]


def test_blanks_in_names_of_columns_alone(write):
    lines = [
        "ROWS",
        fixed("N", "COST"),
        fixed("G", "R1"),
        "COLUMNS",
        fixed("", "COL 1", "COST", "1", "R1", "2"),
        "RHS",
        "ENDATA",
    ]
    problem = tw.read(write("spaced.mps", "\n".join(lines)))
    assert (problem.names, problem.A.tolist(), problem.c.tolist()) == (("COL 1",), [[2]], [1])


def test_blanks_need_the_columns_of_the_fixed_format(write):
    lines = [*SPACED[:8], SPACED[8].replace("    COL 1 ", "  COL 1   "), *SPACED[9:]]
    with pytest.raises(tw.InputError, match=r"line 9: names of this file seem to hold blanks.*columns 2, 5, 15"):
        tw.read(write("shifted.mps", "\n".join(lines)))


def test_a_damaged_file_with_blanks_does_not_hang(write, mps):
    """HiGHS' own reader of the fixed format never ends on this one."""
    text = replaced(mps, ("COLUMNS", "COLUMNS\nTRIX"))
    with pytest.raises(tw.InputError, match="line 7, section COLUMNS: expected a variable and one or two pairs"):
        tw.read(write("hang.mps", text))


def test_nothing_is_printed(write, mps, capfd):
    tw.read(write("quiet.mps", mps))
    with pytest.raises(tw.InputError):
        tw.read(write("bad.mps", replaced(mps, (" y COST 2 R1 1", " y COST 2 R9 1"))))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((" y COST 2 R1 1", " y COST 2 R9 1"), ["line 9", "unknown row 'R9'", "Known: "]),
        ((" RHS R1 1 R2 4", " RHS R1 1 R7 4"), ["line 11, section RHS", "unknown row 'R7'", "Known: COST, R1"]),
        ((" x R2 1", " x R1 1"), ["line 8, section COLUMNS", "duplicate entry of row 'R1'", "line 7"]),
        ((" x R2 1", " x R2 abc"), ["line 8", "COLUMNS", "'abc'"]),
        ((" y COST 2 R1 1", " y COST two R1 1"), ["line 9", "'two'"]),
        ((" RHS R1 1 R2 4", " RHS R1 1 R2 4,5"), ["line 11", "RHS", "'4,5'"]),
        ((" UP BND y 5", " UP BND y 1_000"), ["BOUNDS", "'1_000'"]),
        ((" x R2 1", " x R2 nan"), ["line 8", "'nan' is NaN"]),
        ((" x R2 1", " x R2 -inf"), ["line 8", "coefficient of 'R2' is infinite"]),
        (("ROWS", "ROSW"), ["not an MPS file", "no section ROWS"]),
        (("NAME bread", "NAME bread\n x COST 1"), ["line 2", "'x' stands in no section"]),
        (("RHS\n", "COLUMNS\n z COST 1\nRHS\n"), ["section COLUMNS 2 times"]),
        ((" L R2", " L R2 2"), ["blanks"]),
        ((" L R2", " J R2"), ["line 5, section ROWS", "'J R2' is not N, L, G or E"]),
        ((" L R2", " L"), ["line 5, section ROWS"]),
        ((" x R2 1", " x R2"), ["line 8", "got 2 words"]),
        ((" x R2 1", " x R2 1 R1"), ["line 8", "got 4 words"]),
        ((" UP BND y 5", " UP x y 5"), ["BOUNDS", "'x' is named like a variable", "Rename"]),
        ((" UP BND y 5", " FR x y"), ["BOUNDS", "'x' is named like a variable"]),
        ((" RHS COST -3", " R1 COST -3"), ["RHS", "'R1' is named like a row"]),
        ((" UP BND y 5", " XX BND y 5"), ["BOUNDS", "XX"]),
        ((" UP BND y 5", " UP BND y 5\n UP BND y 6"), ["line 15, section BOUNDS", "duplicate upper bound", "line 14"]),
        (
            ("BOUNDS", "RANGS\n RNG R1 2\nBOUNDS"),
            ["line 13, section RHS", "got 1 words", "Is 'RANGS' meant as a section?", '"RANGES"'],
        ),
    ],
)
def test_damaged_content_is_refused(write, mps, pair, words):
    path = write("damaged.mps", replaced(mps, pair))
    with pytest.raises(tw.InputError) as caught:
        tw.read(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("bound", [" BV BND y", " LI BND y 1", " UI BND y 5"])
def test_integer_variables(write, mps, bound):
    problem = tw.read(write("whole.mps", replaced(mps, (" UP BND y 5", bound))))
    assert isinstance(problem, tw.MixedIntegerProgram)
    assert problem.integer.tolist() == [False, True]


def test_semi_continuous_variables_are_refused_by_name(write, mps):
    with pytest.raises(tw.InputError, match=r'whole\.mps: "y" is semi-continuous'):
        tw.read(write("whole.mps", replaced(mps, (" UP BND y 5", " SC BND y 3"))))


def test_no_whole_number_between_the_limits(write, mps):
    with pytest.raises(tw.ProblemError, match=r'whole\.mps: no whole number .*"y"'):
        tw.read(write("whole.mps", replaced(mps, (" UP BND y 5", " LI BND y 1.2\n UP BND y 1.7"))))


def test_bounds_that_cross_are_named(write, mps):
    path = write("crossed.mps", replaced(mps, (" UP BND y 5", " UP BND y 5\n LO BND y 7")))
    with pytest.raises(tw.ProblemError, match=r'crossed\.mps: lower > upper .*"y" \(lower 7, upper 5\)'):
        tw.read(path)


def test_a_name_misspelled_among_the_bounds_is_a_warning(write, mps):
    with pytest.warns(UserWarning, match=r'"yy" .*not in COLUMNS.*misspelled'):
        problem = tw.read(write("typo.mps", replaced(mps, (" UP BND y 5", " UP BND yy 5"))))
    assert problem.names == ("x", "y", "yy")
    with pytest.warns(UserWarning, match=r'"wheet" .*Did you mean "wheat"\?'):
        text = mps.replace(" y ", " wheat ").replace(" UP BND wheat 5", " UP BND wheet 5")
        tw.read(write("typo.mps", text))
    with pytest.warns(UserWarning, match=r'"yy" .*no coefficient.*misspelled'):
        tw.read(write("typo.lp", "max\n obj: x + y\nst\n c: x + y <= 4\nbounds\n yy <= 3\nend\n"))


def test_other_warnings_of_the_reader_are_passed_on(write):
    with pytest.warns(UserWarning, match=r"twice\.lp: variable `x` appears more than once .*line 4"):
        tw.read(write("twice.lp", "max\n obj: x + y\nst\n c: x + y + x <= 4\nend\n"))


def test_constants_in_rows_of_lp_files_are_refused(write):
    with pytest.raises(tw.InputError, match=r"constant on the left-hand side .* ignored \(line 4\)"):
        tw.read(write("const.lp", "max\n obj: x + y\nst\n c: x + y + 3 <= 4\nend\n"))


def test_errors_in_lp_files_name_the_line(write):
    with pytest.raises(tw.InputError, match=r"cannot be read: .*\(line 4\)"):
        tw.read(write("bad.lp", "max\n obj: x + y\nst\n c: x + y <= 4 4\nend\n"))


def test_a_matrix_that_is_not_symmetric_is_refused(write, qps):
    text = replaced(qps, ("QUADOBJ", "QMATRIX"), (" x y 1", " x y 1\n y x 3"))
    with pytest.raises(tw.InputError, match="symmetry"):
        tw.read(write("q.qps", text))
