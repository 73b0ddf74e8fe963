"""Every command and every reader says what is wrong with a file: one line, the name, the cure, exit code 1."""

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

import thalweg as tw
from thalweg.cli._group import group

MPS = "NAME m\nROWS\n N COST\n G R1\nCOLUMNS\n x COST 1 R1 1\nRHS\n RHS R1 2\nENDATA\n"
LP = "min\n o: x\nst\n r: x >= 2\nend\n"
CSV = "a,y\n1,2\n2,3\n3,5\n"

FILES = {
    "good.mps": MPS.encode(),
    "good.csv": CSV.encode(),
    "good.json": b'{"x": {"x": 2}, "duals": [1]}',
    "empty.mps": b"",
    "blank.lp": b"\n  \n",
    "empty.csv": b"",
    "empty.json": b"",
    "cut.mps": MPS[:60].encode(),
    "no-end.mps": MPS.replace("ENDATA\n", "").encode(),
    "no-end.lp": LP.replace("end\n", "").encode(),
    "cut.mps.gz": gzip.compress(MPS.encode())[:-9],
    "cut.csv.gz": gzip.compress(CSV.encode())[:-9],
    "cut.json": b'{"x": {"x": 2}, "du',
    "binary.mps": b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)),
    "binary.lp": b"\x00\x01",
    "binary.csv": b"PK\x03\x04\x00\x00",
    "binary.json": b"\x93NUMPY\x01\x00",
    "fake.mps.gz": MPS.encode(),
    "prose.mps": b"It was a dark and stormy night.\n",
    "prose.lp": b"It was a dark and stormy night.\nend\n",
    "model.sav": b"x",
    "model": b"x",
    "header.csv": b"a,y\n",
    "latin.csv": "a,größe\n1,2\n".encode("latin-1"),
}
CASES = [
    ("solve missing.mps", "missing.mps does not exist"),
    ("solve god.mps", 'Did you mean "good.mps"?'),
    ("solve nowhere/good.mps", "Its folder nowhere does not exist"),
    ("solve .", ". is a folder"),
    ("solve empty.mps", "empty.mps is empty"),
    ("solve blank.lp", "blank.lp is empty"),
    ("solve cut.mps", "cut.mps is truncated: it has no ENDATA line"),
    ("solve no-end.mps", "no-end.mps is truncated: it has no ENDATA line"),
    ("solve no-end.lp", "no-end.lp is truncated: it has no End line"),
    ("solve cut.mps.gz", "cut.mps.gz is truncated or damaged"),
    ("solve binary.mps", "binary.mps is a binary file"),
    ("solve binary.lp", "binary.lp is a binary file"),
    ("solve fake.mps.gz", "fake.mps.gz is not a gzip file"),
    ("solve prose.mps", "prose.mps is not an MPS file"),
    ("solve prose.lp", "prose.lp cannot be read"),
    ("solve model.sav", 'unknown suffix ".sav". Known: .mps'),
    ("solve model", 'unknown suffix ""'),
    ("fit missing.csv --target y", "missing.csv does not exist"),
    ("fit empty.csv --target y", "empty.csv is empty"),
    ("fit binary.csv --target y", "binary.csv is a binary file"),
    ("fit cut.csv.gz --target y", "cut.csv.gz is truncated or damaged"),
    ("fit header.csv --target y", "header.csv has column names but no rows"),
    ("fit latin.csv --target y", "latin.csv is not UTF-8 text"),
    ("fit good.csv --target z", 'no column "z"'),
    ("check good.mps missing.json", "missing.json does not exist"),
    ("check good.mps empty.json", "empty.json is empty"),
    ("check good.mps cut.json", "cut.json is not JSON"),
    ("check good.mps binary.json", "binary.json is a binary file"),
    ("check missing.mps good.json", "missing.mps does not exist"),
    ("check good.mps good.mps", "good.mps is a linear, quadratic or mixed-integer program, not an answer"),
    ("solve good.mps --report good.csv", "good.csv exists already. Pass --overwrite"),
    ("solve good.mps --report nowhere/a.html", "cannot write nowhere/a.html: the folder does not exist"),
    ("fit good.csv --target y --report good.mps", "good.mps exists already. Pass --overwrite"),
    ("fit good.csv --target y --report .", "cannot write .: it is a folder"),
]


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("line", "words"), CASES)
def test_one_line_on_stderr_and_exit_code_1(here, line, words):
    result = CliRunner().invoke(group, line.split(), prog_name="thalweg")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert words in result.stderr
    assert {path.name: path.read_bytes() for path in here.iterdir()} == FILES


@pytest.mark.parametrize(
    ("line", "words"), [case for case in CASES if case[0].startswith("solve") and "--" not in case[0]]
)
def test_read_raises_the_same(here, line, words):
    with pytest.raises(tw.InputError) as caught:
        tw.read(line.split()[1])
    assert words in str(caught.value)


def test_the_good_files_are_good(here):
    for line in ("solve good.mps", "check good.mps good.json", "fit good.csv --target y --loss squared"):
        assert CliRunner().invoke(group, line.split(), prog_name="thalweg").exit_code == 0, line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("line", ["solve good.mps", "fit good.csv --target y --loss squared"])
def test_a_full_disk_is_named_after_the_result_is_printed(here, line):
    result = CliRunner().invoke(group, [*line.split(), "--report", "/dev/full"], prog_name="thalweg")
    assert result.exit_code == 1
    assert "PROVED" in result.stdout
    assert result.stderr == (
        "error: cannot write /dev/full: the disk is full. Free some space or write to another disk.\n"
    )
