"""The container of saved problems and answers: one ``.npz`` file of plain numbers and one JSON text.

``numpy.load(path, allow_pickle=False)`` reads it too. Nothing in a file is trusted: members are stored uncompressed and
side by side, so that the size of the file bounds what reading it may allocate; each array's header is checked against
its length before anything is read; last comes a SHA-256 digest of everything. It tells damage, not forgery: what a file
claims is judged anew each time.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from thalweg.errors import InputError
from thalweg.io import files, kinds, strict_json
from thalweg.io.files import PathLike

FORMAT = 1
META = "meta.json"
KINDS = {"f": (2, 4, 8), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "b": (1,)}  # bytes per entry, by kind of number
DEEPEST = 32  # dimensions

_LOCAL = struct.Struct("<4s5H3L2H")  # local header of a zip member
_MAGIC = b"\x93NUMPY\x01\x00"
_LONGEST_HEADER = 1024
_HEADER = re.compile(
    r"\{'descr': '([<|][fiub][1248])', 'fortran_order': (True|False), "
    r"'shape': \(((?:[0-9]{1,18},(?: (?=[0-9]))?)*[0-9]{0,18})\), \} *\n"
)
_MEMBER = re.compile(r"[A-Za-z0-9_./]{1,200}\.npy")


class Content(NamedTuple):
    """What a file holds: the JSON part (without its format line) and the arrays by name."""

    meta: dict[str, Any]
    arrays: dict[str, Any]


def write(path: PathLike, content: Content, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all."""
    files.write_bytes(path, packed(content), overwrite=overwrite)


