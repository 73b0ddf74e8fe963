"""Model files keep every bit and every type, predict with NumPy alone, and are read strictly."""

import json
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint

import thalweg as tw
from thalweg.io import models, strict_json
from thalweg.io.models import KINDS, Offset, SavedModel

PROOF = {
    "verdict": "PROVED",
    "objective": 0.1,
    "gap": None,
    "tolerance": {"gap": 1e-6, "feasibility": 1e-9, "absolute": 0.0},
    "assumptions": [],
}


def linear(**changes):
    return SavedModel(**{"kind": "LinearRegression", "params": {}, "coef": [2.0, -1.0], "intercept": 0.5} | changes)


def logistic(**changes):
    return linear(**{"kind": "LogisticRegression", "classes": ["no", "yes"]} | changes)


def trip(model):
    return SavedModel.from_json(model.to_json())


def test_every_float_comes_back_bit_by_bit():
    rng = np.random.default_rng(0)
    coef = np.concatenate([rng.integers(0, 2**63, 2000, np.uint64).view(float), [-0.0, 5e-324, 1.7976931348623157e308]])
    coef = coef[np.isfinite(coef)]
    back = trip(linear(coef=coef, intercept=-0.0))
    assert back.coef.tobytes() == coef.tobytes()
    assert np.signbit(back.intercept)


@pytest.mark.parametrize(
    "classes",
    [
        [0, 1],
        [False, True],
        ["no", "yes"],
        ["0", "1"],
        [-0.5, 1.0],
        np.array([3, 8], np.uint8),
        np.array([0.1, 0.2], np.float32),
        np.array([3, 8], ">i4"),
        np.array([np.int8(3), np.int8(8)], dtype=object),
        np.array(["a", "b"], "<U20"),
        np.array(["a", "b"], dtype=object),
        np.array([1, "b"], dtype=object),
        np.array([3, 10**400], dtype=object),
        ["<script>", "\u202e\U0001f9ea\n" * 100],
    ],
    ids=str,
)
def test_labels_keep_their_types(classes):
    model = logistic(classes=classes)
    back = trip(model)
    assert back.classes.dtype == model.classes.dtype
    assert [(type(label), label) for label in back.classes.tolist()] == [
        (type(label), label) for label in np.array(classes, dtype=getattr(classes, "dtype", object)).tolist()
    ]
    assert back.predict([[1.0, 0.0], [-1.0, 0.0]]).tolist() == [model.classes[1], model.classes[0]]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1,
        1.0,
        10**30,
        np.inf,
        -np.inf,
        "auto",
        [1, 1.0, "x", None],
        (1.0, [2]),
        {"age": 0, "x": -np.inf},
        {0: 1.0, 1: 2.0, "1": 3.0},
        {},
        {True: 1.0, False: 2.0},
        tw.Tolerance(1e-7, 1e-10, 1e-300),
        ["income >= 2*debt + 1", "a + b == 1"],
        {"\ud800<b>": {"deep": [np.inf]}},
        np.float32(0.1),
        np.float16(np.inf),
        np.int64(3),
        np.uint8(3),
        np.bool_(True),
        {np.int64(1): 2.0, (1, "a"): 3.0},
    ],
    ids=str,
)
def test_parameters_keep_their_types(value):
    back = trip(linear(params={"p": value})).params["p"]
    assert back == value
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        np.array([0.0, np.inf, -np.inf, np.nan]),
        np.arange(6).reshape(2, 3),
        np.array([True]),
        np.array(2.0),
        np.zeros((0, 2)),
        np.array([1.5, 2.5], ">f4"),
        np.array([1, 2], ">i2"),
        np.array(["a", "bc"], ">U7"),
        np.array(["a" * 400, "b" * 300]),
    ],
    ids=str,
)
def test_arrays_among_the_parameters_come_back(value):
    back = trip(linear(params={"p": value})).params["p"]
    assert (back.dtype, back.shape, back.tobytes()) == (value.dtype, value.shape, value.tobytes())


