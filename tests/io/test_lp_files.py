"""LP files: what the reader of HiGHS makes another program of is refused here, and what it can keep is kept."""

import os
import threading
import time
import warnings

import numpy as np
import pytest

import thalweg as tw
from thalweg.io.lp_by_highs import parse


def lp(*, objective="x + y", row="x + y <= 4", rest="") -> str:
    return f"min\n obj: {objective}\nst\n c: {row}\n{rest}end\n"


@pytest.mark.parametrize("word", ["nan", "inf", "Infinity", "NaN"])
def test_words_for_numbers_are_no_variables(write, word):
    for text in (lp(objective=f"x + y + {word}"), lp(row=f"x + 3 {word} <= 4")):
        with pytest.raises(tw.InputError, match=rf"words\.lp: '{word}' stands in the place of a variable.*number"):
            tw.read(write("words.lp", text))


def test_infinity_remains_a_limit(write):
    problem = tw.read(write("limits.lp", lp(rest="bounds\n x >= -inf\n y <= infinity\n")))
    assert (problem.lower.tolist(), problem.upper.tolist()) == ([-np.inf, 0], [np.inf, np.inf])


@pytest.mark.parametrize(
    ("rest", "limits"),
    [
        ("bounds\n x <= 5\nbinary\n x\n", "0 and 5"),
        ("binary\n y x \\ y\nbounds\n x <= 5\n", "0 and 5"),
        ("bounds\n x free\nBin\n\n y\n x\n", "-inf and 1"),
        ("bounds\n -3 <= x <= 1\nbinaries x y\n", "-3 and 1"),
        ("bounds\n x = 7\nbinary\n x\n", "7 and 7"),
    ],
)
def test_binary_variables_with_other_bounds_are_refused_for_readers_differ(write, rest, limits):
    with pytest.raises(
        tw.InputError, match=rf'two\.lp: "x" is binary, but its bounds are {limits} \(1 such\).*general'
    ):
        tw.read(write("two.lp", lp(rest=rest)))


@pytest.mark.parametrize(
    ("rest", "upper"),
    [
        ("binary\n x\n", [1, np.inf]),
        ("bounds\n x <= 0.5\n y <= 9\nbinary\n x\ngeneral\n y\n", [0, 9]),
        ("bounds\n x <= 5\ngeneral\n x\nbinary\n y\n", [5, 1]),
        ("bounds\n x <= 5\nbinary\n y\ngeneral\n x\n", [5, 1]),
    ],
)
def test_other_integer_variables_keep_their_bounds(write, rest, upper):
    assert tw.read(write("whole.lp", lp(rest=rest))).upper.tolist() == upper


def test_large_numbers_are_kept(write):
    text = lp(objective="1e20 x + 1e300 y + [ 1e16 x ^ 2 ] / 2", row="1e15 x + 1e200 y <= 4")
    problem = tw.read(write("large.lp", text))
    assert (problem.q.tolist(), problem.A.tolist(), problem.P[0, 0]) == ([1e20, 1e300], [[1e15, 1e200]], 1e16)


@pytest.mark.parametrize("part", [{"objective": "1e400 x"}, {"row": "1e400 x <= 1"}, {"objective": "x + 1e400"}])
def test_infinite_numbers_are_refused(write, part):
    with pytest.raises(tw.InputError, match=r"infinite\.lp"):
        tw.read(write("infinite.lp", lp(**part)))


@pytest.mark.parametrize("part", [{"row": "1e-12 x + y <= 4"}, {"objective": "x + [ 1e-13 x ^ 2 ] / 2"}])
def test_entries_that_highs_drops_are_refused(write, part):
    with pytest.raises(tw.InputError, match=r"small\.lp: .*ignored\. Another problem would be solved"):
        tw.read(write("small.lp", lp(**part)))


def test_columns_of_large_numbers_are_not_idle(write):
    text = lp(row="1.7e308 x + y <= 4\n d: 1.7e308 x + y <= 3\n e: y - z <= 1\n f: z - 1e-11 y >= 0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tw.read(write("large.lp", text)).names == ("x", "y", "z")


def test_a_byte_order_mark_is_no_part_of_the_text(write):
    assert tw.read(write("marked.lp", b"\xef\xbb\xbf" + lp().encode())).names == ("x", "y")


def test_lines_may_end_as_on_windows(write):
    assert tw.read(write("windows.lp", lp().replace("\n", "\r\n"))).names == ("x", "y")


def test_many_blank_lines_take_no_time(tmp_path):
    start = time.perf_counter()
    with pytest.raises(tw.InputError, match="truncated"):
        parse(b"min\n" + b"\n" * 300_000, tmp_path / "blank.lp")  # took minutes: each blank line was read to the last
    assert time.perf_counter() - start < 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe.lp"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(lp(),), daemon=True)
    writer.start()
    assert tw.read(path).names == ("x", "y")
    writer.join(timeout=5)


def test_lines_of_written_files_are_short(tmp_path):
    n = 30
    names = ["x" * 250 + f"_{j}" for j in range(n)]
    problem = tw.QuadraticProgram(np.full((n, n), 1 / 3), np.full(n, -1e-300 / 3), np.ones((1, n)), names=names)
    tw.write(problem, tmp_path / "long.lp")
    assert max(map(len, (tmp_path / "long.lp").read_text().splitlines())) <= 560  # all that the format allows
    short = problem.replace(names=None)
    tw.write(short, tmp_path / "short.lp")
    assert max(map(len, (tmp_path / "short.lp").read_text().splitlines())) <= 100
    assert np.array_equal(tw.read(tmp_path / "short.lp").P, short.P)