def packed(content: Content) -> memoryview:
    """Return the bytes of a file."""
    meta = {"thalweg": head(FORMAT), **content.meta}
    meta["digest"] = _digest(meta, content.arrays)
    text = np.frombuffer(strict_json.dump(meta).encode("utf-8"), np.uint8)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, array in {META: text, **content.arrays}.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980: the same content is the same file
            with archive.open(member, "w", force_zip64=array.nbytes > zipfile.ZIP64_LIMIT // 2) as target:
                np.lib.format.write_array(target, array, version=(1, 0), allow_pickle=False)
    return stream.getbuffer()


def fingerprint(content: Content) -> str:
    """Return a SHA-256 of the content, whatever the memory order of its arrays."""
    return _digest(content.meta, {name: np.ascontiguousarray(array) for name, array in content.arrays.items()})


def storable(value: Any, what: str) -> Any:
    """Return a value as an array that a file can hold: plain numbers, native order of bytes, C or F order."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} cannot be saved: it is no array ({error}).") from None
    if np.ma.is_masked(value):
        raise InputError(f"{what} cannot be saved: it has masked entries. Drop or fill them first.")
    if array.dtype.kind not in KINDS:
        raise InputError(
            f"{what} cannot be saved: its entries are {array.dtype.name}, not real numbers. "
            "Convert it first, e.g. numpy.asarray(..., dtype=float)."
        )
    if array.ndim > DEEPEST:
        raise InputError(f"{what} cannot be saved: it has {array.ndim} dimensions; at most {DEEPEST} are kept.")
    with np.errstate(over="ignore"):
        dtype = np.dtype(np.float64) if array.dtype.itemsize > 8 else array.dtype.newbyteorder("<")
        return array.astype(dtype, order="F" if array.flags.f_contiguous else "C", copy=False)


def read(path: PathLike) -> Content:
    """Read and check a file.

    Raises
    ------
    InputError
        No such file; not written by `write`; damaged, cut or changed; of a format that this version does not read.
    """
    kinds.expect(path, "an .npz file that tw.save or --save wrote", kinds.Kind.ARCHIVE)
    with files.open_binary(path) as stream:
        try:
            return _read(stream, str(path))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}. Copy it again.") from None
        except MemoryError:
            raise InputError(f"{path} needs more memory than there is.") from None


def _read(stream: BinaryIO, name: str) -> Content:
    members = _members(stream, name)
    meta = _meta(stream, members.pop(META, None), name)
    arrays = {member: _array(stream, place, name) for member, place in members.items()}
    found = meta.pop("digest", None)
    if found != _digest(meta, arrays):
        raise _damaged(name, "its content does not match its digest")
    del meta["thalweg"]
    return Content(meta, arrays)


class _Place(NamedTuple):
    """Where the bytes of a member lie."""

    member: str
    start: int
    size: int
    crc: int


def _members(stream: BinaryIO, name: str) -> dict[str, _Place]:
    """Find the members, which must fill the file from its start to its directory, one after the other."""
    if stream.read(4) != b"PK\x03\x04":
        raise InputError(f"{name} is neither an .npz file nor a model as JSON. Pass what tw.save or model.save wrote.")
    size = stream.seek(0, os.SEEK_END)
    try:
        with zipfile.ZipFile(stream) as archive:
            found, end = archive.infolist(), archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, IndexError, EOFError, OSError, struct.error) as error:
        raise _damaged(name, f"its directory cannot be read ({error})") from None
    places: dict[str, _Place] = {}
    position = 0
    for info in sorted(found, key=lambda info: info.header_offset):
        if info.header_offset != position:
            raise _damaged(name, f"{info.filename!r:.80} does not begin where the member before it ends")
        place = _place(stream, info, name)
        position = place.start + place.size
        if place.member in places or position > min(end, size):
            raise _damaged(name, f"{info.filename!r:.80} stands there twice, or reaches beyond its room")
        places[place.member] = place
    if position != end:
        raise _damaged(name, "there are bytes that belong to no member")
    return places


def _place(stream: BinaryIO, info: zipfile.ZipInfo, name: str) -> _Place:
    """Check one entry of the directory against the member's own header."""
    shown = f"{info.filename!r:.80}"
    if not _MEMBER.fullmatch(info.orig_filename):
        raise InputError(f"{name} holds {shown}, which thalweg does not write. Pass a file that tw.save wrote.")
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 0x1:
        raise InputError(
            f"{name}: {shown} is compressed or encrypted; thalweg stores plain numbers only, so that no small file can "
            "fill the memory. Save it with tw.save."
        )
    stream.seek(info.header_offset)
    local = stream.read(_LOCAL.size)
    if len(local) < _LOCAL.size or info.file_size != info.compress_size:
        raise _damaged(name, f"the header of {shown} is cut")
    signature, _, flags, method, _, _, crc, *_, name_length, extra = _LOCAL.unpack(local)
    own = stream.read(name_length)
    if (signature, flags, method, crc, own) != (b"PK\x03\x04", 0, 0, info.CRC, info.orig_filename.encode("ascii")):
        raise _damaged(name, f"the header of {shown} contradicts the directory")
    start = info.header_offset + _LOCAL.size + name_length + extra
    return _Place(info.orig_filename.removesuffix(".npy"), start, info.file_size, info.CRC)


def _meta(stream: BinaryIO, place: _Place | None, name: str) -> dict[str, Any]:
    """Read the JSON part, and refuse other formats before anything else is looked at."""
    if place is None:
        raise InputError(f"{name} was not written by thalweg: it holds no {META}. Pass a file that tw.save wrote.")
    text = _array(stream, place, name)
    if text.dtype != np.uint8 or text.ndim != 1:
        raise _damaged(name, f"{META} is no text")
    meta = strict_json.parse(text.tobytes(), f"{name}: {META}")
    check_format(meta.get("thalweg"), FORMAT, name)
    return meta


def check_format(written: Any, known: int, name: str) -> None:
    """Refuse what another version of thalweg wrote in another format, or what is not thalweg's."""
    found = written.get("format") if isinstance(written, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise InputError(f"{name} was not written by thalweg: it names no format. Pass a file that thalweg saved.")
    if found != known:
        cure = "Upgrade thalweg." if found > known else "Such files can no longer be read; solve or fit again and save."
        raise InputError(
            f"{name} was written by thalweg {written.get('version')!r:.40} in format {found!s:.20}; this thalweg reads "
            f"format {known}. {cure}"
        )


def _array(stream: BinaryIO, place: _Place, name: str) -> Any:
    """Read one array; its header is checked against its length first."""
    stream.seek(place.start)
    start = stream.read(min(place.size, len(_MAGIC) + 2))
    if not start.startswith(_MAGIC) or len(start) < len(_MAGIC) + 2:
        raise _damaged(name, f'"{place.member}" is no array')
    length = int.from_bytes(start[-2:], "little")
    if length > min(_LONGEST_HEADER, place.size - len(start)):
        raise _damaged(name, f'the header of "{place.member}" is {length} bytes long')
    header = stream.read(length)
    dtype, fortran, shape = _header(header, place.member, name)
    size = math.prod(shape) * dtype.itemsize
    if size != place.size - len(start) - length:
        raise _damaged(name, f'"{place.member}" has shape {shape}, but {place.size - len(start) - length} bytes')
    try:
        array = np.empty(shape, dtype, order="F" if fortran else "C")
    except ValueError:  # a size of 0 beside sizes beyond any array
        raise _damaged(name, f'"{place.member}" has the impossible shape {shape}') from None
    body = _bytes_of(array)
    if stream.readinto(body) != size or zlib.crc32(body, zlib.crc32(start + header)) != place.crc:
        raise _damaged(name, f'the bytes of "{place.member}" do not match their checksum')
    if dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise _damaged(name, f'"{place.member}" holds truth values that are neither true nor false')
    return array


def _header(header: bytes, member: str, name: str) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    """Parse the header of an array exactly as NumPy writes it for plain numbers; nothing is evaluated."""
    text = header.decode("latin-1")
    match = _HEADER.fullmatch(text)
    if match is None:
        kind = "holds Python objects" if "O'" in text else "is not an array of plain numbers"
        raise InputError(f'{name}: "{member}" {kind}, which thalweg neither writes nor reads. Save it with tw.save.')
    kind, size = match[1][1], int(match[1][2])
    shape = tuple(int(part) for part in match[3].split(",") if part.strip())
    if size not in KINDS[kind] or len(shape) > DEEPEST:
        raise _damaged(name, f'"{member}" has {len(shape)} dimensions of type {match[1]}')
    return np.dtype(match[1]), match[2] == "True", shape


def _digest(meta: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
    """SHA-256 of the JSON part and of each array: name, type, order, shape, bytes."""
    total = hashlib.sha256(strict_json.digest(meta).encode("ascii"))
    for name in sorted(arrays):
        array = arrays[name]
        order = "C" if array.flags.c_contiguous else "F"
        total.update(f"\n{name} {array.dtype.str} {order} {array.shape}\n".encode())
        total.update(_bytes_of(array))
    return "sha256:" + total.hexdigest()


def _bytes_of(array: Any) -> memoryview:
    """Bytes of a contiguous array as they lie in memory, without a copy."""
    flat = array if array.flags.c_contiguous else array.T
    return memoryview(flat.reshape(-1).view(np.uint8))


def head(number: int) -> dict[str, Any]:
    """Return what a file says of its format, and of the thalweg that wrote it."""
    try:
        version = importlib.metadata.version("thalweg")
    except importlib.metadata.PackageNotFoundError:  # run from a source tree
        version = "unknown"
    return {"format": number, "version": version}


def _damaged(name: str, what: str) -> InputError:
    return InputError(f"{name} is damaged or was cut: {what}. Copy or save it again.")
