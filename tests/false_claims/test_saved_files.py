"""Files that lie: whatever happens to a saved answer, it is refused by name, or judged as what it says now.

Damage (bytes) never changes a verdict. Forgery (changed content with a new digest) never makes an answer ok by anything
but its own problem and claim: not by its tolerance, nor by what it says of itself.
"""

import copy
import io
import warnings
import zipfile

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.io import archive
from thalweg.io.archive import Content
from thalweg.judges import judge
from thalweg.testing.known import kind_of

SPOILT = (
    None,
    True,
    0,
    -1,
    3,
    1e308,
    -0.0,
    10**400,
    "",
    "x",
    "nan",
    "inf",
    "Claim",
    [],
    {},
    [[]],
    {"": ""},
    ["a", "a"],
)
DISPLAY = ("tolerance", "trace", "attempts", "seconds", "remarks", "problem_digest")


def answers() -> list[tw.Solution]:
    """One solution of each kind of problem and verdict, dense and sparse."""
    found = {}
    for kind in ("LinearProgram", "QuadraticProgram", "Fit"):
        for case in kind_of(kind).hostile(np.random.default_rng(3))[::3]:
            found.setdefault(
                (kind, judge(case.problem, case.claim, tw.Tolerance()).verdict), (case.problem, case.claim)
            )
        case = kind_of(kind).honest(np.random.default_rng(4))
        found[kind, "honest"] = (case.problem, case.claim)
    solved = [tw.Solution(p, c, judge(p, c, tw.Tolerance()), remarks=(("file", "a.mps"),)) for p, c in found.values()]
    A = sparse.csc_array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])
    solved.append(tw.solve(tw.LinearProgram([1.0, 2.0, 1.0], A, row_lower=[1.0, 2.0], lower=0, names=["a", "b", "ü"])))
    solved.append(tw.solve(tw.Fit(sparse.csc_array(np.eye(4)[:, :2]), [0, 1, 1, 0], loss="logistic", l2=0.3)))
    return solved


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[tuple[bytes, tw.Verdict]]:
    """Bytes of each saved answer, and its verdict."""
    path = tmp_path_factory.mktemp("good") / "answer.npz"
    found = []
    for solution in answers():
        try:
            tw.save(solution, path, overwrite=True)
        except tw.InputError:  # text for numbers: no file can hold such a claim
            continue
        found.append((path.read_bytes(), solution.certificate.verdict))
    assert {verdict.name for _, verdict in found} >= {"PROVED", "INFEASIBLE", "UNBOUNDED", "NO_MINIMISER", "REFUTED"}
    return found


