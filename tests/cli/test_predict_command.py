"""thalweg predict: saved models on new rows."""

import csv
import io
import json
import sys

import numpy as np
import pytest

from thalweg.io.models import SavedModel

RNG = np.random.default_rng(3)
X = RNG.normal(size=(40, 2)).round(3)
SCORE = X @ [1.5, -2.0] + 0.25
HOSTILE = [
    "<script>alert(1)</script>",
    'a "b", c',
    "two\nlines",
    "n" * 300,
    "\u05d0\u05d1",
    "\U0001f469\u200d\U0001f4bb",
    "a=b",
]


def table(names, rows) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([names, *rows])
    return stream.getvalue()


@pytest.fixture
def models(thalweg, here):
    """Fit and save a regression and a classification of text labels."""
    noisy = SCORE + RNG.normal(size=40) * 0.1
    (here / "numbers.csv").write_text(table(["age", "debt", "y"], np.column_stack([X, noisy]).tolist()))
    labels = ["yes, sir" if score > 0 else "no" for score in SCORE + RNG.normal(size=40)]
    rows = [[*row, label] for row, label in zip(X.tolist(), labels, strict=True)]
    (here / "words.csv").write_text(table(["age", "debt", "y"], rows))
    for name in ("numbers", "words"):
        assert thalweg("fit", f"{name}.csv", "--target", "y", "--save", f"{name}.json").code == 0
    (here / "new.csv").write_text("debt,age\n0.5,1\n-1,2\n")
    return here


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_numbers(thalweg, models):
    result = thalweg("predict", "numbers.json", "new.csv")
    model = SavedModel.from_json((models / "numbers.json").read_text())
    assert (result.code, result.stderr) == (0, "")
    assert [float(row["prediction"]) for row in rows(result.stdout)] == model.predict([[1, 0.5], [2, -1]]).tolist()


def test_labels_and_probabilities(thalweg, models):
    result = thalweg("predict", "words.json", "new.csv")
    model = SavedModel.from_json((models / "words.json").read_text())
    found = rows(result.stdout)
    assert [row["prediction"] for row in found] == model.predict([[1, 0.5], [2, -1]]).tolist()
    second = [float(row["probability of yes, sir"]) for row in found]
    assert second == model.probabilities([[1, 0.5], [2, -1]])[:, 1].tolist()
    assert [float(row["probability of no"]) + p for row, p in zip(found, second, strict=True)] == pytest.approx([1, 1])


def test_json_is_one_object(thalweg, models):
    answer = thalweg("predict", "words.json", "words.csv", "--json").json
    assert len(answer["predictions"]) == 40
    assert set(answer["predictions"]) == set(answer["probabilities"]) == {"no", "yes, sir"}
    assert answer["ignored"] == ["y"]
    assert thalweg("predict", "numbers.json", "new.csv", "--json").json["probabilities"] is None


def test_a_file_is_written_and_never_overwritten_unless_told(thalweg, models):
    arguments = ["predict", "numbers.json", "new.csv", "--out", "out.csv"]
    written = thalweg(*arguments)
    assert (written.stdout, written.stderr) == ("", "predictions written to out.csv\n")
    first = (models / "out.csv").read_text()
    assert len(rows(first)) == 2
    refused = thalweg(*arguments)
    assert (refused.code, "Pass --overwrite" in refused.stderr) == (1, True)
    (models / "out.csv").write_text("old")
    assert thalweg(*arguments, "--overwrite").code == 0
    assert (models / "out.csv").read_text() == first


@pytest.mark.parametrize("name", ["numbers.json", "new.csv"])
def test_inputs_are_never_overwritten(thalweg, models, name):
    before = (models / name).read_text()
    result = thalweg("predict", "numbers.json", "new.csv", "--out", name, "--overwrite")
    assert (result.code, "is the input" in result.stderr) == (1, True)
    assert (models / name).read_text() == before


def test_columns_that_are_not_needed_are_named(thalweg, models):
    (models / "more.csv").write_text("id,debt,age,note\nx,0.5,1,late\n")
    result = thalweg("predict", "numbers.json", "more.csv")
    assert result.stderr == "note: columns that the model does not need are ignored: id, note.\n"
    assert result.stdout == "\n".join(thalweg("predict", "numbers.json", "new.csv").stdout.split("\n")[:2]) + "\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age,dept\n1,2\n", ["lacks 1 of the 2 columns", '"debt"', 'Did you mean "dept"?']),
        ("age,debt\n1,\n", ['"debt" has 1 missing value, first in row 1']),
        ("age,debt\n1,2\n1,much\n", ['"debt" holds text', "'much' in row 2"]),
        ("age,debt\n1,inf\n", ['"debt" has 1 infinite value, first in row 1']),
        ("age,debt\n1e308,-1e308\n", ["prediction of row 1 is beyond float64"]),
        ("", ["is empty"]),
    ],
)
def test_bad_rows_are_one_line_with_column_and_row(thalweg, models, text, words):
    (models / "bad.csv").write_text(text)
    result = thalweg("predict", "numbers.json", "bad.csv", "--out", "out.csv")
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert not (models / "out.csv").exists()
    for word in words:
        assert word in result.stderr


