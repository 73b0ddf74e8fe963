"""Tables as text: what is read, and what is refused with column and row."""

import shutil
import subprocess

import pytest

import thalweg as tw
from thalweg.io.delimited import Layout
from thalweg.io.tables import COMMAS, read_features, read_table

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
        ("\n\nincome,a\n1,2\n1,2,3\n", ["not a table", "line 5"]),
        (",,\nincome,a,b\n1,2,3\n", ["column 1 of 3 has no name"]),
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


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("a;y\n1,5;2\n2,5;3\n", Layout(";", ",")),
        ("a;y\n1.5;2\n2.5;3\n", Layout(";")),
        ("a\ty\n1.5\t2\n2.5\t3\n", Layout("\t")),
        ('a,y\n"1,5",2\n"2,5",3\n', Layout(",", ",")),
        ("a|y\n1.5|2\n2.5|3\n", Layout("|")),
    ],
)
def test_other_layouts_are_read_when_they_are_named(write, text, layout):
    table = read_table(write("t.csv", text), "y", layout=layout)
    assert table.features["a"].tolist() == [1.5, 2.5]
    assert table.target.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("text", "layout", "words"),
    [
        ("a;y\n1,5;2\n", COMMAS, ["separated by semicolons, not commas", "Pass --separator ';' --decimal ,"]),
        ("a;y\n1;2\n", COMMAS, ["Pass --separator ';', or export"]),
        ("a\ty\n1\t2\n", COMMAS, ["separated by tabs", "Pass --separator tab"]),
        ("a|y\n1|2\n", COMMAS, ["separated by vertical bars", "Pass --separator '|'"]),
        ("a,y\n1,2\n", Layout(";"), ["separated by commas, not semicolons", "Pass --separator ,"]),
        ("a;y\n1,5;2\n", Layout(";"), ["'1,5' in row 1", "decimal comma: pass --decimal ,"]),
        ("a;y\n1,234;2\n1,5;2\n", Layout(";"), ["decimal comma: pass --decimal ,"]),
        ("a;y\n1.5;2\n", Layout(";", ","), ["decimal point", "leave that option out"]),
        ("a;y\n1.234,5;2\n", Layout(";", ","), ["points between thousands"]),
        ("a;y\n1.234.567;2\n", Layout(";"), ["points between thousands"]),
        ('a,y\n"1,234",2\n"12,000",3\n', COMMAS, ["commas between thousands"]),
        ('a,y\n"1,234.5",2\n', COMMAS, ["commas between thousands"]),
        ("a,y\n1 234,2\n", COMMAS, ["blanks or apostrophes between thousands"]),
        ("a,y\n1'234.5,2\n", COMMAS, ["blanks or apostrophes between thousands"]),
        ("a,y\n12%,2\n", COMMAS, ["a number with a unit"]),
        ("a,y\n€ 12,2\n", COMMAS, ["a number with a unit"]),
        ("a,y\n2024-02-29,2\n", COMMAS, ["holds dates or times, first '2024-02-29' in row 1", "days since a date"]),
        ("a,y\n29.02.2024,2\n", COMMAS, ["holds dates or times"]),
        ("a,y\n1_000,2\n", COMMAS, ["holds text, first '1_000'"]),
        ("a,y\n1,5,2\n2,5,3\n", COMMAS, ["not a table", "a decimal comma?"]),
        ("a,y\ninf,2\n", COMMAS, ['"a" has 1 infinite value, first in row 1']),
        ("a,y\n1,-inf\n", COMMAS, ['"y" has 1 infinite value, first in row 1']),
    ],
)
def test_numbers_in_another_spelling_are_named_with_the_cure(write, text, layout, words):
    with pytest.raises(tw.InputError) as caught:
        read_table(write("t.csv", text), "y", layout=layout)
    for word in words:
        assert word in str(caught.value)


def test_integers_beyond_64_bits_become_floats(write):
    table = read_table(write("t.csv", "a,y\n123456789012345678901234567890,1\n-1,2\n"), "y")
    assert table.features["a"].tolist() == [123456789012345678901234567890.0, -1.0]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("latin-1", "WINDOWS-1252"),
        ("cp1252", "WINDOWS-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", "UTF-32"),
    ],
)
def test_other_encodings_come_with_the_line_that_converts_them(write, tmp_path, encoding, name):
    text = "caf\xe9,y\n1,2\n" if name.startswith("WIN") else "cafe,y\n1,2\n"
    path = write("the file.csv", text.encode(encoding))
    with pytest.raises(tw.InputError, match=f"{name}") as caught:
        read_table(path, "y")
    line = str(caught.value).partition("Convert it: ")[2]
    if shutil.which("iconv") is None:
        pytest.skip("this system has no iconv")
    subprocess.run(line, shell=True, check=True)
    assert read_table(tmp_path / "the file-utf8.csv", "y").target.tolist() == [2]


def test_compressed_text_in_another_encoding(write, tmp_path):
    with pytest.raises(tw.InputError, match=r"0xe9 at position 3 \(line 1.*gunzip -c .* \| iconv -f WINDOWS-1252"):
        read_table(write("t.csv.gz", "caf\xe9,y\n1,2\n".encode("latin-1")), "y")


def test_a_workbook_is_no_text(write):
    with pytest.raises(tw.InputError, match=r"workbook .* Export the sheet as CSV"):
        read_table(write("t.csv", b"PK\3\4\0\0\0"), "y")


def test_columns_for_a_model_in_its_order(write):
    found = read_features(write("t.csv", CSV), ["income", "age"])
    assert list(found.features.columns) == ["income", "age"]
    assert found.features["age"].tolist() == [30, 40, 50]
    assert found.ignored == ("y",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "age,incme\n1,2\n",
            ['lacks 1 of the 2 columns that the model needs, first "income"', 'Did you mean "incme"?'],
        ),
        ("age,income\n1,low\n", ["\"income\" holds text, first 'low' in row 1", "The model needs numbers"]),
        ("age,income\n1,2\n,3\n", ['"age" has 1 missing value, first in row 2']),
        ("age,income\n1,2\n1,-inf\n", ['"income" has 1 infinite value, first in row 2']),
        ("age,income\n", ["no rows"]),
    ],
)
def test_bad_tables_for_a_model(write, text, words):
    with pytest.raises(tw.InputError) as caught:
        read_features(write("t.csv", text), ["age", "income"])
    for word in words:
        assert word in str(caught.value)


def test_hostile_names_stay_themselves_and_errors_stay_one_line(write):
    names = ["<script>alert(1)</script>", 'a "b"', "two\nlines", "x" * 300, "\u05d0\u05d1", "\U0001f600", "a=b=c"]
    head = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    path = write("t.csv", f"{head},y\n{'1,' * len(names)}2\n")
    assert list(read_table(path, "y").features.columns) == names
    write("t.csv", f"{head},y\n{'x,' * len(names)}2\n")
    for name in names:
        with pytest.raises(tw.InputError) as caught:
            read_table(path, "y", drop=[other for other in names if other != name])
        assert name.replace("\n", r"\n") in str(caught.value)


def test_a_name_with_a_line_end_is_shown_on_one_line(write):
    with pytest.raises(tw.InputError) as caught:
        read_table(write("t.csv", '"two\nlines",y\n,2\n'), "y")
    assert r'"two\nlines" has 1 missing value' in str(caught.value)
    assert "\n" not in str(caught.value)
