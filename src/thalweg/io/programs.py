"""Linear and quadratic programs from MPS, QPS and LP files, through the reader of HiGHS.

What the reader would drop or misread without a word is refused here: an answer proved for another problem than the
one in the file is worse than an error.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from thalweg.errors import InputError, ThalwegError, suggest
from thalweg.io import files, kinds, mps
from thalweg.io.files import PathLike
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram

SMALL = 40_000  # rows x columns up to which the matrix is dense: SciPy's sparse matrices cost 0.14 s to import
_FORMATS = {".mps": ".mps", ".qps": ".mps", ".lp": ".lp"}  # suffix -> the suffix by which HiGHS knows the format
_END = re.compile(rb"^\s*end\s*(\\.*)?$", re.M | re.I)  # last keyword of an LP file
_DROPPED = re.compile(r"(: |is )ignored( \(line \d+\))?$")  # how a message ends that reports content left out
_KINDS = {1: "an integer variable", 2: "semi-continuous", 3: "semi-integer", 4: "an integer variable"}


def read(path: PathLike) -> LinearProgram | QuadraticProgram:
    r"""Read a linear or quadratic program from an MPS, QPS or LP file, also compressed (.gz).

    Names of rows and columns are kept if they differ from each other. A small matrix (up to 40,000 rows x columns)
    becomes a NumPy array, a larger one a SciPy sparse array. Bounds and signs follow the file's format, whose
    variables are >= 0 unless the file says otherwise; the objective's constant becomes ``constant``.

    Raises
    ------
    InputError
        No such file, empty, truncated, binary, unknown format, integer variables, or content that the reader would
        drop: undefined rows, repeated entries, words in the place of numbers.
    ProblemError
        lower > upper, with the names.

    Warns
    -----
    UserWarning
        For content that is read but looks like a slip, such as a variable without any coefficient.

    Examples
    --------
    >>> import pathlib, tempfile, thalweg as tw
    >>> path = pathlib.Path(tempfile.mkdtemp(), "bread.lp")
    >>> _ = path.write_text("max\n profit: 3 rye + 5 wheat\nst\n oven: rye + wheat <= 4\nend\n")
    >>> problem = tw.read(path)
    >>> problem.names, tw.solve(problem).objective
    (('rye', 'wheat'), 20.0)
    """
    place, suffix = _format(path)
    data, text = files.read_bytes(place), None
    if suffix == ".mps":
        text = mps.checked(data, str(place))
        data = text.data
    elif not _END.search(data):
        raise InputError(f"{place} is truncated: it has no End line. Copy it again, or add the rest.")
    reading = _by_highs(place, data, suffix)
    _check_log(reading, place, text.free_rows if text else set())
    try:
        problem = _program(reading.model, str(place))
    except ThalwegError as error:
        if isinstance(error, InputError) and str(error).startswith(str(place)):
            raise
        raise type(error)(f"{place}: {error}") from None
    _warn_of_slips(problem, str(place), text.variables if text else None)
    return problem


def _format(path: PathLike) -> tuple[Path, str]:
    """Return the path of an existing file and the suffix by which HiGHS knows its format."""
    place = files.readable(path)
    suffix = Path(place.stem).suffix if place.suffix.lower() == ".gz" else place.suffix
    if suffix.lower() not in _FORMATS:
        kinds.expect(place, "a program (MPS, QPS or LP)")
        raise InputError(f'{place} has the unknown suffix "{suffix}". {suggest(suffix, kinds.PROGRAMS)}')
    return place, _FORMATS[suffix.lower()]


class _Reading(NamedTuple):
    """What HiGHS made of a file, and what it said about it."""

    model: Any
    failed: bool
    log: list[str]


def _by_highs(place: Path, data: bytes, suffix: str) -> _Reading:
    """Let HiGHS read the file; its messages go to a temporary file, never to stdout."""
    with tempfile.TemporaryDirectory() as folder:
        log, source = Path(folder, "log"), place
        if place.suffix != suffix or mps.JOINT.encode() in data:  # not as HiGHS takes it
            source = Path(folder, f"model{suffix}")
            source.write_bytes(data)
        highs = _quiet_highs()
        highs.setOptionValue("log_file", str(log))
        highs.setOptionValue("small_matrix_value", 1e-12)  # smaller entries are dropped; it takes no smaller value
        status = highs.readModel(str(source))
        model = highs.getModel()
        highs.setOptionValue("log_file", "")
        lines = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    return _Reading(model, status.name == "kError", [line.replace(str(source), str(place)) for line in lines])


def _quiet_highs() -> Any:
    """Return a HiGHS that prints nothing; its constructor prints a banner unless told before it ends."""
    from highspy import Highs

    class Quiet(Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  (called by the constructor)
            self.setOptionValue("log_to_console", False)
            super().enableCallbacks()

    return Quiet()


def _check_log(reading: _Reading, place: Path, free_rows: set[str]) -> None:
    """Refuse what the reader refused or dropped; pass on its other warnings."""
    said = _messages(reading.log)
    if reading.failed:
        errors = [text for kind, text in said if kind == "ERROR" and "Parser error reading" not in text]
        reason = errors[0] if errors else "its sections or entries do not fit the format"
        raise InputError(f"{place} cannot be read: {reason}. Is it truncated, or another format than its suffix says?")
    for kind, text in said:
        if kind != "WARNING" or _about_free_row(text, free_rows):
            continue
        if _DROPPED.search(text):
            raise InputError(
                f"{place}: {text}. Another problem would be solved than the one written: correct the file first."
            )
        if "section: ignored" not in text:  # only counts what was said line by line
            warnings.warn(f"{place}: {text}", stacklevel=3)


def _messages(log: list[str]) -> list[tuple[str, str]]:
    """Kind and text of each message, with the line of the file where HiGHS names one."""
    said: list[tuple[str, str]] = []
    for line in log:
        kind, colon, text = line.partition(":")
        where = re.search(r"--> .*:(\d+):\d+$", line)
        if colon and kind in ("ERROR", "WARNING"):
            said.append((kind, " ".join(text.split())))
        elif where and said:
            said[-1] = (said[-1][0], f"{said[-1][1]} (line {where.group(1)})")
    return said


def _about_free_row(text: str, free_rows: set[str]) -> bool:
    """Whether a message speaks of a row without limits: what is dropped there changes nothing."""
    named = re.match(r'Row name "(.*)" in (RHS|RANGES) section', text)
    return named is not None and named.group(1) in free_rows


def _program(model: Any, name: str) -> LinearProgram | QuadraticProgram:
    """Turn HiGHS' model into ours."""
    lp, hessian = model.lp_, model.hessian_
    columns, rows = _names(lp, "col_names_", lp.num_col_), _names(lp, "row_names_", lp.num_row_)
    _check_kinds(lp, columns, name)
    A = _matrix(lp.a_matrix_, (lp.num_row_, lp.num_col_))
    common: dict[str, Any] = {
        "row_lower": np.array(lp.row_lower_),
        "row_upper": np.array(lp.row_upper_),
        "lower": np.array(lp.col_lower_),
        "upper": np.array(lp.col_upper_),
        "constant": lp.offset_,
        "maximize": lp.sense_.name == "kMaximize",
        "names": columns,
        "row_names": rows,
    }
    cost = np.array(lp.col_cost_)
    P = _symmetric(_matrix(hessian, (hessian.dim_, hessian.dim_))) if hessian.dim_ else None
    return LinearProgram(cost, A, **common) if P is None else QuadraticProgram(P, cost, A, **common)


