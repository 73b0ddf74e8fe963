"""Rows and columns of text tables: blank lines are never skipped, wide tables not searched."""

import pytest

import thalweg as tw
from thalweg.io.delimited import Layout, check_names
from thalweg.io.tables import COMMAS, read_features, read_table


@pytest.mark.parametrize(
    ("text", "layout", "words"),
    [
        ("y,a\n1,2\n\n3,4\n", COMMAS, "1 row without any value, first row 2: a blank line"),
        ("y,a\n1,2\n   \n3,4\n", COMMAS, "1 row without any value, first row 2: a blank line"),
        ("y,a\r\n\r\n1,2\r\n\r\n3,4\r\n", COMMAS, "2 rows without any value, first row 1: a blank line"),
        ("y,a\r1,2\r\r3,4\r", COMMAS, "1 row without any value, first row 2: a blank line"),
        ("y,a\n1,2\n,\n3,4\n", COMMAS, "1 row without any value, first row 2: a blank line"),
        ("y\ta\n1\t2\n\n3\t4\n", Layout("\t"), "1 row without any value, first row 2: a blank line"),
        ("y\ta\n1\t2\n\t\n", Layout("\t"), "1 row without any value, first row 2: a blank line"),
        ("a\ty\n1\t2\n3\t\n", Layout("\t"), 'column "y" has 1 missing value, first in row 2'),
        ("y\ta\n1\t2\n  \n3\t4\n", Layout("\t"), "in row 2"),
        ("y,a\n1,2\n\t\n3,4\n", COMMAS, "in row 2"),
    ],
)
def test_a_blank_line_between_rows_is_never_skipped(write, text, layout, words):
    with pytest.raises(tw.InputError, match=words):
        read_table(write("t.csv", text), "y", layout=layout)


def test_a_missing_value_in_a_file_of_one_column_is_no_shorter_file(write):
    with pytest.raises(tw.InputError, match="1 row without any value, first row 2: a blank line"):
        read_features(write("t.csv", "a\n1\n\n3\n"), ["a"])


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n \t\r\n\r\n", "\r\r"])
@pytest.mark.parametrize("start", ["", "\n", " \r\n\r\n", "\r"])
def test_blank_lines_around_a_table_do_not_matter(write, start, end):
    table = read_table(write("t.csv", f"{start}a,y\n1,2\n3,4{end}"), "y")
    assert table.features["a"].tolist() == [1, 3]
    assert table.target.tolist() == [2, 4]


def test_a_blank_line_within_quotes_is_part_of_a_field(write):
    assert read_table(write("t.csv", 'a,y\n1,"x\n\nz"\n2,w\n'), "y").target.tolist() == ["x\n\nz", "w"]


class Counted(str):
    """A name that counts how often it is compared."""

    comparisons = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Counted.comparisons += 1
        return str.__eq__(self, other)


@pytest.mark.parametrize("width", [100, 400])
def test_names_of_wide_tables_are_looked_up_not_searched(write, monkeypatch, width):
    monkeypatch.setattr(Counted, "comparisons", 0)
    names = [Counted(f"c{k}") for k in range(width)]
    check_names(names, "t.csv")
    read_table(path := write("t.csv", f"y,{','.join(names)}\n{'1,' * width}1\n"), "y", drop=names[1:])
    found = read_features(path, names)
    assert list(found.features.columns) == names
    assert Counted.comparisons < 25 * width
