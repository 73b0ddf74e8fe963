"""The container trusts nothing: each way to be wrong has its own message, and none fills the memory."""

import io
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

import thalweg as tw
from thalweg.io import archive, strict_json
from thalweg.io.archive import Content

ARRAYS = {
    "a": np.arange(6.0).reshape(2, 3),
    "f": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "deep/er": np.array(0.1),
    "none": np.zeros((0, 4), np.int32),
    "flags": np.array([True, False]),
    "small": np.arange(3, dtype=np.uint8),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.npz"


@pytest.fixture
def members() -> dict[str, bytes]:
    """Members of a good file, by name."""
    with zipfile.ZipFile(io.BytesIO(archive.packed(Content({"x": 1}, ARRAYS)))) as good:
        return {name: good.read(name) for name in good.namelist()}


def zipped(members, compression=zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as target:
        for name, data in members.items():
            target.writestr(zipfile.ZipInfo(name), data, compression)
    return stream.getvalue()


def npy(array, **options) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


def refusal(path: Path, data: bytes) -> str:
    """Message with which a file is refused."""
    path.write_bytes(data)
    with pytest.raises(tw.InputError) as caught:
        archive.read(path)
    assert str(path) in str(caught.value)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_what_is_written_is_read(path):
    archive.write(path, Content({"text": "größer\n\ud800", "numbers": [1, 0.1, -0.0]}, ARRAYS))
    back = archive.read(path)
    assert back.meta == {"text": "größer\n\ud800", "numbers": [1, 0.1, -0.0]}
    assert list(back.arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        found = back.arrays[name]
        assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert found.flags.f_contiguous == array.flags.f_contiguous
        assert found.flags.aligned


def test_the_members_of_a_good_file_make_a_good_file(path, members):
    path.write_bytes(zipped(members))
    assert archive.read(path).meta == {"x": 1}


def test_compressed_members_are_refused(path, members):
    bomb = {**members, "a.npy": npy(np.zeros(10_000_000))}
    told = refusal(path, zipped(bomb, zipfile.ZIP_DEFLATED))
    assert "compressed" in told
    assert path.stat().st_size < 200_000


def test_what_numpy_saves_is_no_file_of_ours(path):
    np.savez(path, x=np.zeros(3))
    assert "not written by thalweg" in refusal(path, path.read_bytes())


@pytest.mark.parametrize("data", [b"", b"P", b"MZ..", b"\x93NUMPY", b"PK\x05\x06" + bytes(18), b"\n"])
def test_other_files_are_told_apart(path, data):
    assert "neither an .npz file nor a model" in refusal(path, data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"{}", "JSON text"), (b'{ "thalweg": {', "a fitted model"), (b"<!DOCTYPE html>", "an HTML page")],
)
def test_files_of_another_kind_are_called_by_it(path, data, kind):
    assert f"is {kind}, not an .npz file that tw.save" in refusal(path, data)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_cut_file_is_damaged(path, members, share):
    data = zipped(members)
    assert "damaged or was cut" in refusal(path, data[: int(share * len(data))])


def test_bytes_between_or_before_the_members_are_found(path, members):
    data = zipped(members)
    assert "damaged" in refusal(path, b"PK\x03\x04" + bytes(40) + data)
    second = data.index(b"PK\x03\x04", 4)
    assert "damaged" in refusal(path, data[:second] + b"hidden" + data[second:])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_stands_there_once(path, members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, data in [*members.items(), ("a.npy", members["a.npy"])]:
            target.writestr(zipfile.ZipInfo(name), data)
    assert "stands there twice" in refusal(path, stream.getvalue())


def test_members_that_share_their_bytes_are_refused(path, members):
    """The quine-like bombs: a thousand entries of the directory that all point at one member."""
    data = zipped({"meta.json.npy": members["meta.json.npy"], "aa.npy": members["a.npy"]})
    start = data.index(b"PK\x01\x02")
    entry = data[data.index(b"PK\x01\x02", start + 1) : data.index(b"PK\x05\x06")]
    more = b"".join(entry.replace(b"aa.npy", b"%02x.npy" % k) for k in range(100))
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    end[8:10] = end[10:12] = (102).to_bytes(2, "little")
    end[12:16] = (len(data) - len(end) - start + len(more)).to_bytes(4, "little")
    told = refusal(path, data[: -len(end)] + more + bytes(end))
    assert "contradicts the directory" in told or "begin where" in told


@pytest.mark.parametrize("name", ["../evil.npy", "/etc/x.npy", "a.txt", "ä.npy", "x" * 300 + ".npy", "a b.npy", "d/"])
def test_strange_names_of_members_are_refused_or_belong_to_nothing(path, members, name):
    told = refusal(path, zipped({**members, name: members["a.npy"]}))
    assert "does not write" in told or "digest" in told
    assert not (path.parent.parent / "evil.npy").exists()


class Bomb:
    """Unpickling this creates a file."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return (os.mkdir, (str(self.place),))


def test_pickled_objects_are_refused_and_nothing_is_run(path, members, tmp_path):
    place = tmp_path / "owned"
    evil = npy(np.array([Bomb(place)], dtype=object))
    assert "Python objects" in refusal(path, zipped({**members, "a.npy": evil}))
    assert "no array" in refusal(path, zipped({**members, "a.npy": pickle.dumps(Bomb(place))}))
    assert not place.exists()


@pytest.mark.parametrize(
    "array",
    [
        np.array(["text"]),
        np.array([1j]),
        np.zeros(2, dtype=[("x", "f8"), ("y", "i4")]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.zeros(2, dtype=">f8"),
        np.zeros(2, dtype="V8"),
        np.zeros(2, dtype=np.longdouble),
    ],
    ids=lambda array: array.dtype.str,
)
def test_only_plain_numbers_are_read(path, members, array):
    assert "plain numbers" in refusal(path, zipped({**members, "a.npy": npy(array)}))


@pytest.mark.parametrize(
    "shape", ["(1000000000000,)", "(3, 1000000)", "(2, 2)", "()", "(999999999999999999, 999999999999999999)", "(2, 4)"]
)
def test_a_shape_is_held_against_the_bytes_before_anything_is_allocated(path, members, shape):
    data = npy(np.zeros((2, 3)))
    lie = data.replace(b"(2, 3), }", f"{shape}, }}".encode())
    lie = lie[:8] + (len(lie) - 48 - 10).to_bytes(2, "little") + lie[10:]
    tracemalloc.start()
    assert "damaged" in refusal(path, zipped({**members, "a.npy": lie}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os').mkdir('owned'),), }\n",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (-6,), }\n",
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}\n",
        b"{'descr': '<f8', 'fortran_order': 0, 'shape': (6,), }\n",
        b"{'descr': '<f3', 'fortran_order': False, 'shape': (6,), }\n",
        b"{'descr': '<b8', 'fortran_order': False, 'shape': (6,), }\n",
        b"[" * 500 + b"\n",
        b"",
        b"\xff" * 40,
    ],
)
def test_a_header_is_what_numpy_writes_or_nothing(path, members, header):
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(48)
    told = refusal(path, zipped({**members, "a.npy": data}))
    assert "damaged" in told or "plain numbers" in told
    assert not Path("owned").exists()


def test_other_versions_of_the_header_are_refused(path, members):
    assert "no array" in refusal(path, zipped({**members, "a.npy": npy(np.zeros(2), version=(2, 0))}))


def test_truth_values_are_true_or_false(path, members):
    data = members["flags.npy"][:-1] + b"\x02"
    assert "neither true nor false" in refusal(path, zipped({**members, "flags.npy": data}))


def meta_member(text: bytes) -> bytes:
    return npy(np.frombuffer(text, np.uint8), version=(1, 0))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "not JSON"),
        (b"[1, 2]", "holds a list; expected an object"),
        (b'{"thalweg": ', "not JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "cannot be used: Exceeds the limit"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"a": ' + b"[" * 150 + b"]" * 150 + b"}", "nested too deeply"),
        (b'{"a": 1e400}', "1e400 is beyond the largest number"),
        (b'{"a": [-1e999]}', "-1e999 is beyond the largest number"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"{}", "names no format"),
        (b'{"thalweg": {"format": "1"}}', "names no format"),
        (b'{"thalweg": {"format": true}}', "names no format"),
        (b'{"thalweg": {"format": 1}}', "does not match its digest"),
        (
            b'{"thalweg": {"format": 2, "version": "9.1"}}',
            "thalweg '9.1' in format 2; this thalweg reads format 1.",
        ),
        (b'{"thalweg": {"format": 2, "version": "\\u001b[2J\\n"}}', r"thalweg '\\x1b\[2J\\n' in format 2"),
        (b'{"thalweg": {"format": 0, "version": "0.0.1"}}', "thalweg '0.0.1' in format 0.*can no longer be read"),
    ],
)
def test_the_text_of_a_file_is_read_strictly(path, members, text, told):
    path.write_bytes(zipped({**members, "meta.json.npy": meta_member(text)}))
    with pytest.raises(tw.InputError, match=told):
        archive.read(path)


@pytest.mark.parametrize("exchange", [("a.npy", "f.npy"), ("a.npy", "small.npy")])
def test_exchanged_members_are_found_by_the_digest(path, members, exchange):
    one, other = exchange
    assert "digest" in refusal(path, zipped({**members, one: members[other], other: members[one]}))


def test_a_lost_or_added_member_is_found_by_the_digest(path, members):
    assert "digest" in refusal(path, zipped({k: v for k, v in members.items() if k != "a.npy"}))
    assert "digest" in refusal(path, zipped({**members, "z.npy": members["a.npy"]}))


def test_a_folder_and_a_pipe_are_no_files(tmp_path):
    with pytest.raises(tw.InputError, match="is a folder"):
        archive.read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(tw.InputError, match="device or a pipe"):
            archive.read(tmp_path / "pipe")
    with pytest.raises(tw.InputError, match="does not exist"):
        archive.read(tmp_path / "nothing.npz")


def test_reading_allocates_what_the_file_holds(path):
    archive.write(path, Content({}, {"a": np.zeros(2_000_000)}))
    tracemalloc.start()
    archive.read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.05 * path.stat().st_size + 200_000


@pytest.mark.parametrize("shape", ["(0, 999999999999999999, 999999999999999999)", "(999999999999999999, 999999999, 0)"])
def test_a_size_of_zero_hides_no_impossible_shape(path, members, shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    assert "impossible shape" in refusal(path, zipped({**members, "a.npy": data}))


def test_a_name_given_twice_among_very_many_is_found_at_once():
    """Counting each name in turn would look at 10^10 names here."""
    names = ",".join(f'"{name}":0' for name in range(100_000))
    with pytest.raises(tw.InputError, match="'99999' twice"):
        strict_json.parse(f'{{{names},"99999":0}}', "the text")


@pytest.mark.parametrize("axes", [(1, 0, 2), (0, 2, 1), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("step", [1, 2, -1])
def test_arrays_in_any_order_are_stored_in_one_that_files_know(path, axes, step):
    array = np.arange(48.0).reshape(2, 3, 8)[..., ::step].transpose(axes)
    stored = archive.storable(array, "a")
    archive.write(path, Content({}, {"a": stored}))
    assert np.array_equal(archive.read(path).arrays["a"], array)