def _names(lp: Any, field: str, size: int) -> list[str] | None:
    """Names of columns or rows; None if there are none, not all differ, or they are not UTF-8."""
    try:
        names = [name.replace(mps.JOINT, " ") for name in getattr(lp, field)]
    except UnicodeDecodeError:
        return None
    return names if len(set(names)) == size and "" not in names else None


def _check_kinds(lp: Any, names: list[str] | None, name: str) -> None:
    """Refuse integer and semi-continuous variables by name."""
    kinds = [int(kind) for kind in lp.integrality_]
    special = [j for j, kind in enumerate(kinds) if kind != 0]
    if special:
        first = f'"{names[special[0]]}"' if names else f"x{special[0]}"
        raise InputError(
            f"{name}: {first} is {_KINDS.get(kinds[special[0]], 'not continuous')} ({len(special)} of {len(kinds)} "
            "variables are not continuous). thalweg solves continuous programs: drop the integrality to get a bound, "
            "or use a mixed-integer solver."
        )


def _matrix(compressed: Any, shape: tuple[int, int]) -> Any:
    """Dense array of a small matrix given column by column, sparse array of a larger one."""
    starts, indices = np.array(compressed.start_, dtype=np.int64), np.array(compressed.index_, dtype=np.int64)
    values = np.array(compressed.value_, dtype=float)
    if shape[0] * shape[1] > SMALL:
        from scipy import sparse

        return sparse.csc_array((values, indices, starts), shape=shape)
    dense = np.zeros(shape)
    dense[indices, np.repeat(np.arange(shape[1]), np.diff(starts))] = values
    return dense


def _symmetric(triangle: Any) -> Any:
    """Full matrix of one stored triangle."""
    if isinstance(triangle, np.ndarray):
        return triangle + np.tril(triangle, -1).T + np.triu(triangle, 1).T
    from scipy import sparse

    return sparse.csc_array(triangle + sparse.tril(triangle, -1).T + sparse.triu(triangle, 1).T)


def _warn_of_slips(problem: Any, name: str, listed: set[str] | None) -> None:
    """Warn of variables that only BOUNDS or QUADOBJ name: a name misspelled there silently becomes a variable.

    ``listed``: variables of the section COLUMNS; None for LP files, where only a variable without any coefficient is
    suspicious.
    """
    if problem.names is None:
        return
    if listed is not None:
        odd = [variable for variable in problem.names if variable not in listed]
        what = "stands in BOUNDS or QUADOBJ, but not in COLUMNS"
    else:
        idle = problem.q == 0
        for matrix in (problem.A, problem.P):
            if matrix is not None:
                idle = idle & ~np.asarray(abs(matrix).sum(axis=0), dtype=bool).ravel()
        odd = [problem.names[j] for j in np.flatnonzero(idle)]
        what = "has no coefficient in any row nor in the objective"
    if odd:
        warnings.warn(f'{name}: "{odd[0]}" ({len(odd)} such) {what}. Is its name misspelled?', stacklevel=3)
