"""Parquet and Arrow: each kind of column has a named outcome."""

import datetime as dt
from decimal import Decimal

import pytest

import thalweg as tw
from thalweg.io.tables import read_features, read_table

pa = pytest.importorskip("pyarrow", reason="reads Parquet and Arrow files", exc_type=ImportError)

WRITERS = {
    "t.parquet": lambda table, path: __import__("pyarrow.parquet").parquet.write_table(table, path),
    "t.feather": lambda table, path: __import__("pyarrow.feather").feather.write_feather(table, path),
    "t.arrow": lambda table, path: _ipc(table, path, pa.ipc.new_file),
    "t.ipc": lambda table, path: _ipc(table, path, pa.ipc.new_file),
    "t.arrows": lambda table, path: _ipc(table, path, pa.ipc.new_stream),
    "stream.arrow": lambda table, path: _ipc(table, path, pa.ipc.new_stream),
}


def _ipc(table, path, opener):
    with opener(str(path), table.schema) as writer:
        writer.write_table(table)


@pytest.fixture
def save(tmp_path):
    """Return a function that writes columns to a file whose name says how."""

    def save(columns, name="t.parquet"):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        path = tmp_path / name
        WRITERS.get(name, WRITERS["t.parquet"])(table, str(path))
        return path

    return save


@pytest.mark.parametrize("name", [*WRITERS, "no-suffix", "t.csv"])
def test_every_format_gives_the_same_table(save, name):
    table = read_table(save({"age": [30, 40], "income": [1.5, 2.5], "y": ["no", "yes"]}, name), "y")
    assert table.features.to_dict("list") == {"age": [30, 40], "income": [1.5, 2.5]}
    assert table.target.tolist() == ["no", "yes"]


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (pa.array([1, 2], pa.int8()), [1, 2]),
        (pa.array([1, 2], pa.uint64()), [1, 2]),
        (pa.array([1.5, 2.5], pa.float16()), [1.5, 2.5]),
        (pa.array([True, False]), [1, 0]),
        (pa.array([Decimal("1.50"), Decimal("-2.25")]), [1.5, -2.25]),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_columns_that_are_numbers(save, column, numbers):
    table = read_table(save({"a": column, "y": [1.0, 2.0]}), "y")
    assert table.features["a"].tolist() == numbers
    assert tw.Fit(table.features, table.target).shape == (2, 1)


UNSUITABLE = [
    (pa.array([dt.date(2024, 2, 29), dt.date(2025, 1, 1)]), "dates or times (date32[day], first 2024-02-29)"),
    (pa.array([dt.datetime(2024, 2, 29), None]), "dates or times (timestamp[us], first 2024-02-29 00:00:00)"),
    (pa.array([dt.time(1, 2), dt.time(3, 4)]), "dates or times"),
    (pa.array([dt.timedelta(days=1), dt.timedelta(days=2)]), "durations"),
    (pa.array([[1], [2, 3]]), "lists or records (list<"),
    (pa.array([{"b": 1}, {"b": 2}]), "lists or records"),
    (pa.array([b"1", b"2"]), "values that are no numbers (binary"),
]
LABELS = [
    (pa.array(["a", "b"]), "text, first 'a'"),
    (pa.array(["1", "2"]), "text, first '1'"),
    (pa.array(["a", "b"], pa.large_string()), "text, first 'a'"),
    (pa.array(["low", "high"]).dictionary_encode(), "categories (string, first 'low')"),
    (pa.array([7, 9]).dictionary_encode(), "categories (int64, first 7)"),
]


@pytest.mark.parametrize(("column", "words"), UNSUITABLE + LABELS, ids=lambda value: str(getattr(value, "type", "")))
def test_columns_that_are_no_feature(save, column, words):
    path = save({"a": column, "b": [1, 2], "y": [1.0, 2.0]}, "t.arrow")  # Parquet forgets categories of numbers
    with pytest.raises(tw.InputError) as caught:
        read_table(path, "y")
    assert f'column "a" holds {words}' in str(caught.value)
    assert '--drop "a"' in str(caught.value)
    assert list(read_table(path, "y", drop=["a"]).features.columns) == ["b"]
    assert read_features(path, ["b"]).ignored == ("a", "y")


@pytest.mark.parametrize(("column", "words"), UNSUITABLE, ids=lambda value: str(getattr(value, "type", "")))
def test_columns_that_are_no_target(save, column, words):
    with pytest.raises(tw.InputError) as caught:
        read_table(save({"a": [1, 2], "y": column}), "y")
    assert words in str(caught.value)


@pytest.mark.parametrize(("column", "_"), LABELS, ids=lambda value: str(getattr(value, "type", "")))
def test_text_and_categories_may_be_the_target(save, column, _):
    assert read_table(save({"a": [1, 2], "y": column}), "y").target.tolist() == column.to_pylist()


@pytest.mark.parametrize("column", [[1.0, None], [1.0, float("nan")], [True, None], [1, None], [None, None]], ids=str)
def test_missing_values_are_named(save, column):
    total = column.count(None) or 1
    with pytest.raises(tw.InputError, match=rf'"a" has {total} missing value.*, first in row {3 - total}'):
        read_table(save({"a": column, "y": [1.0, 2.0]}), "y")


def test_infinite_values_are_named(save):
    with pytest.raises(tw.InputError, match='"a" has 1 infinite value, first in row 2'):
        read_table(save({"a": [1.0, float("inf")], "y": [1.0, 2.0]}), "y")


