"""thalweg fit: the model that was asked for, the choices made, what is refused."""

import html

import numpy as np
import pytest

import thalweg as tw

RNG = np.random.default_rng(7)
X = RNG.normal(size=(60, 3))
SCORE = X @ [1.0, -2.0, 0.0] + RNG.normal(size=60)
HEAD = "age,debt,city,y"


def csv(y, head: str = HEAD) -> str:
    rows = (",".join([*(f"{v!r}" for v in row), str(label)]) for row, label in zip(X.tolist(), y, strict=True))
    return "\n".join([head, *rows]) + "\n"


@pytest.fixture
def data(here):
    """Write the tables: numbers, labels 0 and 1, labels in words."""
    (here / "numbers.csv").write_text(csv(SCORE.tolist()))
    (here / "labels.csv").write_text(csv((SCORE > 0).astype(int).tolist()))
    (here / "words.csv").write_text(csv(["up" if score > 0 else "down" for score in SCORE]))
    return here


def mean_fit(y, loss, l1=0.0, l2=0.0, **options):
    return tw.solve(tw.Fit(X, y, loss=loss, l1=l1, l2=l2, weights=np.full(60, 1 / 60), **options), tol=1e-9)


def test_squared_loss_of_numbers(thalweg, data):
    answer = thalweg("fit", "numbers.csv", "--target", "y", "--json", "--tol", "1e-9").json
    expected = mean_fit(SCORE, "squared")
    assert (answer["verdict"], answer["loss"], answer["alpha"], answer["classes"]) == ("PROVED", "squared", 0, None)
    assert list(answer["coef"]) == ["age", "debt", "city"]
    assert list(answer["coef"].values()) == pytest.approx(expected.coef.tolist())
    assert answer["intercept"] == pytest.approx(float(expected.intercept))
    assert answer["objective"] == pytest.approx(expected.objective)


def test_logistic_loss_of_two_values_with_the_usual_penalty(thalweg, data):
    answer = thalweg("fit", "labels.csv", "--target", "y", "--json", "--tol", "1e-9").json
    expected = mean_fit((SCORE > 0).astype(float), "logistic", l2=1 / 60)
    assert (answer["verdict"], answer["loss"], answer["classes"]) == ("PROVED", "logistic", ["0", "1"])
    assert answer["alpha"] == pytest.approx(1 / 60)
    assert list(answer["coef"].values()) == pytest.approx(expected.coef.tolist(), rel=1e-4)


def test_more_than_two_labels_have_coefficients_each(thalweg, data):
    kinds = np.digitize(SCORE, [-1.0, 1.0])
    labels = np.array(["low", "mid", "top"])[kinds]
    (data / "kinds.csv").write_text(csv(labels.tolist()))
    told = ("--constraint", "age[top] >= age[low] + 1", "--lower", "debt[mid]=0", "--save", "model.json")
    answer = thalweg("fit", "kinds.csv", "--target", "y", "--json", "--tol", "1e-9", *told).json
    model = tw.LogisticRegression(constraints=told[1], lower={"x1[mid]": 0}, tol=1e-9)
    model = model.set_params(constraints="x0[top] >= x0[low] + 1").fit(X, labels)
    assert (answer["verdict"], answer["kind"], answer["loss"]) == ("PROVED", "MultinomialFit", "logistic")
    assert answer["classes"] == ["low", "mid", "top"]
    assert list(answer["coef"])[:4] == ["age[low]", "debt[low]", "city[low]", "age[mid]"]
    assert list(answer["coef"].values()) == pytest.approx(model.coef_.ravel().tolist(), abs=1e-5)
    assert answer["intercept"] == pytest.approx(
        dict(zip(["low", "mid", "top"], model.intercept_, strict=True)), abs=1e-5
    )
    predicted = thalweg("predict", "model.json", "kinds.csv", "--json").json
    assert predicted["predictions"] == model.predict(X).tolist()
    assert "coefficients of mid" in thalweg("explain", "model.json").stdout


