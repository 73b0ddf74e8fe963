"""Problems, claims and solutions come back from their files bit by bit, and so do their certificates."""

import dataclasses
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.io import archive, saved, stored_problems
from thalweg.judges import judge
from thalweg.terms.losses import LOSSES
from thalweg.testing.known import kind_of

KINDS = ("LinearProgram", "QuadraticProgram", "Fit")
HOSTILE = [
    "<script>alert(1)</script>",
    'say "no"',
    "two\nlines\r\n\t",
    "n" * 300,
    "\u202eright to left \u05d0\u05d1",
    "\U0001f9ea\U0001f469\u200d\U0001f52c",
    "../../etc/passwd",
    "/",
    "",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "__proto__",
    "self",
]


def same(one, other) -> bool:
    """Whether two things are the same, bit by bit, with the types and the memory order of their arrays."""
    return bits(one) == bits(other)


def bits(thing):
    """What has to be equal, as things whose equality means what it says."""
    if isinstance(thing, np.ndarray):
        found = (thing.dtype, thing.shape, thing.flags.c_contiguous, thing.tobytes())
    elif isinstance(thing, float):
        found = np.float64(thing).tobytes()
    elif sparse.issparse(thing):
        found = thing.shape, *map(bits, (thing.data, thing.indices, thing.indptr))
    elif isinstance(thing, tw.Design):
        found = thing.names, bits(thing.X)
    elif isinstance(thing, (tw.Squared, tw.Logistic)):
        found = thing.name
    elif isinstance(thing, dict):
        found = [(name, bits(value)) for name, value in thing.items()]
    elif isinstance(thing, (tuple, list)):
        found = [bits(entry) for entry in thing]
    elif dataclasses.is_dataclass(thing):
        found = [bits(getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    else:
        found = thing
    return type(thing), found


def arrays_of(values) -> dict:
    return {name: np.asarray(value) for name, value in values.items() if value is not None}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "saved.npz"


def trip(thing, path):
    tw.save(thing, path, overwrite=True)
    return tw.load(path)


@pytest.mark.parametrize("kind", KINDS)
def test_honest_answers_come_back_with_the_same_certificate(kind, path):
    rng = np.random.default_rng(5)
    for _ in range(40):
        case = kind_of(kind).honest(rng)
        solution = tw.Solution(case.problem, case.claim, judge(case.problem, case.claim, tw.Tolerance()))
        back = trip(solution, path)
        assert same(back.problem, case.problem)
        assert same(arrays_of(back.claim.values), arrays_of(case.claim.values))
        assert same(arrays_of(back.claim.hints), arrays_of(case.claim.hints))
        assert same(back.certificate, solution.certificate)


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.stress)])
def test_every_verdict_comes_back(every, path):
    found, refused = set(), 0
    for kind in KINDS:
        for case in kind_of(kind).hostile(np.random.default_rng(1))[::every]:
            solution = tw.Solution(case.problem, case.claim, judge(case.problem, case.claim, tw.Tolerance()))
            try:
                back = trip(solution, path)
            except tw.InputError as error:
                assert "cannot be saved" in str(error)
                refused += 1
                continue
            assert same(back.certificate, solution.certificate), case.name
            found.add(solution.certificate.verdict.name)
    assert found >= {"PROVED", "WITHIN_TOLERANCE", "INFEASIBLE", "UNBOUNDED", "NO_MINIMISER", "UNPROVEN", "REFUTED"}
    assert refused < 20


@pytest.mark.parametrize("order", ["C", "F", "strided", "sparse", "sparse with long indices"])
def test_the_memory_order_comes_back(order, path):
    rng = np.random.default_rng(2)
    dense = rng.normal(size=(30, 7)) * (rng.random((30, 7)) < 0.6)
    X = {"C": dense, "F": np.asfortranarray(dense), "strided": np.repeat(dense, 2, axis=1)[:, ::2]}.get(order)
    if X is None:
        X = sparse.csc_array(dense)
        if "long" in order:
            X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    problem = tw.Fit(X, dense @ np.arange(7.0) + rng.normal(size=30), l1=0.1, A=[[1.0] * 7], row_upper=3.0, upper=2.0)
    claim = tw.Claim({"coef": rng.normal(size=7), "intercept": 0.5}, {"eta": rng.normal(size=30)})
    solution = tw.Solution(problem, claim, tw.certify(problem, claim))
    back = trip(solution, path)
    if order == "strided":  # comes back side by side: the same numbers, added up in another order
        assert np.array_equal(back.problem.X.X, X)
        assert back.objective == pytest.approx(solution.objective, rel=1e-14)
    else:
        assert same(back.problem, problem)
        assert same(back.certificate, solution.certificate)


