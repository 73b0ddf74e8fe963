"""Each reader says what a file of another kind is, and where it belongs; no writer takes another suffix."""

import pytest

import thalweg as tw
from thalweg.io.answers import read_answer
from thalweg.io.kinds import Kind, kind_of
from thalweg.io.models import SavedModel, read_model, write_model
from thalweg.io.tables import read_features, read_table

PROBLEM = tw.LinearProgram([1.0], lower=2, names=["load"])
SOLUTION = "Model status\nOptimal\n\n# Primal solution values\n# Columns 1\nload 2\n\n# Dual solution values\nNone\n"
CALLED = {
    "saved.npz": "a saved problem or answer",
    "model.json": "a fitted model",
    "answer.json": "JSON text",
    "answer.sol": "a solver's solution file",
    "program.lp": "a linear, quadratic or mixed-integer program",
    "table.csv": "a table",
    "page.html": "an HTML page",
}
READERS = {
    "load": (tw.load, {"saved.npz", "model.json"}),
    "read": (tw.read, {"program.lp"}),
    "certify": (tw.certify, {"saved.npz"}),
    "the claim of certify": (lambda path: tw.certify(PROBLEM, path), {"saved.npz", "answer.json", "answer.sol"}),
    "read_answer": (lambda path: read_answer(path, PROBLEM), {"answer.json", "answer.sol"}),
    "read_model": (read_model, {"model.json"}),
    "read_table": (lambda path: read_table(path, "y"), {"table.csv"}),
    "read_features": (lambda path: read_features(path, ["a"]), {"table.csv"}),
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write one file of each kind into the working directory."""
    monkeypatch.chdir(tmp_path)
    tw.save(tw.solve(PROBLEM), "saved.npz")
    write_model(SavedModel("LinearRegression", {}, [1.0], 0.0), "model.json")
    (tmp_path / "answer.json").write_text('{"x": {"load": 2}}')
    (tmp_path / "answer.sol").write_text(SOLUTION)
    (tmp_path / "program.lp").write_text("min\n cost: load\nst\n least: load >= 2\nend\n")
    (tmp_path / "table.csv").write_text("a,y\n1,2\n2,3\n")
    (tmp_path / "page.html").write_text("<!doctype html><p>no script")
    return tmp_path


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_calls_other_files_by_their_kind(files, reader):
    read, suitable = READERS[reader]
    for name, told in CALLED.items():
        if name in suitable:
            read(name)
            continue
        with pytest.raises(tw.InputError, match=f"{name} is {told}, not an? ") as caught:
            read(name)
        assert "{" not in str(caught.value)


@pytest.mark.parametrize("name", CALLED)
def test_the_content_counts_where_the_name_says_nothing(files, name):
    kind = kind_of(name)
    plain = (files / name).rename(files / "thing")
    assert kind_of(plain) is (None if kind in (Kind.PROGRAM, Kind.TABLE) else kind)


def test_a_table_may_begin_like_anything(files):
    for text in ('{"thalweg": 1},y\n1,2\n2,3\n', "<html>,y\n1,2\n2,3\n"):
        (files / "odd.csv").write_text(text)
        assert len(read_table("odd.csv", "y").features) == 2


def test_other_archives_are_no_saved_answers(files):
    (files / "book.xlsx").write_bytes(b"PK\3\4" + bytes(60))
    assert kind_of("book.xlsx") is None
    with pytest.raises(tw.InputError, match="damaged"):
        tw.load("book.xlsx")


@pytest.mark.parametrize("name", ["x.json", "x.csv", "x.PKL", "x.html"])
def test_an_answer_is_not_saved_under_another_suffix(files, name):
    with pytest.raises(tw.InputError, match=rf"{name} would hold a saved problem or answer.*End the name in \.npz\."):
        tw.solve(PROBLEM).save(name)
    assert not (files / name).exists()


def test_models_and_pages_neither(files):
    with pytest.raises(tw.InputError, match=r"End the name in \.json"):
        write_model(SavedModel("LinearRegression", {}, [1.0], 0.0), "m.npz")
    with pytest.raises(tw.InputError, match=r"End the name in \.html"):
        tw.solve(PROBLEM).report("page.pdf")


@pytest.mark.parametrize("name", ["answer", "answer-1.5", "answer.backup"])
def test_names_that_promise_nothing_are_free(files, name):
    tw.solve(PROBLEM).save(name)
    assert tw.load(name).ok
