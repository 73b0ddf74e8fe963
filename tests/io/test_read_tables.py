"""CSV files: what is read, and what is refused with column and row."""

import pytest

import thalweg as tw
from thalweg.io.tables import read_table

CSV = "age, income,y\n30,1.5,0\n40,2.5,1\n50,3.5,0\n"


def test_features_and_target(write):
    table = read_table(write("t.csv", CSV), "y")
    assert list(table.features.columns) == ["age", "income"]
    assert table.features["income"].tolist() == [1.5, 2.5, 3.5]
    assert table.target.tolist() == [0, 1, 0]
    assert table.weights is None


def test_weights_are_no_feature(write):
    table = read_table(write("t.csv", CSV), "y", weights="income")
    assert list(table.features.columns) == ["age"]
    assert table.weights.tolist() == [1.5, 2.5, 3.5]


def test_columns_left_out_may_hold_anything(write):
    table = read_table(write("t.csv", "id,age,note,y\na1,30,,0\na2,40,late,1\n"), "y", drop=["id", "note"])
    assert list(table.features.columns) == ["age"]


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.txt"])
def test_suffix_does_not_matter(write, name):
    assert read_table(write(name, CSV), "age").target.tolist() == [30, 40, 50]


def test_byte_order_mark_is_no_part_of_a_name(write):
    assert list(read_table(write("t.csv", "\ufeff" + CSV), "y").features.columns) == ["age", "income"]


def test_text_labels_may_be_the_target(write):
    assert read_table(write("t.csv", "a,y\n1,no\n2,yes\n"), "y").target.tolist() == ["no", "yes"]


def test_names_with_commas_and_quotes(write):
    table = read_table(write("t.csv", '"a, b","say ""x""",y\n1,2,3\n'), "y")
    assert list(table.features.columns) == ["a, b", 'say "x"']


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age,incme,y\n1,2,3\n", ['no column "income"', 'Did you mean "incme"?']),
        ("1,2,3\n4,5,6\n", ['no column "income"', "lack a line of column names"]),
        ("income,a,a\n1,2,3\n", ['more than one column "a"', "rename"]),
        (",a,income\n0,1,2\n", ["column 1 of 3 has no name", "index=False"]),
        ("income,a\n", ["no rows"]),
        ("income\n1\n", ["no feature column"]),
        ("income;a\n1;2\n", ["semicolons", "commas"]),
        ("income\ta\n1\t2\n", ["tabs", "commas"]),
        ("income,a\n1,2\n1,x\n", ['column "a" holds text', "'x' in row 2", '--drop "a"', "get_dummies"]),
        ('income,a\n1,2\n1,"1,234"\n', ["'1,234' in row 2"]),
        ("income,a,b\n1,,\n1,2,\n", ['column "a" has 1 missing value, first in row 1', "does not impute"]),
        ("income,a\n1,2\n,3\nNA,4\n", ['column "income" has 2 missing values, first in row 2']),
        ("income,a\n1,2\n1,2,3\n", ["not a table", "line 3"]),
        ("income,a\n1,2,3\n1,2,3\n", ["not a table"]),
        ("income,a\n1\n1,2\n", ['column "a" has 1 missing value, first in row 1']),
    ],
)
def test_bad_tables(write, text, words):
    path = write("bad.csv", text)
    with pytest.raises(tw.InputError) as caught:
        read_table(path, "income")
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_other_encodings_are_named(write):
    with pytest.raises(tw.InputError, match=r"not UTF-8 .*0xe9 at position 3.*iconv"):
        read_table(write("latin.csv", "caf\xe9,y\n1,2\n".encode("latin-1")), "y")


def test_without_pandas_the_extra_is_named(write, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(tw.MissingExtra, match=r'pip install "thalweg\[tables\]"'):
        read_table(write("t.csv", CSV), "y")