def test_numbers_are_labels_where_they_repeat_and_texts_where_they_are_few(thalweg, data):
    kinds = np.digitize(SCORE, [-1.0, 1.0])
    (data / "kinds.csv").write_text(csv(kinds.tolist()))
    assert thalweg("fit", "kinds.csv", "--target", "y", "--json").json["loss"] == "squared"
    assert thalweg("fit", "kinds.csv", "--target", "y", "--loss", "logistic", "--json").json["classes"] == [
        "0",
        "1",
        "2",
    ]
    (data / "many.csv").write_text(csv([f"a{k}" for k in range(60)]))
    assert "60 different values" in thalweg("fit", "many.csv", "--target", "y").stderr


def test_labels_in_words_are_coded_in_sorted_order(thalweg, data):
    answer = thalweg("fit", "words.csv", "--target", "y", "--json").json
    assert answer["classes"] == ["down", "up"]
    assert answer["coef"] == thalweg("fit", "labels.csv", "--target", "y", "--json").json["coef"]


def test_what_is_written_is_said_on_stderr(thalweg, data):
    result = thalweg("fit", "numbers.csv", "--target", "y", "--save", "m.json", "--report", "r.html", "--json")
    assert result.json["verdict"] == "PROVED"
    assert result.stderr == "model saved to m.json\nreport written to r.html\n"
    assert thalweg("fit", "numbers.csv", "--target", "y", "--save", "a.npz").stderr == "answer saved to a.npz\n"


def test_every_promised_key(thalweg, data):
    promised = {"verdict", "ok", "objective", "lower", "upper", "gap", "violations", "assumptions", "seconds"}
    assert promised <= set(thalweg("fit", "numbers.csv", "--target", "y", "--json").json)


def test_text_says_which_loss_and_why(thalweg, data):
    result = thalweg("fit", "labels.csv", "--target", "y")
    assert result.code == 0
    assert result.stderr == ""
    assert 'logistic (chosen because "y" has two values' in result.stdout
    assert '0 is "0", 1 is "1"' in result.stdout
    assert "(intercept)" in result.stdout
    assert "squared (chosen because" in thalweg("fit", "numbers.csv", "--target", "y").stdout
    assert "as asked" in thalweg("fit", "labels.csv", "--target", "y", "--loss", "squared").stdout


def test_penalty_and_limits(thalweg, data):
    answer = thalweg(
        *("fit", "numbers.csv", "--target", "y", "--json", "--tol", "1e-9", "--alpha", "0.1", "--l1-ratio", "0.5"),
        *("--nonnegative", "debt", "--lower", "city=-0.5", "--upper", "age=0.25", "--no-intercept"),
    ).json
    limits = {"lower": [-np.inf, 0, -0.5], "upper": [0.25, np.inf, np.inf]}
    expected = mean_fit(SCORE, "squared", l1=0.05, l2=0.05, intercept=False, **limits)
    assert answer["verdict"] == "PROVED"
    assert answer["coef"]["debt"] == 0
    assert answer["coef"]["age"] == 0.25
    assert list(answer["coef"].values()) == pytest.approx(expected.coef.tolist(), abs=1e-6)


def test_weights_are_a_column(thalweg, data):
    text = csv(SCORE.tolist()).splitlines()
    weights = [1 + k % 3 for k in range(60)]
    heavier = [text[0] + ",w", *(f"{line},{w}" for line, w in zip(text[1:], weights, strict=True))]
    (data / "weighted.csv").write_text("\n".join(heavier))
    repeated = [text[0], *(line for line, w in zip(text[1:], weights, strict=True) for _ in range(w))]
    (data / "repeated.csv").write_text("\n".join(repeated))
    one = thalweg("fit", "weighted.csv", "--target", "y", "--weights", "w", "--json", "--alpha", "0.1").json
    other = thalweg("fit", "repeated.csv", "--target", "y", "--json", "--alpha", "0.1").json
    assert one["objective"] == pytest.approx(other["objective"])
    assert one["coef"] == pytest.approx(other["coef"])


