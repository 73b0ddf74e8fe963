"""Files that may not be there, may not be whole, or may be in the way: every failure becomes an InputError.

Reading says why a file cannot be used; writing never overwrites unless told so and never leaves half a file behind.
"""

from __future__ import annotations

import difflib
import errno
import gzip
import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO, TypeAlias

from thalweg.errors import InputError

Buffer: TypeAlias = bytes | memoryview
PathLike: TypeAlias = str | os.PathLike[str]
_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space or write to another disk",
    errno.EDQUOT: "the disk quota is used up. Free some space or write to another disk",
    errno.EACCES: "permission denied. Write to a folder of your own or change the permissions",
    errno.EPERM: "permission denied. Write to a folder of your own or change the permissions",
    errno.EROFS: "the file system is read-only. Write elsewhere",
    errno.ENOENT: "the folder does not exist. Create it first",
    errno.ENOTDIR: "a part of the path is a file, not a folder. Check the path",
    errno.EISDIR: "it is a folder. Name a file inside it",
    errno.ENAMETOOLONG: "the name is too long for this file system. Choose a shorter one",
}


def readable(path: PathLike) -> Path:
    """Return the path if a file is there to be read; near names are offered otherwise."""
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"{path!r} is not a path; pass the name of a file.")
    place = Path(path)
    try:
        if place.is_dir():
            raise InputError(f"{place} is a folder. Name a file inside it.")
        if not place.exists():
            raise InputError(f"{place} does not exist. {_neighbours(place)}")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{place!s:.200} is not a usable path ({error}).") from None
    return place


def read_bytes(path: PathLike) -> bytes:
    """Return the bytes of a file, decompressed if its name ends in .gz; empty and binary files are refused."""
    place = readable(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}. Check its permissions.") from None
    if place.suffix.lower() == ".gz" and data:
        data = _decompressed(data, place)
    return _checked(data, place)


def open_binary(path: PathLike) -> BinaryIO:
    """Open a regular file for reading bytes; a device or pipe, which may never end, is refused."""
    place = readable(path)
    if not place.is_file():
        raise InputError(f"{place} is a device or a pipe, not a file. Copy what it holds into a file first.")
    try:
        return place.open("rb")
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}. Check its permissions.") from None


def first_bytes(path: PathLike, size: int = 400) -> bytes:
    """Return how a file begins; b"" where it cannot be read twice (a pipe) or at all, which its reader will say."""
    place = Path(path)
    try:
        if not place.is_file():
            return b""
        with place.open("rb") as stream:
            return stream.read(size)
    except (OSError, ValueError):
        return b""


def _checked(data: bytes, place: Path | str) -> bytes:
    if not data.strip():
        raise InputError(f"{place} is empty. Did the program that writes it fail?")
    if b"\0" in data[:65536]:
        raise InputError(f"{place} is a binary file, not text. Export it as text first.")
    return data


def _decompressed(data: bytes, place: Path) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        raise InputError(f"{place} is not a gzip file although its name ends in .gz. Rename or compress it.")
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{place} is truncated or damaged: it cannot be decompressed. Copy it again.") from None


def read_text(path: PathLike) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark."""
    return _decoded(read_bytes(path), path)


def read_stdin() -> str:
    """Return the UTF-8 text that another program pipes in."""
    if sys.stdin is None:
        raise InputError("stdin is closed; there is nothing to read. Pipe the text in, or name a file.")
    return _decoded(_checked(sys.stdin.buffer.read(), "stdin"), "stdin")


def _decoded(data: bytes, path: PathLike) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text: byte 0x{error.object[error.start]:02x} at position {error.start}. "
            "Save it as UTF-8, e.g. iconv -f latin1 -t utf-8."
        ) from None


def check_apart(path: PathLike, source: PathLike) -> None:
    """Raise if writing to a path would replace the file that is read, by whatever name or link."""
    try:
        same = os.path.samefile(path, source)
    except (OSError, ValueError):  # one of them is not there
        return
    if same:
        raise InputError(
            f"{path} is the input {source} itself; writing it would destroy the data. Choose another name."
        )


def check_free(path: PathLike, *, overwrite: bool = False) -> None:
    """Raise now what `write_text` would raise after the work is done: the file exists, or its folder does not."""
    place = Path(path)
    if place.is_dir():
        raise _unwritable(place, errno.EISDIR)
    if place.is_file() and not overwrite:
        cure = "Pass --overwrite (in Python overwrite=True) to replace it, or choose another name."
        raise InputError(f"{place} exists already. {cure}")
    if not place.parent.is_dir():
        raise _unwritable(place, errno.ENOTDIR if place.parent.exists() else errno.ENOENT)


def write_text(path: PathLike, text: str, *, overwrite: bool = False) -> None:
    """Write a text file whole or not at all; an existing file is replaced only if ``overwrite`` says so."""
    write_bytes(path, text.encode("utf-8"), overwrite=overwrite)


def write_bytes(path: PathLike, data: Buffer, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all; an existing file is replaced only if ``overwrite`` says so."""
    check_free(path, overwrite=overwrite)
    place = Path(os.path.realpath(path))  # a link keeps pointing where it points
    try:
        if place.exists() and not place.is_file():  # a device or a pipe: there is nothing to replace
            place.write_bytes(data)
        else:
            _write_beside(place, data)
    except OSError as error:
        raise _unwritable(Path(path), error.errno, error.strerror) from None


def _write_beside(place: Path, data: Buffer) -> None:
    """Write to a temporary file in the same folder, then move it to its place."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~umask)
        os.replace(name, place)
    except BaseException:
        os.unlink(name)
        raise


def _unwritable(place: Path, code: int | None, strerror: str | None = None) -> InputError:
    reason = _REASONS.get(code or 0, f"{strerror or 'unknown error'}. Choose another place")
    if code == errno.ENOENT and place.parent.is_dir():
        reason = f"no file can be created in {place.parent}. Choose another folder"
    return InputError(f"cannot write {place}: {reason}.")


def _neighbours(place: Path) -> str:
    """Near names in the same folder, or what is wrong with the folder."""
    folder = place.parent
    if not folder.is_dir():
        return f"Its folder {folder} does not exist either. Check the path."
    near = difflib.get_close_matches(place.name, [entry.name for entry in folder.iterdir()], n=1)
    return f'Did you mean "{folder / near[0]}"?' if near else f"Check the path; the folder is {folder.resolve()}."