@pytest.mark.parametrize(
    "value", [object(), 1j, {1, 2}, tw.ElasticNet(1.0, 0.0), lambda: 1, np.array([1j]), np.datetime64("2020")]
)
def test_other_parameters_are_refused(value):
    with pytest.raises(tw.InputError, match=r"solver is .*which a model file cannot hold"):
        linear(params={"solver": value}).to_json()


@pytest.mark.parametrize("sides", [{"lb": 0.0}, {"lb": [0.0, -np.inf], "ub": [1.0, 2.0]}])
def test_rows_in_scipys_form_come_back(sides):
    rows = LinearConstraint(np.arange(4.0).reshape(2, 2), **sides)
    back = trip(linear(params={"constraints": rows})).params["constraints"]
    assert type(back) is LinearConstraint
    for name in ("A", "lb", "ub", "keep_feasible"):
        assert np.array_equal(getattr(back, name), getattr(rows, name))


def test_sparse_rows_are_refused():
    rows = LinearConstraint(sparse.csr_array(np.eye(2)), 0.0)
    with pytest.raises(tw.InputError, match=r"constraints has a sparse matrix.*Pass A\.toarray\(\)"):
        linear(params={"constraints": rows}).to_json()


def test_nesting_ends_somewhere():
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(tw.InputError, match="nested more than"):
        linear(params={"p": deep}).to_json()


def test_keys_that_no_file_can_hold_are_refused():
    with pytest.raises(tw.InputError, match="p has the key None, which a model file cannot hold"):
        linear(params={"p": {None: 1.0}}).to_json()


def test_texts_of_very_different_lengths_are_a_list_not_an_array():
    with pytest.raises(tw.InputError, match=r"very different lengths\. Pass it as a list"):
        linear(params={"p": np.array(["a" * 10_000, *["b"] * 1000])}).to_json()


def test_what_may_be_written_may_be_read():
    """The limit of nesting is the same on both ways, whatever is nested in what."""
    for wrap in (lambda x: [x], lambda x: {"a": x}, lambda x: np.array([x, None], dtype=object)[:1]):
        value, depth = 1.0, 0
        while True:
            try:
                text = linear(params={"p": value}).to_json()
            except tw.InputError:
                break
            SavedModel.from_json(text)
            value, depth = wrap(value), depth + 1
        assert depth > 10


def test_names_and_proof_come_back():
    names = ("<script>", 'a "b"', "\ud800", "", "n" * 300, "../x", "\u202e", "\n")
    model = linear(coef=np.arange(8.0), features=names, target="\udfff", proof=PROOF)
    back = trip(model)
    assert (back.features, back.target, back.proof) == (names, "\udfff", PROOF)


def test_the_text_is_plain_text_with_readable_names(tmp_path):
    path = tmp_path / "m.json"
    models.write_model(linear(features=["größe", "\ud800"]), path)
    assert "größe" in path.read_text(encoding="utf-8")
    assert models.read_model(path).features == ("größe", "\ud800")
    with pytest.raises(tw.InputError, match="exists already"):
        models.write_model(linear(), path)