def test_separable_classes(thalweg, here):
    (here / "apart.csv").write_text("a,y\n1,0\n2,0\n3,1\n4,1\n")
    result = thalweg("fit", "apart.csv", "--target", "y", "--alpha", "0", "--json")
    assert (result.code, result.json["verdict"]) == (5, "NO_MINIMISER")
    assert set(result.json["direction"]) == {"a"}
    assert thalweg("fit", "apart.csv", "--target", "y", "--json").code == 0


def test_report(thalweg, data):
    assert thalweg("fit", "words.csv", "--target", "y", "--report", "fit.html").code == 0
    page = (data / "fit.html").read_text(encoding="utf-8")
    assert "y in words.csv" in page
    assert "debt" in page
    assert "0 is &#34;down&#34;, 1 is &#34;up&#34;" in page


def test_a_constant_column_is_named_on_stderr(thalweg, here):
    (here / "const.csv").write_text("a,unit,y\n1,7,1\n2,7,3\n3,7,2\n")
    result = thalweg("fit", "const.csv", "--target", "y", "--json")
    assert 'column "unit" is constant (7)' in result.stderr
    assert result.json["ok"]
    assert thalweg("fit", "const.csv", "--target", "y", "--no-intercept").stderr == ""


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ("a,y\n1,2\n2,3\n", ["--target", "z"], ['no column "z"']),
        ("a,income,y\n1,2,3\n2,3,5\n", ["--nonnegative", "incme"], ['unknown name "incme"', 'Did you mean "income"?']),
        ("a,y\n1,2\n2,3\n", ["--drop", "b"], ['no column "b"']),
        ("a,y\n1,1\n2,1\n", ["--loss", "logistic"], ["one class only (1, 2 rows)", "filter"]),
        ("a,y\n1,1\n", ["--loss", "logistic"], ["one class only (1, 1 row)"]),
        ("a,y\n1,yes\n2,yes\n", ["--loss", "logistic"], ["one class only ('yes', 2 rows)"]),
        ("a,y\n1,1\n2,2\n3,3\n", ["--loss", "logistic"], ["3 different values, 1 to 3", "--loss squared"]),
        ("a,y\n1,a\n2,b\n3,c\n", [], ['"y" holds text with 3 different values', "'a'"]),
        ('a,y\n1,"0,5"\n2,"1,5"\n', [], ["\"y\" holds text, first '0,5' in row 1", "pass --decimal ,"]),
        ("a,y\n1,yes\n2,no\n3,yes \n", [], ["'yes' and 'yes ', which is first in row 3"]),
        ("a,y\n1,2\n\n3,4\n", [], ["1 row without any value, first row 2: a blank line"]),
        ("a,y\n1,a\n2,b\n3,a\n", ["--loss", "squared"], ['"y" holds text', "--loss logistic"]),
        ("a,y\n1,2\nx,3\n", [], ['column "a" holds text', "'x' in row 2", '--drop "a"']),
        ("a,y\n1,2\n,3\n", [], ['column "a" has 1 missing value, first in row 2']),
        ("a,y\n1,2\n2,\n", [], ['column "y" has 1 missing value, first in row 2']),
        ("a,y\n1,2\ninf,3\n", [], ["infinite", '"a"']),
        ("a,w,y\n1,-1,2\n2,1,3\n", ["--weights", "w"], ['"w" must be finite, >= 0']),
        ("a,w,y\n1,0,2\n2,0,3\n", ["--weights", "w"], ['"w" must be finite, >= 0']),
        ("a,y\n1,2\n2,3\n", ["--weights", "w"], ['no column "w"']),
        ("", [], ["is empty"]),
    ],
)
def test_bad_input_is_one_line_with_the_cure(thalweg, here, table, options, words):
    (here / "bad.csv").write_text(table)
    target = [] if "--target" in options else ["--target", "y"]
    result = thalweg("fit", "bad.csv", *target, *options)
    assert result.code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--weights", "y"], '--target and --weights name the same column "y"'),
        (["--drop", "y"], '--target and --drop name the same column "y"'),
        (["--weights", "w", "--drop", "w"], '--weights and --drop name the same column "w"'),
        (["--lower", "a"], '"a" is not NAME=VALUE'),
        (["--upper", "a=big"], '"a=big" is not NAME=VALUE'),
        (["--lower", "a=nan"], '"a=nan" is not NAME=VALUE with a finite number'),
        (["--lower", "a=1", "--nonnegative", "a"], '"a" has two lower limits'),
        (["--lower", "a=3", "--upper", "a=2"], '"a" has limits that contradict: 3 to 2'),
        (["--alpha", "inf"], "'inf' is not a finite number"),
        (["--alpha", "nan"], "'nan' is not a finite number"),
        (["--alpha", "-1"], "x>=0"),
        (["--l1-ratio", "nan"], "'nan' is not a finite number"),
        (["--l1-ratio", "2"], "0<=x<=1"),
    ],
)
def test_options_that_no_data_could_make_right_are_usage_errors(thalweg, options, words):
    result = thalweg("fit", "not-even-there.csv", "--target", "y", *options)
    assert result.code == 2
    assert result.stdout == ""
    assert words in result.stderr