def test_an_index_of_pandas_is_no_feature(save):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "y": [1.0, 2.0, 4.0, 8.0]})[lambda rows: rows["a"] != 2]
    path = save(pa.Table.from_pandas(frame))
    with pytest.raises(tw.InputError, match=r'"__index_level_0__" holds the row index of pandas'):
        read_table(path, "y")
    assert list(read_table(path, "y", drop=["__index_level_0__"]).features.columns) == ["a"]
    assert read_features(path, ["a"]).features["a"].tolist() == [1, 3, 4]


def test_folders_named_like_columns_add_none(tmp_path):
    (tmp_path / "year=2024").mkdir()
    path = tmp_path / "year=2024" / "t.parquet"
    WRITERS["t.parquet"](pa.table({"a": [1, 2], "y": [1.0, 2.0]}), str(path))
    assert list(read_table(path, "y").features.columns) == ["a"]


@pytest.mark.parametrize(
    ("names", "words"), [(["a", "a", "y"], 'more than one column "a"'), (["", "a", "y"], "column 1 of 3 has no name")]
)
def test_names_must_tell_columns_apart(save, names, words):
    path = save(pa.Table.from_arrays([pa.array([1.0])] * 3, names=names))
    with pytest.raises(tw.InputError, match=words):
        read_table(path, "y")


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.arrow", "t.arrows"])
def test_damaged_files_are_named(save, name):
    whole = save({"a": [1.0, 2.0], "y": [1.0, 2.0]}, name).read_bytes()
    for cut in (0, 3, 7, 20, len(whole) // 2, len(whole) - 9):
        path = save({"a": [1.0, 2.0], "y": [1.0, 2.0]}, name)
        path.write_bytes(whole[:cut])
        with pytest.raises(tw.InputError, match=r"(cannot be read as|has column names but no rows)"):
            read_table(path, "y")


def test_old_feather_is_refused_by_name(tmp_path):
    (tmp_path / "t.feather").write_bytes(b"FEA1 and more")
    with pytest.raises(tw.InputError, match="Feather of version 1"):
        read_table(tmp_path / "t.feather", "y")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(tw.InputError, match="does not exist"):
        read_table(tmp_path / "t.parquet", "y")


@pytest.mark.parametrize("package", ["pyarrow", "pandas"])
def test_without_the_package_the_extra_is_named(save, monkeypatch, package):
    path = save({"a": [1.0], "y": [1.0]})
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(tw.MissingExtra, match=rf'needs {package}.*pip install "thalweg\[tables\]"'):
        read_table(path, "y")


def test_a_forged_file_whose_texts_lie_outside_is_refused(save):
    """The offsets of a text column point far beyond its letters; reading them would end the process."""
    path = save({"a": pa.array(["q" * 7, "w" * 9]), "y": [1.0, 2.0]}, "t.arrow")
    data = path.read_bytes()
    offsets = b"".join(offset.to_bytes(4, "little") for offset in (0, 7, 16))
    assert data.count(offsets) == 1
    forged = offsets[:4] + (2**30).to_bytes(4, "little") + (2**31 - 1).to_bytes(4, "little")
    path.write_bytes(data.replace(offsets, forged))
    with pytest.raises(tw.InputError, match=r"cannot be read as Arrow: .*damaged"):
        read_table(path, "y")


def test_a_forged_file_whose_categories_lie_outside_is_refused(save):
    path = save({"a": pa.array(["q", "w"] * 40).dictionary_encode(), "y": [1.0] * 80}, "t.arrow")
    codes = b"".join(code.to_bytes(4, "little") for code in (0, 1) * 40)
    data = path.read_bytes()
    assert data.count(codes) == 1
    path.write_bytes(data.replace(codes, b"\xff\xff\xff\x7f" * 80))
    with pytest.raises(tw.InputError, match=r"cannot be read as Arrow: .*damaged"):
        read_table(path, "y")


BEYOND = [
    (pa.array([2**31 - 1, 0], pa.date32()), "dates or times (date32[day], first one out of Python's range)"),
    (pa.array([2**62, 0], pa.timestamp("s")), "dates or times (timestamp[s], first one out of Python's range)"),
    (pa.array([2**62, 0], pa.duration("s")), "durations (duration[s], first one out of Python's range)"),
    (pa.array([0, 1], pa.timestamp("s", tz="Mars/\nPhobos")), "dates or times (timestamp[s, tz=Mars/\\nPhobos], first"),
    (pa.StructArray.from_arrays([pa.array([1, 2])] * 2, names=["b", "b"]), "lists or records (struct<b: int64, b: "),
    (pa.array([2**31 - 1, 0], pa.date32()).dictionary_encode(), "dates or times (date32[day], first one out of"),
]


@pytest.mark.parametrize(("column", "words"), BEYOND, ids=lambda value: str(getattr(value, "type", ""))[:20])
def test_values_that_python_cannot_hold_spoil_their_column_only(save, column, words):
    path = save({"a": column, "b": [1, 2], "y": [1.0, 2.0]}, "t.arrow")
    assert list(read_table(path, "y", drop=["a"]).features.columns) == ["b"]
    with pytest.raises(tw.InputError) as caught:
        read_table(path, "y")
    assert f'column "a" holds {words}' in str(caught.value)
