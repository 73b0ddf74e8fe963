"""Solution files of HiGHS, as it writes them, are claims; damaged ones are refused with the line."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thalweg as tw
from thalweg.io.highs_solutions import claim_of

BREAD = tw.LinearProgram(
    [3.0, 5.0],
    [[1, 0], [0, 2], [3, 2]],
    row_upper=[4, 12, 18],
    lower=0,
    maximize=True,
    names=["rye", "wheat"],
    row_names=["a", "b", "c"],
)
RAW = """\
Model status
Optimal

# Primal solution values
Feasible
Objective 36
# Columns 2
rye 2
wheat 6
# Rows 3
a 2
b 12
c 18

# Dual solution values
Feasible
# Columns 2
rye 0
wheat 0
# Rows 3
a 0
b 1.5
c 1

# Basis
HiGHS_basis_file v2
Valid
# Columns 2
rye 1
wheat 1
# Rows 3
a 1
b 2
c 2
"""
TABLE = """\
Columns
    Index Status        Lower        Upper       Primal         Dual  Name
        0     BS            0          inf            2           -0  rye
        1     BS            0          inf            6           -0  wheat
Rows
    Index Status        Lower        Upper       Primal         Dual  Name
        0     BS         -inf            4            2            0  a
        1     UB         -inf           12           12          1.5  b
        2     UB         -inf           18           18            1  c

Model status: Optimal