def test_a_solved_problem_comes_back_with_its_story(path):
    problem = tw.Fit([[0.0], [1.0], [2.0], [4.0]], [0, 1, 0, 1], loss="logistic", l2=0.1)
    solution = dataclasses.replace(tw.solve(problem), remarks=(("file", "größer.csv"),))
    solution.save(path)
    back = tw.load(path)
    assert same(back.certificate, solution.certificate)
    assert same(back.trace.columns(), solution.trace.columns())
    assert len(solution.trace) > 0
    assert back.attempts == solution.attempts
    assert (back.seconds, back.remarks) == (solution.seconds, solution.remarks)
    assert (back.claim.stop, back.claim.by, back.claim.message) == (
        solution.claim.stop,
        solution.claim.by,
        solution.claim.message,
    )


def test_a_trace_is_as_long_as_a_trace_can_be(path):
    trace = tw.Trace()
    for step in range(10_001):
        trace.add(step=step)
    solution = dataclasses.replace(tw.solve(tw.LinearProgram([1.0], lower=2)), trace=trace)
    assert same(trip(solution, path).trace.columns(), trace.columns())
    forged = saved._content(solution)
    forged.arrays["trace/step"] = np.arange(10_001.0)
    archive.write(path, forged, overwrite=True)
    with pytest.raises(tw.InputError, match=r"trace has 10,001 records; a trace keeps at most 10,000"):
        tw.load(path)


@pytest.mark.parametrize("intercept", [np.zeros(2), np.zeros(0), np.ones((8, 1)), np.ones(1), np.array(True)])
def test_an_intercept_of_any_shape_is_shown_or_left_out(intercept, path):
    problem = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    claim = tw.Claim({"coef": np.array([2.0]), "intercept": intercept})
    back = trip(tw.Solution(problem, claim, tw.certify(problem, claim)), path)
    assert back.ok == (intercept.size == 1)
    assert ("(intercept)" in str(back)) == (intercept.size == 1)


def test_hostile_names_come_back(path):
    n = len(HOSTILE)
    problem = tw.LinearProgram(np.ones(n), np.eye(n), row_lower=1.0, lower=0, names=HOSTILE, row_names=HOSTILE[::-1])
    values = {"x": np.ones(n), **{name: np.arange(3.0) + k for k, name in enumerate(HOSTILE)}}
    claim = tw.Claim(values, {"row_dual": np.ones(n)}, by=HOSTILE[0], message="".join(HOSTILE[:9]))
    solution = tw.Solution(problem, claim, tw.certify(problem, claim), remarks=tuple((n, n) for n in HOSTILE))
    back = trip(solution, path)
    assert same(back.problem, problem)
    assert same(back.claim, claim)
    assert back.remarks == solution.remarks
    assert same(back.certificate, solution.certificate)
    assert not list(path.parent.parent.glob("etc"))


def test_a_pair_of_halves_that_no_file_can_keep_is_refused(path):
    with pytest.raises(tw.InputError, match="both halves"):
        tw.save(tw.LinearProgram([1.0], names=["\ud83e\uddea"]), path)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(3, dtype=np.int32),
        np.arange(3, dtype=np.uint8),
        np.array([True, False]),
        np.float32([0.1, np.nan, -np.inf]),
        np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
        np.zeros((0, 5)),
        np.array(-0.0),
        np.array([0x7FF8_0000_0000_1234], np.uint64).view(np.float64),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_a_claim_keeps_types_shapes_and_every_bit(value, path):
    claim = tw.Claim({"x": value}, {"row_dual": value}, tw.Stop.STALLED, "somebody", "said")
    assert same(trip(claim, path), claim)


def test_big_endian_and_extended_numbers_become_ordinary(path):
    back = trip(tw.Claim({"x": np.array([1.5, 2.5], ">f8"), "y": np.longdouble([0.1])}), path)
    assert back.values["x"].tolist() == [1.5, 2.5]
    assert back.values["y"].dtype == np.float64


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ({"x": ["a"]}, "not real numbers"),
        ({"x": np.array([object()])}, "not real numbers"),
        ({"x": [1j]}, "not real numbers"),
        ({"x": [[1.0], [1.0, 2.0]]}, "no array"),
        ({"x": np.ma.masked_invalid([np.nan])}, "masked"),
        ({"x": np.zeros((1,) * 33)}, "33 dimensions"),
        ({3: [1.0]}, "names are text"),
    ],
)
def test_a_claim_that_no_file_can_keep_is_refused_before_a_file_exists(claim, told, path):
    with pytest.raises(tw.InputError, match=told):
        tw.save(tw.Claim(claim), path)
    assert not path.exists()