def test_what_is_no_model(thalweg, models):
    (models / "no.json").write_text('{"x": [1]}')
    assert thalweg("predict", "no.json", "new.csv").code == 1
    changed = (models / "numbers.json").read_text().replace('"age"', '"Age"')
    (models / "changed.json").write_text(changed)
    assert "digest" in thalweg("predict", "changed.json", "new.csv").stderr


def test_a_model_without_names(thalweg, models):
    (models / "array.json").write_text(SavedModel("LinearRegression", {}, [1.0], 0.0).to_json())
    result = thalweg("predict", "array.json", "new.csv")
    assert (result.code, "does not know the names of its features" in result.stderr) == (1, True)


def test_a_model_that_was_not_proved_says_so(thalweg, models):
    told = thalweg("predict", "numbers.json", "new.csv").stdout
    text = (models / "numbers.json").read_text()
    model = SavedModel.from_json(text)
    proof = {**model.proof, "verdict": "UNPROVEN"}
    other = SavedModel(model.kind, model.params, model.coef, model.intercept, model.features, proof=proof)
    (models / "unproven.json").write_text(other.to_json())
    result = thalweg("predict", "unproven.json", "new.csv")
    assert result.stdout == told
    assert "were not proved when it was saved (UNPROVEN)" in result.stderr


def test_labels_come_back_as_they_were_written(thalweg, here):
    (here / "t.csv").write_text("a,y\n1,10\n2,10\n3,20\n2.5,20\n1.5,20\n")
    thalweg("fit", "t.csv", "--target", "y", "--save", "t.json")
    found = rows(thalweg("predict", "t.json", "t.csv").stdout)
    assert {row["prediction"] for row in found} <= {"10", "20"}
    assert {"probability of 10", "probability of 20"} < set(found[0])


def test_other_layouts(thalweg, models):
    (models / "german.csv").write_text("debt;age\n0,5;1\n-1;2\n")
    result = thalweg("predict", "numbers.json", "german.csv", "--separator", ";", "--decimal", ",")
    assert result.stdout == thalweg("predict", "numbers.json", "new.csv").stdout
    assert "--separator ';' --decimal ," in thalweg("predict", "numbers.json", "german.csv").stderr


def test_hostile_names_survive(thalweg, here):
    numbers = RNG.normal(size=(30, len(HOSTILE) + 1)).round(3)
    (here / "h.csv").write_text(table([*HOSTILE, "target\nof <b>"], numbers.tolist()), encoding="utf-8", newline="")
    saved = thalweg("fit", "h.csv", "--target", "target\nof <b>", "--save", "h.json", "--json")
    assert saved.code == 0
    assert list(saved.json["coef"]) == HOSTILE
    assert list(SavedModel.from_json((here / "h.json").read_text()).features) == HOSTILE
    result = thalweg("predict", "h.json", "h.csv", "--json")
    assert len(result.json["predictions"]) == 30
    assert result.stderr == "note: columns that the model does not need are ignored: target\\nof <b>.\n"
    shown = thalweg("explain", "h.json").stdout
    assert r"two\nlines" in shown
    assert list(thalweg("explain", "h.json", "--json").json["coef"]) == HOSTILE


def test_hostile_labels_survive(thalweg, here):
    labels = ['<b>"x",\n=1+1', "\u202etxt \U0001f600"]
    rng = np.random.default_rng(0)
    data = [[value, labels[int(value + noise > 0)]] for value, noise in rng.normal(size=(30, 2)).round(2).tolist()]
    (here / "l.csv").write_text(table(["a", "y"], data), encoding="utf-8", newline="")
    assert thalweg("fit", "l.csv", "--target", "y", "--save", "l.json").code == 0
    found = rows(thalweg("predict", "l.json", "l.csv", "--out", "p.csv").stdout or (here / "p.csv").read_text("utf-8"))
    assert {row["prediction"] for row in found} == set(labels)
    assert {f"probability of {label}" for label in labels} < set(found[0])


def test_fitting_and_predicting_need_no_scikit_learn(thalweg, models, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert thalweg("fit", "words.csv", "--target", "y", "--save", "again.json").code == 0
    assert thalweg("predict", "again.json", "new.csv").code == 0
    again = json.loads((models / "again.json").read_text())
    assert again["coef"] == json.loads((models / "words.json").read_text())["coef"]