Objective value: 36
"""


@pytest.fixture
def solution_of(tmp_path):
    """Return a function that lets HiGHS solve a program and write its solution."""
    highspy = pytest.importorskip("highspy")

    def solution_of(problem, style: int, *, solve: bool = True):
        tw.write(problem, tmp_path / "program.mps", overwrite=True)
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.readModel(str(tmp_path / "program.mps"))
        if solve:
            highs.run()
        path = tmp_path / f"answer{style}.sol"
        highs.writeSolution(str(path), style)
        return path

    return solution_of


@pytest.mark.parametrize("style", [0, 1])
@pytest.mark.parametrize(
    "problem",
    [
        BREAD,
        BREAD.replace(maximize=False, c=[-3.0, -5.0]),
        BREAD.replace(names=None, row_names=None),
        tw.LinearProgram([1.0], lower=[2.0]),
    ],
)
def test_what_highs_writes_proves_what_it_found(solution_of, problem, style):
    path = solution_of(problem, style)
    assert tw.certify(problem, path).verdict is tw.Verdict.PROVED
    assert tw.certify(problem, str(path), tol=1e-9).ok


def test_a_quadratic_program(solution_of):
    problem = tw.QuadraticProgram([[2.0, 1.0], [1.0, 2.0]], [0.0, 0.0], [[1, 1]], row_lower=[1.0], lower=0)
    assert tw.certify(problem, solution_of(problem, 0), tol=1e-5).ok


def test_programs_without_names(tmp_path):
    problem = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)
    text = RAW.split("# Basis")[0].replace("# Rows 3\na 2\nb 12\nc 18", "# Rows 1\nr0 1")
    text = text.replace("# Rows 3\na 0\nb 1.5\nc 1", "# Rows 1\nr0 1")
    (tmp_path / "a.sol").write_text(text.replace("rye 2", "c0 1").replace("wheat 6", "c1 0").replace("rye", "c0"))
    (tmp_path / "a.sol").write_text((tmp_path / "a.sol").read_text().replace("wheat", "c1"))
    assert tw.certify(problem, tmp_path / "a.sol").ok
    (tmp_path / "a.sol").write_text((tmp_path / "a.sol").read_text().replace("c0", "x0").replace("r0", "row0"))
    assert tw.certify(problem, tmp_path / "a.sol").ok


def test_blanks_in_names_are_underscores_there():
    spaced = BREAD.replace(names=["rye bread", "wheat"])
    assert claim_of(RAW.replace("rye", "rye_bread"), spaced, "f").values["x"].tolist() == [2, 6]
    both = BREAD.replace(names=["a b", "a_b"])
    with pytest.raises(tw.InputError, match="unknown variable 'rye'"):
        claim_of(RAW, both, "f")
    assert claim_of(RAW.replace("rye", "a b").replace("wheat", "a_b"), both, "f").values["x"].tolist() == [2, 6]


@pytest.mark.parametrize("text", [RAW, TABLE])
def test_values_are_taken_by_name(text):
    claim = claim_of(text, BREAD, "f")
    assert (claim.values["x"].tolist(), claim.hints["row_dual"].tolist(), claim.by) == ([2, 6], [0, 1.5, 1], "f")
    turned = BREAD.replace(names=["wheat", "rye"], c=[5.0, 3.0], A=BREAD.A[::-1, ::-1], row_names=["c", "b", "a"])
    turned = turned.replace(row_upper=[18, 12, 4])
    claim = claim_of(text, turned, "f")
    assert (claim.values["x"].tolist(), claim.hints["row_dual"].tolist()) == ([6, 2], [1, 1.5, 0])
    assert tw.certify(turned, claim).ok


def test_without_duals_there_is_a_point_to_judge():
    text = re.sub("# Dual solution values\n.*# Basis", "# Dual solution values\nNone\n\n# Basis", RAW, flags=re.S)
    assert claim_of(text, BREAD, "f").hints == {}
    assert tw.certify(BREAD, claim_of(text, BREAD, "f")).verdict is tw.Verdict.UNPROVEN


def test_a_table_of_an_integer_program():
    text = TABLE.replace("Dual  Name\n        0     BS", "Dual  Type        Name\n        0       ", 1)
    text = text.replace("2           -0  rye", "2               Integer     rye")
    text = text.replace(
        "1     BS            0          inf            6           -0  wheat", "1 0 inf 6 Continuous wheat"
    )
    assert claim_of(text, BREAD, "f").values["x"].tolist() == [2, 6]


def test_not_a_number_is_passed_on_to_the_judge():
    assert tw.certify(BREAD, claim_of(RAW.replace("rye 2", "rye nan"), BREAD, "f")).verdict is tw.Verdict.REFUTED


@pytest.mark.parametrize("style", [0, 1])
def test_a_status_is_no_answer(solution_of, style):
    nowhere = tw.LinearProgram([1.0], [[1.0]], row_lower=[3.0], lower=0, upper=1)
    with pytest.raises(tw.InputError, match=r"holds no point: its status is Infeasible, .* proves nothing"):
        tw.certify(nowhere, solution_of(nowhere, style))
    with pytest.raises(tw.InputError, match="its status is Not Set"):
        tw.certify(BREAD, solution_of(BREAD, style, solve=False))


@pytest.mark.parametrize("style", [2, 3, 4])
def test_other_styles_are_refused(solution_of, style):
    with pytest.raises(tw.InputError, match=r"highs\.writeSolution\(path, 0\)"):
        tw.certify(BREAD, solution_of(BREAD, style))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("rye 2", "rie 2"), ["line 8", "unknown variable 'rie'", 'Did you mean "rye"?']),
        (("b 1.5", "bb 1.5"), ["line 22", "unknown row 'bb'"]),
        (("wheat 6", "rye 6"), ["line 9", "'rye' stands in line 8 already"]),
        (("rye 2", "rye two"), ["line 8", "'two' is not a number"]),
        (("rye 2", "rye 1_0"), ["line 8", "not a number"]),
        (("rye 2", "rye"), ["line 8", "not a name and a number"]),
        (("# Columns 2", "# Columns 3"), ["line 10", "truncated"]),
        (("# Columns 2", "# Columns 99"), ["truncated"]),
        (("# Columns 2", "# Columns -2 sparse"), ["line 7", "styles 0 and 1"]),
        (("# Columns 2\nrye 2\nwheat 6", "# Columns 1\nrye 2"), ["lacks 1 of 2 variables", "'wheat'"]),
        (("Model status", "Status"), ["no solution file of HiGHS", "begin with their model status"]),
        (("# Rows 3", "# Columns 2\nrye 2\nwheat 6\n# Rows 3"), ["line 10", "second block"]),
        (("# Columns 2", "# Columns 99999999999"), ["line 7", "'# Columns 99999999999', but 28 lines follow"]),
        (("# Columns 2", f"# Columns {'9' * 5000}"), ["line 7", "28 lines follow"]),
        (("# Rows 3", "# Rows 999999999999999999999"), ["line 10", "25 lines follow"]),
        (("# Columns 2", "# Columns 1"), ["line 9", "'wheat 6' is one more than '# Columns 1' of line 7 announces"]),
        (("wheat 6", "wheat 6\nrye 5"), ["line 10", "'rye 5' is one more", "twice"]),
        (("wheat 0", "wheat 0\nrye 0"), ["line 20", "'rye 0' is one more"]),
        (("b 1.5", "a 1.5"), ["line 22", "'a' stands in line 21 already"]),
        (("# Columns 2", "# columns 2"), ["damaged", "primal values of Columns"]),
    ],
)
def test_damaged_files(tmp_path, pair, words):
    path = tmp_path / "damaged.sol"
    assert pair[0] in RAW
    path.write_text(RAW.replace(*pair, 1))
    with pytest.raises(tw.InputError) as caught:
        tw.certify(BREAD, path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("end", ["# Dual", "rye 0", "c 1", "b 12"])
def test_truncated_files(end):
    with pytest.raises(tw.InputError, match=r"truncated|not a name and a number"):
        claim_of(RAW[: RAW.index(end)], BREAD, "f")
    with pytest.raises(tw.InputError, match="truncated"):
        claim_of(TABLE[: TABLE.index("Model")], BREAD, "f")


def test_every_cut_is_refused_up_to_the_last_number_that_is_read():
    end = RAW.index("\n\n# Basis")
    for k in range(end + 1):
        with pytest.raises(tw.InputError):
            claim_of(RAW[:k], BREAD, "f")
    for k in (end + 1, RAW.index("Valid"), len(RAW) - 1):
        assert claim_of(RAW[:k], BREAD, "f").hints["row_dual"].tolist() == [0, 1.5, 1]


def test_names_may_hold_a_sign_of_comments_and_what_breaks_lines_elsewhere():
    odd = BREAD.replace(names=["#rye", "wh\u2028eat"], row_names=["a\x85b", "b", "c"])
    text = RAW.replace("rye", "#rye").replace("wheat", "wh\u2028eat").replace("\na ", "\na\x85b ")
    claim = claim_of(text, odd, "f")
    assert (claim.values["x"].tolist(), claim.hints["row_dual"].tolist()) == ([2, 6], [0, 1.5, 1])


def test_an_unknown_name_among_many_is_refused_at_once():
    n = 100_000
    many = tw.LinearProgram(np.ones(n), lower=0, names=[f"from_{j:06d}_to_{j * 7 % n:06d}" for j in range(n)])
    lines = "".join(f"{name[:-1]}x 1\n" for name in many.names)
    text = RAW.replace("# Columns 2\nrye 2\nwheat 6\n", f"# Columns {n}\n{lines}")
    with pytest.raises(
        tw.InputError, match=r"line 8: unknown variable 'from_000000_to_00000x'\. Known: .*100000 in all"
    ):
        claim_of(text, many, "f")


def test_a_damaged_table():
    with pytest.raises(tw.InputError, match=r"f, line 3: expected index, status"):
        claim_of(TABLE.replace("0     BS", "x     BS", 1), BREAD, "f")
    with pytest.raises(tw.InputError, match=r"f, line 8: '1\.5\.0' is not a number"):
        claim_of(TABLE.replace("1.5", "1.5.0"), BREAD, "f")


def test_only_programs_have_such_solutions():
    with pytest.raises(tw.InputError, match="not of a Fit"):
        claim_of(RAW, tw.Fit([[1.0]], [1.0]), "f")


@settings(max_examples=300, deadline=None)
@given(
    text=st.sampled_from([RAW, TABLE]),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.text(max_size=6)), min_size=1, max_size=4),
)
def test_damage_never_crashes(text, edits):
    for place, dropped, put in edits:
        k = int(place * len(text))
        text = text[:k] + put + text[k + dropped :]
    try:
        claim = claim_of(text, BREAD, "f")
    except tw.ThalwegError:
        return
    assert claim.values["x"].shape == (2,)
    assert not np.isnan(tw.certify(BREAD, claim).gap)