def test_a_loss_of_ones_own_cannot_be_saved(path):
    class Mine(tw.Squared):
        pass

    problem = tw.Fit([[1.0], [2.0]], [1.0, 2.0], loss=Mine())
    with pytest.raises(tw.InputError, match="Mine, a class of your own; a file cannot hold code"):
        tw.save(problem, path)


@pytest.mark.parametrize(
    "loss",
    [
        *(kind() for kind in LOSSES.values()),
        *(tw.Huber(0.1), tw.Quantile(0.9), tw.Tweedie(1.1), tw.NegativeBinomial(0.05)),
    ],
    ids=repr,
)
def test_losses_come_back_with_their_parameters(loss, path):
    tw.save(
        tw.Fit([[1.0], [2.0], [3.0]], [1.0, 0.0, 1.0] if loss.name != "gamma" else [1.0, 2.0, 3.0], loss=loss), path
    )
    back = tw.load(path).loss
    assert type(back) is type(loss)
    assert vars(back) == vars(loss)


def test_losses_without_parameters_are_stored_by_their_name():
    for loss in (tw.Squared(), tw.Logistic(), tw.Poisson()):
        problem = tw.Fit([[1.0], [2.0]], [0.0, 1.0], loss=loss)
        assert stored_problems.taken_apart(problem).meta["loss"] == type(loss).__name__
    stored = stored_problems.taken_apart(tw.Fit([[1.0], [2.0]], [0.0, 1.0], loss=tw.Huber(2.0)))
    assert stored.meta["loss"] == {"name": "Huber", "delta": 2.0}


BAD_LOSSES = {
    "out of range": (
        {"name": "Huber", "delta": -1.0},
        "holds an impossible Huber: delta is -1.0; expected a number above 0",
    ),
    "out of two sides": ({"name": "Quantile", "tau": 1.0}, "holds an impossible Quantile: tau is 1.0"),
    "convex no more": ({"name": "Tweedie", "power": 3}, "holds an impossible Tweedie: power is 3.0"),
    "text": ({"name": "Huber", "delta": "1.0"}, "loss: delta is '1.0'; expected a finite number"),
    "infinite": ({"name": "Huber", "delta": "inf"}, "loss: delta is 'inf'; expected a finite number"),
    "flag": ({"name": "Huber", "delta": True}, "loss: delta is True; expected a finite number"),
    "missing": ({"name": "Huber"}, 'loss lacks "delta". The file is damaged'),
    "missing without an object": ("Tweedie", 'loss lacks "power"'),
    "too many": ({"name": "Huber", "delta": 1.0, "tau": 0.5}, "loss holds 'tau', which this thalweg does not know"),
    "none takes any": ({"name": "Squared", "delta": 1.0}, "loss holds 'delta'"),
    "derived": ({"name": "Tweedie", "power": 1.5, "concordance": 0.1}, "loss holds 'concordance'"),
    "no name": ({"delta": 1.0}, "loss is None, which this thalweg does not know"),
    "name of a list": ({"name": ["Huber"], "delta": 1.0}, "which this thalweg does not know"),
    "word": ("huber", "loss is 'huber', which this thalweg does not know"),
}


@pytest.mark.parametrize("case", BAD_LOSSES)
def test_a_loss_that_cannot_be_is_refused(case):
    stored, told = BAD_LOSSES[case]
    content = stored_problems.taken_apart(tw.Fit([[1.0], [2.0]], [0.0, 1.0]))
    content.meta["loss"] = stored
    with pytest.raises(tw.InputError, match=re.escape(told)):
        stored_problems.put_together(content, "file.npz")


@pytest.mark.parametrize("thing", [3, None, "text", [1.0], tw.Tolerance()])
def test_other_things_are_refused(thing, path):
    with pytest.raises(tw.InputError, match=r"save\(\) takes a LinearProgram"):
        tw.save(thing, path)


def test_an_existing_file_stays(path):
    path.write_text("mine")
    with pytest.raises(tw.InputError, match="exists already"):
        tw.save(tw.LinearProgram([1.0]), path)
    assert path.read_text() == "mine"


def test_the_same_content_is_the_same_file(tmp_path):
    for name in ("a.npz", "b.npz"):
        tw.save(tw.LinearProgram([1.0], lower=0), tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_reads_the_file_without_pickle(path):
    tw.save(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0), path)
    with np.load(path, allow_pickle=False) as content:
        assert content["problem/c"].tolist() == [1.0, 2.0]
        assert json.loads(content["meta.json"].tobytes())["problem"]["kind"] == "LinearProgram"


def test_a_layout_knows_every_field_of_its_problem():
    for layout in stored_problems.LAYOUTS.values():
        known = {*layout.arrays, *layout.numbers, *layout.flags, *layout.labels, *layout.terms}
        assert known == {field.name for field in dataclasses.fields(layout.kind)}