def test_equals_signs_may_be_part_of_a_name(thalweg, here):
    (here / "t.csv").write_text("a=b,y\n1,2\n2,3\n3,5\n")
    assert thalweg("fit", "t.csv", "--target", "y", "--upper", "a=b=1", "--json").json["coef"] == {"a=b": 1}


def test_text_and_report_say_what_was_asked(thalweg, here):
    (here / "t.csv").write_text("id,a,b,w,y\np,1,2,1,1\nq,2,1,2,3\nr,3,5,1,2\n")
    options = ["--weights", "w", "--drop", "id", "--alpha", "0.5", "--l1-ratio", "0.2", "--lower", "a=-1.5"]
    result = thalweg("fit", "t.csv", "--target", "y", *options, "--upper", "b=2", "--report", "t.html")
    assert result.code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    page = html.unescape((here / "t.html").read_text(encoding="utf-8"))
    for name, value in (
        ("weights", 'column "w", divided by their sum'),
        ("left out", "id"),
        ("alpha", "0.5 (as asked)"),
        ("l1_ratio", "0.2"),
        ("limits", "a >= -1.5, b <= 2"),
    ):
        assert f"{name} {value}" in lines
        assert f"<dt><bdi>{name}</bdi></dt><dd><bdi>{value}</bdi></dd>" in page


def test_json_says_what_was_asked(thalweg, here):
    (here / "t.csv").write_text("id,a,y\np,1,1\nq,2,3\nr,3,2\n")
    asked = ["--drop", "id", "--nonnegative", "a", "--upper", "a=2"]
    answer = thalweg("fit", "t.csv", "--target", "y", *asked, "--json").json
    assert answer["dropped"] == ["id"]
    assert answer["limits"] == {"lower": {"a": 0}, "upper": {"a": 2}}
    assert set(answer["coef"]) == {"a"}


def test_a_share_of_no_penalty_is_warned_of(thalweg, data):
    lasso = ["fit", "numbers.csv", "--target", "y", "--l1-ratio", "1", "--json"]
    assert thalweg(*lasso).stderr == (
        "warning: --l1-ratio 1 has no effect: alpha is 0, so nothing is penalised. Pass --alpha too.\n"
    )
    assert thalweg(*lasso, "--alpha", "0.1").stderr == ""
    assert thalweg("fit", "labels.csv", "--target", "y", "--l1-ratio", "1", "--json").stderr == ""