def verdicts(path) -> tuple[tw.Verdict, bool] | str:
    """What is said of a file at the default tolerance, and whether it is ok; or the message that refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a looser tolerance
            said, back = tw.certify(path), tw.load(path)
    except (tw.InputError, tw.ProblemError) as error:
        assert str(path) in str(error), error
        return str(error)
    if not isinstance(back, tw.Solution):
        assert not said.ok
        return said.verdict, False
    assert (said.verdict, said.tolerance) == (back.certificate.verdict, back.certificate.tolerance)
    usual = tw.certify(path, tol=tw.Tolerance())
    assert usual.ok or not said.ok  # a file may ask for a stricter measure, never for a looser one
    return usual.verdict, usual.ok


def flipped(rng, data: bytes) -> bytes:
    bent = bytearray(data)
    for place in rng.integers(len(data), size=int(rng.choice([1, 1, 2, 8]))):
        bent[place] ^= int(rng.integers(1, 256))
    return bytes(bent)


def cut(rng, data: bytes) -> bytes:
    return data[: rng.integers(len(data))] if rng.random() < 0.7 else data[rng.integers(len(data)) :]


def inserted(rng, data: bytes) -> bytes:
    place = rng.integers(len(data) + 1)
    return data[:place] + rng.bytes(int(rng.choice([1, 7, 64, 1000]))) + data[place:]


def moved(rng, data: bytes) -> bytes:
    """A stretch of bytes written over another, doubled, or taken out."""
    start, end = sorted(rng.integers(len(data), size=2))
    to = int(rng.integers(len(data)))
    part = data[start:end]
    return [data[:to] + part + data[to + len(part) :], data[:to] + part + data[to:], data[:start] + data[end:]][
        rng.integers(3)
    ]


def near_headers(rng, data: bytes) -> bytes:
    """Changes where the structure is: the headers of the container and of the arrays."""
    marks = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x93NUMPY", b"'shape'", b"'descr'", b'{"']
    mark = marks[rng.integers(len(marks))]
    places = [k for k in range(len(data)) if data.startswith(mark, k)]
    if not places:
        return flipped(rng, data)
    bent = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        place = places[rng.integers(len(places))] + int(rng.integers(60))
        if place < len(bent):
            bent[place] = int(rng.choice([0, 1, 2, 8, 0x30, 0x39, 0x7F, 0xFF, rng.integers(256)]))
    return bytes(bent)


def repacked(rng, data: bytes) -> bytes:
    """Members exchanged, renamed, lost, compressed, or from nowhere."""
    with zipfile.ZipFile(io.BytesIO(data)) as good:
        members = {name: good.read(name) for name in good.namelist()}
    names = list(members)
    one, other = (names[k] for k in rng.integers(len(names), size=2))
    way = rng.integers(5)
    if way == 0:
        members[one], members[other] = members[other], members[one]
    elif way == 1:
        members[f"{one[:-4]}{rng.choice(['', '.data', 'x', '/'])}.npy"] = members.pop(one)
    elif way == 2:
        del members[one]
    elif way == 3:
        members["values/y.npy"] = members[one]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if way == 4 else zipfile.ZIP_STORED) as target:
        for name, member in members.items():
            target.writestr(zipfile.ZipInfo(name), member, target.compression)
    return stream.getvalue()


DAMAGES = (flipped, cut, inserted, moved, near_headers, repacked)


def check_damage(files, path, cases: int, seed: int) -> dict[str, int]:
    """Damage files and hold what is said of them against what was said before."""
    rng, counts = np.random.default_rng(seed), {"refused": 0, "same": 0}
    for case in range(cases):
        data, verdict = files[case % len(files)]
        damage = DAMAGES[rng.integers(len(DAMAGES))]
        path.write_bytes(damage(rng, data))
        said = verdicts(path)
        if isinstance(said, str):
            counts["refused"] += 1
        else:
            assert said[0] is verdict, f"{damage.__name__}, case {case} of seed {seed}: {verdict.name} became {said}"
            counts["same"] += 1
    return counts


def content_of(data: bytes, path) -> Content:
    path.write_bytes(data)
    return archive.read(path)


def spoil(rng, node):
    """Replace, remove or add one thing somewhere inside JSON data."""
    value = copy.deepcopy(SPOILT[rng.integers(len(SPOILT))])
    if not isinstance(node, (dict, list)) or not node or rng.random() < 0.15:
        return value
    node = copy.copy(node)
    key = list(node)[rng.integers(len(node))] if isinstance(node, dict) else int(rng.integers(len(node)))
    if rng.random() < 0.1:
        del node[key]
    elif isinstance(node, dict) and rng.random() < 0.1:
        node["new"] = value
    else:
        node[key] = spoil(rng, node[key])
    return node


def bent_array(rng, array):
    """The same array in another shape, type or order, or with other numbers."""
    ways = (
        lambda a: a.ravel()[: rng.integers(a.size + 1)],
        lambda a: np.append(a.ravel(), a.ravel()[:1]),
        lambda a: a.reshape(-1, 1),
        lambda a: np.asfortranarray(a.T),
        lambda a: a.astype(rng.choice(["f4", "i8", "i4", "u1", "?", "f8"])),
        lambda a: np.zeros((0, int(rng.integers(1, 10**15)))),
        lambda a: a.ravel()[0] if a.size else np.array(1.0),
        lambda a: np.where(rng.random(a.shape) < 0.3, a.dtype.type(rng.choice([0, 1, 2, 100])), a),
        lambda a: np.where(rng.random(a.shape) < 0.3, rng.choice([np.nan, np.inf, -np.inf, 1e308, -1.0, 5e-324]), a),
        lambda a: rng.integers(-(2**62), 2**62, a.shape),
        lambda a: -a if a.dtype != bool else ~a,
        lambda a: np.sort(a, axis=None).reshape(a.shape)[..., ::-1].copy() if a.ndim else a,
    )
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(ways[rng.integers(len(ways))](array), order="K")


def forged(rng, content: Content) -> tuple[Content, bool]:
    """Changed content, and whether the change is in what is only shown."""
    meta, arrays = dict(content.meta), dict(content.arrays)
    names = list(arrays)
    name = names[rng.integers(len(names))]
    way = rng.integers(6)
    if way == 0:
        return Content(spoil(rng, meta), arrays), False
    if way == 1:
        shown = DISPLAY[rng.integers(len(DISPLAY))]
        meta[shown] = spoil(rng, meta.get(shown))
        return Content(meta, arrays), True
    if way == 2:
        huge = {part: float(rng.choice([0, 1e-6, 1, 1e300])) for part in ("gap", "feasibility", "absolute")}
        return Content(meta | {"tolerance": huge}, arrays), True
    if way == 3 and "sparse" in meta["problem"]:
        meta["problem"] = {**meta["problem"], "sparse": spoil(rng, meta["problem"]["sparse"])}
        return Content(meta, arrays), False
    if way == 4:
        other = names[rng.integers(len(names))]
        arrays[name], arrays[other] = arrays[other], arrays[name]
        return Content(meta, arrays), False
    arrays[name] = bent_array(rng, arrays[name])
    return Content(meta, arrays), False


def check_forgery(files, path, cases: int, seed: int) -> dict[str, int]:
    """Change the content of files and sign them anew."""
    rng, counts = np.random.default_rng(seed), {"refused": 0, "judged": 0, "ok": 0}
    contents = [(content_of(data, path), verdict) for data, verdict in files]
    for case in range(cases):
        content, verdict = contents[case % len(contents)]
        content, shown = forged(rng, content)
        meta = content.meta if isinstance(content.meta, dict) else {"meta": content.meta}
        try:
            data = archive.packed(Content(meta, content.arrays))
        except tw.InputError:  # an integer that JSON cannot hold
            continue
        path.write_bytes(data)
        said = verdicts(path)
        if isinstance(said, str):
            counts["refused"] += 1
            continue
        counts["judged"] += 1
        counts["ok"] += said[0].name in ("PROVED", "WITHIN_TOLERANCE")
        assert not shown or said[0] is verdict, f"case {case} of seed {seed}: {verdict.name} became {said}"
        assert said[1] == (said[0].name in ("PROVED", "WITHIN_TOLERANCE"))
    return counts


def test_damaged_files_are_refused_or_say_what_they_said(files, tmp_path):
    counts = check_damage(files, tmp_path / "bent.npz", 700, 0)
    assert counts["refused"] > 400
    assert counts["same"] > 5  # dates and permissions inside the container, which mean nothing


def test_forged_files_are_refused_or_judged_as_what_they_say(files, tmp_path):
    counts = check_forgery(files, tmp_path / "forged.npz", 300, 0)
    assert counts["refused"] > 100
    assert counts["judged"] > 60


@pytest.mark.parametrize("kind", ["LinearProgram", "QuadraticProgram", "Fit"])
def test_another_answer_in_the_file_is_judged_like_another_answer(kind, tmp_path):
    """Mutants of honest claims get the verdict from their file that they get from memory."""
    from thalweg.testing.mutants import mutant

    rng, path = np.random.default_rng(8), tmp_path / "mutant.npz"
    definition = kind_of(kind)
    for _ in range(60):
        case, other = definition.honest(rng), definition.honest(rng)
        _, claim = mutant(rng, case.claim, other.claim, definition.hint_sizes(case.problem))
        certificate = judge(case.problem, claim, tw.Tolerance())
        tw.save(tw.Solution(case.problem, claim, certificate), path, overwrite=True)
        assert tw.certify(path).explain() == certificate.explain()


def test_an_honest_file_with_a_loose_tolerance_convinces_nobody(files, tmp_path):
    path, tried = tmp_path / "loose.npz", 0
    for data, verdict in files:
        if verdict not in (tw.Verdict.UNPROVEN, tw.Verdict.REFUTED):
            continue
        content = content_of(data, path)
        content.meta["tolerance"] = {"gap": 1e300, "feasibility": 1e300, "absolute": 1e300}
        archive.write(path, content, overwrite=True)
        for judged in (tw.certify, lambda path: tw.load(path).certificate):
            with pytest.warns(UserWarning, match="looser tolerance than the default"):
                assert judged(path).verdict is verdict
        tried += 1
    assert tried >= 3


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(1, 11))
def test_10_000_corruptions(files, tmp_path, seed):
    check_damage(files, tmp_path / "bent.npz", 600, seed)
    check_forgery(files, tmp_path / "forged.npz", 400, seed)