class TestPredictions:
    def test_a_regression_predicts_numbers(self):
        X = np.random.default_rng(1).normal(size=(20, 2))
        assert np.array_equal(linear().predict(X), X @ np.array([2.0, -1.0]) + 0.5)
        assert linear().predict(sparse.csr_array(X)) == pytest.approx(linear().predict(X))

    def test_a_classifier_predicts_labels_and_probabilities(self):
        model = logistic()
        X = [[0.0, 0.0], [-1000.0, 0.0], [-1.0, 0.0]]
        assert model.predict(X).tolist() == ["yes", "no", "no"]
        assert model.probabilities(X)[1].tolist() == [1.0, 0.0]
        assert model.probabilities(X)[0] == pytest.approx([1 / (1 + np.exp(0.5)), 1 / (1 + np.exp(-0.5))], rel=1e-14)

    def test_a_regression_has_no_probabilities(self):
        with pytest.raises(tw.InputError, match="not probabilities"):
            linear().probabilities([[0.0, 0.0]])

    @pytest.mark.parametrize(
        ("X", "told"), [([[1.0]], "expected 2 columns"), ([[np.nan, 1.0]], "1 NaN"), ([["a", "b"]], "text")]
    )
    def test_rows_that_do_not_fit_are_refused(self, X, told):
        with pytest.raises(tw.InputError, match=told):
            linear().predict(X)

    def test_columns_in_another_order_are_refused(self):
        import pandas as pd

        model = linear(features=("a", "b"))
        assert model.predict(pd.DataFrame({"a": [1.0], "b": [0.0]})).tolist() == [2.5]
        with pytest.raises(tw.InputError, match='column 0 of X is "b"; the model was fitted with "a"'):
            model.predict(pd.DataFrame({"b": [1.0], "a": [0.0]}))

    def test_predicting_from_a_file_loads_no_scikit_learn(self, tmp_path):
        models.write_model(logistic(), tmp_path / "m.json")
        script = f"""
from thalweg.io.models import read_model
assert read_model({str(tmp_path / "m.json")!r}).predict([[1.0, 0.0]]).tolist() == ["yes"]
import sys; assert not {{"sklearn", "scipy", "pandas", "numba"}} & set(sys.modules)
"""
        subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "Ridge"}, "of kind 'Ridge'"),
        ({"coef": [1.0, np.nan]}, "coef has 1 NaN"),
        ({"coef": [[1.0, 2.0], [3.0, 4.0]]}, "coef has shape"),
        ({"intercept": np.inf}, "intercept has 1 infinite"),
        ({"features": ["a"]}, "features lists 1 names"),
        ({"features": ["a", "a"]}, "more than once"),
        ({"classes": ["a", "b"]}, "has no classes"),
        ({"kind": "LogisticRegression"}, "two labels"),
        ({"kind": "LogisticRegression", "classes": [1]}, "two labels"),
        ({"kind": "LogisticRegression", "classes": [1, True]}, "different labels"),
        ({"kind": "LogisticRegression", "classes": [None, 1]}, "different labels"),
        ({"kind": "LogisticRegression", "classes": [np.nan, np.nan]}, "different labels"),
        ({"kind": "LogisticRegression", "classes": [1.0, np.nan]}, "different labels"),
        ({"kind": "LogisticRegression", "classes": np.array([1, 2], np.longdouble)}, r"of type .*y\.astype\(str\)"),
        ({"kind": "LogisticRegression", "classes": np.array([1, 2], "M8[D]")}, r"of type datetime64.*y\.astype\(str"),
    ],
)
def test_a_model_is_checked_when_it_is_made(changes, told):
    with pytest.raises(tw.InputError, match=told):
        linear(**changes)


def signed(data: dict) -> str:
    """Text with a digest that fits."""
    data = {name: value for name, value in data.items() if name != "digest"}
    return json.dumps(data | {"digest": strict_json.digest(data)})


def array(values, dtype, shape) -> dict:
    return {"array": {"dtype": dtype, "shape": shape, "values": values}}


def nested(depth: int):
    value = 1
    for _ in range(depth):
        value = {"list": [value]}
    return value