@pytest.mark.parametrize("name", ["t.csv", "./t.csv", "link.html", "hard.html"])
def test_a_report_never_replaces_the_data(thalweg, here, name):
    (here / "t.csv").write_text("a,y\n1,2\n2,3\n3,5\n")
    (here / "link.html").symlink_to("t.csv")
    (here / "hard.html").hardlink_to(here / "t.csv")
    result = thalweg("fit", "t.csv", "--target", "y", "--report", name, "--overwrite")
    assert (result.code, result.stdout) == (1, "")
    assert f"{name} is the input t.csv itself" in result.stderr
    assert (here / "t.csv").read_text().startswith("a,y\n")


def test_the_step_of_the_intercept_belongs_to_the_direction(thalweg, here):
    (here / "apart.csv").write_text("a,y\n1,0\n2,0\n3,1\n4,1\n")
    result = thalweg("fit", "apart.csv", "--target", "y", "--alpha", "0")
    _, _, table = result.stdout.partition("direction in which the loss falls for ever\n")
    steps = {line.split()[0]: float(line.split()[1]) for line in table.splitlines()[1:3]}
    assert set(steps) == {"(intercept)", "a"}
    assert 2 * steps["a"] < -steps["(intercept)"] < 3 * steps["a"]


def test_a_column_may_be_called_intercept(thalweg, here):
    (here / "t.csv").write_text("(intercept),y\n1,2\n2,3\n3,5\n")
    result = thalweg("fit", "t.csv", "--target", "y")
    assert [line.split("  ")[1] for line in result.stdout.splitlines() if "(intercept" in line] == [
        "(intercept of the fit)",
        "(intercept)",
    ]


def test_shares_between_0_and_1_may_be_asked_for(thalweg, here):
    (here / "share.csv").write_text("a,y\n1,0.2\n2,0.5\n3,0.9\n4,0.4\n")
    answer = thalweg("fit", "share.csv", "--target", "y", "--loss", "logistic", "--json").json
    assert (answer["ok"], answer["classes"]) == (True, None)


def test_every_format_of_a_table_gives_the_same_fit(thalweg, data):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pd.read_csv(data / "words.csv")
    frame.to_parquet(data / "words.parquet", index=False)
    frame.to_feather(data / "words.feather")
    frame.to_csv(data / "german.csv", index=False, sep=";", decimal=",")
    expected = thalweg("fit", "words.csv", "--target", "y", "--json").json["coef"]
    for name, *layout in (["words.parquet"], ["words.feather"], ["german.csv", "--separator", ";", "--decimal", ","]):
        assert thalweg("fit", name, "--target", "y", "--json", *layout).json["coef"] == expected
    refused = thalweg("fit", "german.csv", "--target", "y")
    assert (refused.code, "Pass --separator ';' --decimal ," in refused.stderr) == (1, True)


def test_names_of_files_may_be_anything(thalweg, here):
    name = '<b>"x"\n\u202e\u05d0 = \U0001f600.csv'
    (here / name).write_text("a,y\n1,2\n2,3\n3,5\n")
    answer = thalweg("fit", name, "--target", "y", "--json", "--save", f"{name}.json", "--report", f"{name}.html")
    assert answer.code == 0
    assert answer.json["file"] == name
    assert thalweg("predict", f"{name}.json", name, "--json").json["file"] == name
    assert "<b>" not in (here / f"{name}.html").read_text(encoding="utf-8").partition("<body")[2]
    assert thalweg("explain", f"{name}.json").code == 0


LOSSES = {
    "poisson": (tw.Poisson(), 1.0, 0.0),
    "gamma": (tw.Gamma(), 1.0, 0.0),
    "tweedie": (tw.Tweedie(), 1.0, 0.0),
    "tweedie=1.2": (tw.Tweedie(1.2), 1.0, 0.0),
    "negative-binomial=0.5": (tw.NegativeBinomial(0.5), 1.0, 0.0),
    "huber=2": (tw.Huber(2.0), 1e-4, 0.0),
    "quantile": (tw.Quantile(), 1.0, 1.0),
    "quantile=0.9": (tw.Quantile(0.9), 1.0, 1.0),
}


