"""Files are read with a reason for every failure, and written whole, or not at all, and never over another unasked."""

import gzip
import os
import stat
from pathlib import Path

import pytest

import thalweg as tw
from thalweg.io import files


def test_written_text_is_there(tmp_path):
    files.write_text(tmp_path / "a.txt", "größer\n")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "größer\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_existing_file_stays_unless_told_otherwise(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(tw.InputError, match=r"a\.txt exists already.*--overwrite"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    files.write_text(path, "new", overwrite=True)
    assert path.read_text() == "new"


def test_permissions_and_links_survive(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    files.write_text(link, "new", overwrite=True)
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_usual_permissions(tmp_path):
    files.write_text(tmp_path / "ours.txt", "")
    (tmp_path / "theirs.txt").write_text("")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["ours.txt"] == modes["theirs.txt"]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(tw.InputError, match=r"cannot write .*a\.txt: the disk is full"):
        files.write_text(path, "new", overwrite=True)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_full_disk(overwrite):
    with pytest.raises(tw.InputError, match="cannot write /dev/full: the disk is full"):
        files.write_text("/dev/full", "text", overwrite=overwrite)
    assert not Path("/dev/full").is_file()


def test_missing_folders_and_folders_in_the_way(tmp_path):
    with pytest.raises(tw.InputError, match="folder does not exist"):
        files.write_text(tmp_path / "no" / "a.txt", "")
    with pytest.raises(tw.InputError, match="it is a folder"):
        files.write_text(tmp_path, "", overwrite=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(tw.InputError, match="not a folder"):
        files.write_text(tmp_path / "file" / "a.txt", "")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc")
def test_a_folder_that_takes_no_files_is_not_called_missing():
    with pytest.raises(tw.InputError, match=r"cannot write /proc/x\.html") as caught:
        files.write_text("/proc/x.html", "")
    assert "does not exist" not in str(caught.value)


def test_the_input_is_known_by_any_name(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text("")
    link.symlink_to(path)
    with pytest.raises(tw.InputError, match="would destroy the data"):
        files.check_apart(link, path)
    files.check_apart(tmp_path / "new.txt", path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folders_of_others(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(tw.InputError, match="permission denied"):
        files.write_text(tmp_path / "a.txt", "")


LONG = gzip.compress(b"a long text " * 50)
UNUSABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (b"MZ\x00\x01\x02", "binary file"),
    "cut.gz": (LONG[:-6], "truncated or damaged"),
    "fake.gz": (b"no gzip at all", "not a gzip file"),
    "changed.gz": (gzip.compress(b"text")[:-8] + bytes(8), "truncated or damaged"),
    "hollow.gz": (gzip.compress(b""), "is empty"),
    "damaged.gz": (LONG[:12] + b"\xff" * 20, "truncated or damaged"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_files(tmp_path, name):
    data, words = UNUSABLE[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(tw.InputError, match=words) as caught:
        files.read_bytes(path)
    assert str(path) in str(caught.value)


def test_missing_files_offer_near_names(tmp_path):
    (tmp_path / "model.mps").write_text("x")
    with pytest.raises(tw.InputError, match=r'modle\.mps does not exist\. Did you mean ".*model\.mps"\?'):
        files.readable(tmp_path / "modle.mps")
    with pytest.raises(tw.InputError, match=r"Its folder .* does not exist either"):
        files.readable(tmp_path / "no" / "model.mps")
    with pytest.raises(tw.InputError, match="is a folder"):
        files.readable(tmp_path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_impossible_paths(path):
    with pytest.raises(tw.InputError):
        files.readable(path)