@pytest.fixture
def data():
    return json.loads(logistic(features=["a", "b"], proof=PROOF, params={"C": np.inf, "lower": {"a": 0}}).to_json())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"new": 1}, "holds 'new', which this thalweg does not know"),
        ({"coef": "ab"}, "expected a list"),
        ({"coef": [1.0, "nan"]}, "expected a finite number"),
        ({"coef": [1.0, True]}, "expected a finite number"),
        ({"coef": [1.0, 10**400]}, "expected a finite number"),
        ({"coef": [1.0]}, "features lists 2 names"),
        ({"intercept": None}, "expected a finite number"),
        ({"features": ["a", 3]}, "expected text"),
        ({"features": "ab"}, "expected a list of texts"),
        ({"target": 3}, "expected text"),
        ({"kind": ["LinearRegression"]}, "expected text"),
        ({"classes": None}, "two labels"),
        ({"classes": {"array": {"dtype": "<U9999", "shape": [2], "values": ["a", "b"]}}}, "far too wide"),
        ({"classes": {"array": {"dtype": "<i8", "shape": [2], "values": [1.0, 2]}}}, "with other entries"),
        ({"classes": {"array": {"dtype": "<i4", "shape": [2], "values": [1, 2**40]}}}, "is no array of <i4"),
        ({"classes": {"array": {"dtype": "O8", "shape": [2], "values": [1, 2]}}}, "The file is damaged"),
        ({"classes": {"array": {"dtype": "|i8", "shape": [2**80], "values": [1, 2]}}}, "The file is damaged"),
        ({"params": []}, "expected a list and an object"),
        ({"params": {"C": {"number": "one"}}}, "expected a number"),
        ({"params": {"C": {"pickle": "x"}}}, "holds 'pickle', which this thalweg does not know"),
        ({"params": {"C": [1]}}, "no value of a model"),
        ({"params": {"C": {"mapping": [["a", 1], ["a", 2]]}}}, "twice"),
        ({"params": {"C": {"mapping": [[{"list": []}, 1]]}}}, "no name"),
        ({"params": {"C": {"mapping": [[1]]}}}, "expected a name and a value"),
        ({"params": {"C": {"mapping": [[{"tuple": [{"list": []}]}, 1]]}}}, "no name"),
        ({"params": {"C": nested(25)}}, "nested more than 20 deep"),
        ({"params": {"C": nested(200)}}, "nested too deeply"),
        ({"params": {"C": {"tolerance": ["1e-3", 0, 0]}}}, "a part is '1e-3'; expected a finite number"),
        ({"params": {"C": {"tolerance": [True, 0, 0]}}}, "a part is True; expected a finite number"),
        ({"params": {"C": {"tolerance": [10**400, 0, 0]}}}, "expected a finite number"),
        ({"params": {"C": {"scipy rows": [10**400, 0, 0, 0]}}}, "is no scipy rows"),
        ({"params": {"C": {"scipy rows": [array([10**400], "|O", [1])] * 4}}}, "is no scipy rows"),
        ({"params": {"C": array([1e10], "<f2", [1])}}, "does not fit"),
        ({"params": {"C": array([0.1], "<f4", [1])}}, "does not fit"),
        ({"params": {"C": array([""] * 10_000, "<U1000", [10_000])}}, "far too wide"),
        ({"params": {"C": array([1.0], "<f8", [10**30, 0])}}, "is no array of <f8"),
        ({"params": {"C": {"scalar": {"dtype": "<f4", "shape": [1], "values": [1.0]}}}}, "a scalar of shape"),
        ({"params": {"C": {"tolerance": [1]}}}, "expected 3"),
        ({"params": {"C": {"tolerance": [-1, 0, 0]}}}, "tolerance gap is -1"),
        ({"params": {"C": {"scipy rows": [1]}}}, "expected 4"),
        ({"params": {"C": {"scipy rows": ["x", None, {"list": []}, 1]}}}, "is no scipy rows"),
        ({"proof": {"verdict": "PROVED"}}, 'lacks "objective"'),
        ({"proof": PROOF | {"verdict": "CERTAIN"}}, "CERTAIN"),
        ({"proof": PROOF | {"verdict": []}}, "expected text"),
        ({"proof": PROOF | {"gap": "small"}}, "expected a finite number"),
        ({"proof": PROOF | {"tolerance": {}}}, 'lacks "gap"'),
        ({"proof": PROOF | {"assumptions": [1]}}, "expected text"),
        ({"thalweg": {"format": 2, "version": "7"}}, "written by thalweg '7' in format 2; this thalweg reads format 1"),
        ({"thalweg": {"format": 0, "version": "0.0"}}, "can no longer be read"),
        ({"thalweg": 1}, "names no format"),
    ],
)
def test_the_text_is_read_strictly_even_with_a_digest_that_fits(data, changes, told):
    with pytest.raises(tw.InputError, match=told) as caught:
        SavedModel.from_json(signed(data | changes), "m.json")
    assert str(caught.value).startswith("m.json")


