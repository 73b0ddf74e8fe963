"""What counts as a number in a text table, and what as a label."""

import pytest

import thalweg as tw
from thalweg.io.delimited import Layout
from thalweg.io.tables import read_table


@pytest.mark.parametrize("number", ["\u00a01,5", "1,5\u202f", "\uff11,\uff15", "\u0661,\u0665"])
def test_blanks_and_digits_of_other_scripts_beside_decimal_commas(write, number):
    table = read_table(write("t.csv", f"a;y\n2,5;0,5\n{number};{number}\n"), "y", layout=Layout(";", ","))
    assert table.features["a"].tolist() == [2.5, 1.5]
    assert table.target.tolist() == [0.5, 1.5]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", ["a", "y"])
def test_integers_beyond_float64_are_infinite(write, sign, column):
    path = write("t.csv", f"{column},b\n1,2\n{sign}{'9' * 310},3\n")
    with pytest.raises(tw.InputError, match=f'"{column}" has 1 infinite value, first in row 2'):
        read_table(path, "b" if column == "a" else "y")


@pytest.mark.parametrize(
    ("labels", "layout", "words"),
    [
        (["0,5", "1,5"], Layout(";"), ["first '0,5' in row 1", "pass --decimal ,"]),
        (["1", "1,5"], Layout(";"), ["first '1,5' in row 2", "pass --decimal ,"]),
        (["\u00a00,5", "1"], Layout(";"), ["in row 1", "pass --decimal ,"]),
        (["0.5", "1,5"], Layout(";", ","), ["first '0.5' in row 1", "leave that option out"]),
        (["1,234", "2,345"], Layout(";"), ["first '1,234' in row 1", "commas between thousands"]),
        (["1\u00a0234", "900"], Layout(";"), ["in row 1", "blanks or apostrophes between thousands"]),
        (["10%", "20%"], Layout(";"), ["first '10%' in row 1", "a number with a unit"]),
    ],
)
def test_numbers_in_another_spelling_are_no_labels(write, labels, layout, words):
    rows = "".join(f"{k};{label}\n" for k, label in enumerate(labels))
    with pytest.raises(tw.InputError) as caught:
        read_table(write("t.csv", f"a;y\n{rows}"), "y", layout=layout)
    for word in ['column "y" holds text', *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize("labels", [["0,5", "more"], ["1_0", "2_0"], ["v1,5", "v2,5"], ["<1", ">1"]])
def test_labels_that_are_not_all_numbers_stay_labels(write, labels):
    rows = "".join(f"{k};{label}\n" for k, label in enumerate(labels))
    assert read_table(write("t.csv", f"a;y\n{rows}"), "y", layout=Layout(";")).target.tolist() == labels


@pytest.mark.parametrize("other", ["yes ", '" yes"', "yes\u00a0"])
def test_labels_that_differ_in_blanks_are_no_two_classes(write, other):
    with pytest.raises(
        tw.InputError, match=r'"y" has labels .* surrounding blanks only: .*in row 3\. Write them alike'
    ):
        read_table(write("t.csv", f"a,y\n1,yes\n2,no\n3,{other}\n"), "y")


def test_labels_of_a_typed_file_are_told_apart_likewise(tmp_path):
    pytest.importorskip("pyarrow")
    pd = pytest.importorskip("pandas")
    pd.DataFrame({"a": [1, 2, 3], "y": ["yes", "no", "yes "]}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(tw.InputError, match="surrounding blanks only: 'yes' and 'yes ', which is first in row 3"):
        read_table(tmp_path / "t.parquet", "y")