@pytest.fixture
def counts(here):
    """Write a table of counts with exposures."""
    exposure = RNG.uniform(0.5, 2.0, 60)
    y = 1.0 + RNG.poisson(exposure * np.exp(0.5 * X[:, 0]))
    rows = [[*row, e, label] for row, e, label in zip(X.tolist(), exposure.tolist(), y.tolist(), strict=True)]
    text = "\n".join(["age,debt,city,years,y", *(",".join(map(repr, row)) for row in rows)]) + "\n"
    (here / "counts.csv").write_text(text)
    return exposure, y


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_the_defaults_of_its_estimator(thalweg, counts, loss):
    _, y = counts
    kind, alpha, l1_ratio = LOSSES[loss]
    arguments = ("--target", "y", "--drop", "years", "--loss", loss, "--tol", "1e-9", "--save", "m.json")
    result = thalweg("fit", "counts.csv", *arguments, "--json")
    answer = result.json
    expected = mean_fit(y, kind, l1=alpha * l1_ratio, l2=alpha * (1 - l1_ratio))
    assert (answer["verdict"], answer["loss"], answer["alpha"]) == ("PROVED", kind.name, alpha)
    assert answer["objective"] == pytest.approx(expected.objective, rel=1e-8)
    model = tw.load("m.json")
    assert (model.alpha, model.l1_ratio) == (alpha, l1_ratio)
    assert repr(model._loss()) == repr(kind)
    default = type(model)()
    assert (default.alpha, default.l1_ratio) == (alpha, l1_ratio)


def test_an_exposure_is_an_offset_by_its_logarithm(thalweg, counts):
    exposure, y = counts
    common = ("--target", "y", "--loss", "poisson", "--alpha", "0", "--tol", "1e-9")
    answer = thalweg("fit", "counts.csv", *common, "--exposure", "years", "--save", "m.json", "--json").json
    expected = mean_fit(y, "poisson", offset=np.log(exposure))
    assert answer["objective"] == pytest.approx(expected.objective, rel=1e-8)
    assert list(answer["coef"]) == ["age", "debt", "city"]
    predicted = thalweg("predict", "m.json", "counts.csv", "--json").json["predictions"]
    eta = expected.problem.eta(expected.coef, expected.intercept)
    assert predicted == pytest.approx(np.exp(eta).tolist(), rel=1e-4)
    plain = thalweg("fit", "counts.csv", *common, "--offset", "years", "--json").json
    assert plain["objective"] == pytest.approx(mean_fit(y, "poisson", offset=exposure).objective, rel=1e-8)


def test_exposures_are_above_zero_and_for_rates(thalweg, counts, here):
    text = (here / "counts.csv").read_text().splitlines()
    fields = text[3].split(",")
    fields[3] = "0"
    (here / "bad.csv").write_text("\n".join([*text[:3], ",".join(fields), *text[4:]]) + "\n")
    arguments = ("--target", "y", "--exposure", "years", "--loss")
    result = thalweg("fit", "bad.csv", *arguments, "poisson")
    assert result.code == 1
    assert 'column "years" is 0 in row 3' in result.stderr
    assert "not for huber" in thalweg("fit", "counts.csv", *arguments, "huber").stderr


def test_a_squared_hinge_is_a_generalized_linear_model(thalweg, data):
    arguments = ("--target", "y", "--loss", "squared-hinge", "--alpha", "0.1", "--save", "m.json", "--json")
    assert thalweg("fit", "labels.csv", *arguments).json["verdict"] == "PROVED"
    assert tw.load("m.json").loss == "squared-hinge"
    refused = thalweg("fit", "words.csv", "--target", "y", "--loss", "squared-hinge")
    assert "the squared-hinge loss needs numbers" in refused.stderr