@pytest.mark.parametrize(
    "key", ["kind", "coef", "params", "proof", "classes", "features", "target", "thalweg", "digest"]
)
def test_nothing_may_be_missing(data, key):
    del data[key]
    text = json.dumps(data) if key == "digest" else signed(data)
    with pytest.raises(tw.InputError, match=f'lacks "{key}"|is JSON text, not a model'):
        SavedModel.from_json(text, "m.json")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"intercept": 0.5', '"intercept": 0.50000001', "changed after it was saved"),
        ('"intercept": 0.5', '"intercept": NaN', "NaN is no JSON number"),
        ('"intercept": 0.5', '"intercept": 0.5, "intercept": 0.5', "twice"),
        ('"intercept": 0.5', '"intercept": 0.5,', "not JSON"),
    ],
)
def test_a_text_changed_by_hand_is_refused(old, new, told):
    text = logistic().to_json()
    assert old in text
    with pytest.raises(tw.InputError, match=told):
        SavedModel.from_json(text.replace(old, new), "m.json")


def test_spacing_and_the_order_of_keys_mean_nothing(data):
    text = json.dumps(dict(reversed(data.items())))
    assert SavedModel.from_json(text).features == ("a", "b")


def test_damaged_texts_are_refused_or_say_the_same():
    """Every byte in turn exchanged for another, and random cuts and insertions."""
    model = logistic(features=["a", "b"], proof=PROOF, params={"C": np.inf})
    text, rng = model.to_json().encode(), np.random.default_rng(0)
    same = 0
    for place in range(len(text)):
        ways = (
            text[:place] + bytes([text[place] ^ int(rng.integers(1, 256))]) + text[place + 1 :],
            text[:place] + text[place + int(rng.integers(1, 9)) :],
            text[:place] + rng.bytes(2) + text[place:],
        )
        try:
            back = SavedModel.from_json(ways[place % 3])
        except tw.InputError:
            continue
        assert json.loads(back.to_json()) == json.loads(text)
        same += 1
    assert 0 < same < len(text) / 4


@pytest.mark.parametrize("loss", [tw.Squared(), tw.Huber(0.3), tw.Tweedie(1.25), "poisson"], ids=repr)
def test_a_loss_comes_back(loss):
    back = trip(SavedModel("GeneralizedLinearModel", {"loss": loss}, [1.0], 0.0))
    assert repr(back.params["loss"]) == repr(loss)
    assert (
        back.predict([[2.0]]).tolist()
        == SavedModel("GeneralizedLinearModel", {"loss": loss}, [1.0], 0.0).predict([[2.0]]).tolist()
    )


def test_the_offset_is_remembered_by_its_column():
    back = trip(SavedModel("PoissonRegression", {}, [1.0], 0.0, features=("a",), offset=Offset("years", log=True)))
    assert back.offset == Offset("years", log=True)
    assert back.predict([[0.0]], offset=[np.log(3.0)]).round(12).tolist() == [3.0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_predicts_by_its_mean(kind):
    classes = (0, 1) if kind == "LogisticRegression" else None
    predicted = trip(SavedModel(kind, {}, [1.0], 0.0, classes=classes)).predict([[2.0]])[0]
    log_link = kind in ("PoissonRegression", "NegativeBinomialRegression", "GammaRegression", "TweedieRegression")
    assert predicted == pytest.approx(1 if classes else np.exp(2.0) if log_link else 2.0)


@pytest.mark.parametrize("loss", ["poison", 3])
def test_a_loss_that_nobody_knows_is_refused(loss):
    with pytest.raises(tw.InputError, match="loss"):
        SavedModel("GeneralizedLinearModel", {"loss": loss}, [1.0], 0.0)