def test_the_digest_knows_the_data_and_not_their_order_in_memory():
    X = np.arange(6.0).reshape(3, 2)
    problem = tw.Fit(X, [1.0, 2.0, 4.0])
    assert saved.digest(problem) == saved.digest(tw.Fit(np.asfortranarray(X), [1.0, 2.0, 4.0]))
    others = [
        problem.replace(l2=1e-300),
        problem.replace(names=None, y=[1.0, 2.0, 5.0]),
        tw.Fit(X, problem.y, names=["a", "b"]),
    ]
    assert len({saved.digest(other) for other in (problem, *others)}) == 4


class TestCertify:
    @pytest.fixture
    def problem(self):
        return tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)

    def test_a_saved_solution_is_judged(self, problem, path):
        tw.solve(problem).save(path)
        assert tw.certify(path).verdict is tw.Verdict.PROVED
        assert tw.certify(str(path), tol=1e-12).tolerance.gap == 1e-12

    def test_a_file_does_not_choose_its_measure(self, problem, path):
        loose = tw.Solution(
            problem, tw.Claim({"x": [0.7, 0.3]}, {"row_dual": [1.0]}), tw.certify(problem, x=[0.7, 0.3])
        )
        tolerance = tw.Tolerance(gap=10.0)
        dataclasses.replace(loose, certificate=loose.certificate.at(tolerance)).save(path)
        looser = r"looser tolerance than the default: gap 10 \(now 1e-06\)"
        for judged in (tw.certify, tw.load, lambda path: tw.certify(problem, path)):
            with pytest.warns(UserWarning, match=looser):
                back = judged(path)
            assert not back.ok
            assert getattr(back, "certificate", back).tolerance == tw.Tolerance()
        asked = tw.load(path, tol=tolerance)
        assert asked.ok
        assert asked.certificate.tolerance == tolerance

    def test_a_stricter_tolerance_of_the_file_is_kept(self, problem, path):
        tw.solve(problem, tol=1e-9).save(path)
        for certificate in (tw.certify(path), tw.load(path).certificate, tw.certify(problem, path)):
            assert certificate.tolerance.gap == 1e-9
        assert tw.certify(path, x=[1.0, 0.0]).tolerance == tw.Tolerance()  # another answer than the file's

    def test_a_saved_problem_takes_the_usual_keywords(self, problem, path):
        tw.save(problem, path)
        assert tw.certify(path, x=[1.0, 0.0], duals=[1.0]).ok
        assert not tw.certify(path, x=[0.0, 1.0], duals=[1.0]).ok
        assert tw.certify(path).verdict is tw.Verdict.UNPROVEN

    def test_keywords_replace_the_claim_of_the_file(self, problem, path):
        tw.solve(problem).save(path)
        assert tw.certify(path, x=[1.0, 0.0]).verdict is not tw.Verdict.PROVED  # the file's duals are not used

    def test_a_saved_claim_is_judged_about_the_problem_that_is_given(self, problem, path):
        tw.save(tw.Claim({"x": [1.0, 0.0]}, {"row_dual": [1.0]}), path)
        assert tw.certify(problem, path).ok
        assert not tw.certify(problem.replace(c=[2.0, 1.0]), path).ok
        with pytest.raises(tw.InputError, match="claim without its problem"):
            tw.certify(path)

    def test_an_answer_to_other_data_is_warned_of(self, problem, path):
        tw.solve(problem).save(path)
        assert tw.certify(problem, path).ok
        with pytest.warns(UserWarning, match="other data than this problem's"):
            assert not tw.certify(problem.replace(row_lower=[2.0]), path).ok

    def test_a_problem_is_no_claim(self, problem, path):
        tw.save(problem, path)
        with pytest.raises(tw.InputError, match="a problem and no answer; there is nothing to judge"):
            tw.certify(problem, path)


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys, json; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_judging_a_saved_answer_loads_numpy_alone(path):
    tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)).save(path)
    found = modules_after(
        f"import thalweg as tw; assert tw.certify({str(path)!r}).ok; assert tw.load({str(path)!r}).ok"
    )
    assert not found & {"scipy", "highspy", "piqp", "clarabel", "numba", "sklearn", "pandas", "polars", "narwhals"}


def test_judging_a_sparse_answer_loads_no_solver(path):
    A = sparse.csc_array([[1.0, 1.0]])
    tw.solve(tw.LinearProgram([1.0, 2.0], A, row_lower=[1.0], lower=0)).save(path)
    found = modules_after(f"import thalweg as tw; assert tw.certify({str(path)!r}).ok")
    assert not found & {"highspy", "piqp", "clarabel", "numba", "sklearn", "pandas"}
