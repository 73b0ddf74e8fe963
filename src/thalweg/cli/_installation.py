"""What is installed and whether it works: versions, threads, folders, and a small test of each solver."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Package(NamedTuple):
    """A third party. ``extra`` names the optional part of thalweg that brings it; "" if thalweg cannot do without."""

    module: str
    distribution: str
    title: str
    extra: str = ""
    purpose: str = ""


PACKAGES = (
    Package("numpy", "numpy", "NumPy"),
    Package("scipy", "scipy", "SciPy"),
    Package("highspy", "highspy", "HiGHS"),
    Package("piqp", "piqp", "PIQP"),
    Package("clarabel", "clarabel", "Clarabel"),
    Package("sklearn", "scikit-learn", "scikit-learn", "learn", "estimators"),
    Package("pandas", "pandas", "pandas", "tables", "CSV files"),
    Package("pyarrow", "pyarrow", "PyArrow", "tables", "Parquet and Arrow files"),
    Package("jinja2", "jinja2", "Jinja", "report", "HTML reports"),
    Package("matplotlib", "matplotlib", "Matplotlib", "plot", "figures"),
)


class Finding(NamedTuple):
    """One thing that was looked at: its name, what was seen, and whether thalweg can work with it."""

    name: str
    seen: str
    good: bool = True


def version_lines() -> list[str]:
    """Versions of thalweg, Python, and what thalweg cannot do without; nothing is imported."""
    from thalweg import __version__

    needed = [f"{package.title} {_version(package) or 'missing'}" for package in PACKAGES if not package.extra]
    return [f"thalweg {__version__}", f"Python {platform.python_version()}", *needed]


def _version(package: Package) -> str | None:
    try:
        return importlib.metadata.version(package.distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages() -> Iterator[Finding]:
    """Import each package; an optional one may be absent, but what is there must work."""
    for package in PACKAGES:
        version = _version(package)
        try:
            importlib.import_module(package.module)
        except Exception as error:  # a broken library may raise anything
            if version is None and isinstance(error, ImportError):
                line = (
                    f'pip install "thalweg[{package.extra}]"'
                    if package.extra
                    else f"pip install {package.distribution}"
                )
                purpose = f" (for {package.purpose})" if package.purpose else ""
                yield Finding(package.title, f"missing{purpose}: {line}", bool(package.extra))
            else:
                yield Finding(package.title, f"{version}, but cannot be imported: {words(error)}", False)
        else:
            yield Finding(package.title, version or "unknown version")


def threads() -> Iterator[Finding]:
    """How many processors there are, and how many of them linear algebra uses."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limits = [f"{name}={os.environ[name]}" for name in THREAD_VARIABLES if os.environ.get(name)]
    yield Finding("processors", f"{allowed} ({', '.join(limits) or 'no limit in ' + ', '.join(THREAD_VARIABLES)})")
    try:
        build: Any = importlib.import_module("numpy").show_config(mode="dicts")
        blas = build["Build Dependencies"]["blas"]
        yield Finding("BLAS of NumPy", f"{blas['name']} {blas['version']}")
    except Exception as error:  # says less, harms nothing
        yield Finding("BLAS of NumPy", f"unknown: {words(error)}")
    try:
        pools = importlib.import_module("threadpoolctl").threadpool_info()
    except ImportError:
        return
    for pool in pools:
        if pool.get("user_api") == "blas":
            name = os.path.basename(pool["filepath"]).split(".")[0]
            yield Finding("threads", f"{pool['num_threads']} ({pool['internal_api']} {pool['version']}, {name})")


def folders() -> Iterator[Finding]:
    """Whether files can be written where they are written without being asked for."""
    yield _writable("temporary files", tempfile.gettempdir)
    yield _writable("this folder", os.getcwd)
    try:
        cache = importlib.import_module("matplotlib").get_cachedir
    except Exception:  # said among the packages
        return
    yield _writable("cache of Matplotlib", cache)


def _writable(name: str, find: Any) -> Finding:
    needed = name != "this folder"  # results may be written elsewhere
    try:
        folder = find()
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"thalweg")
    except OSError as error:
        return Finding(name, f"not writable: {words(error)}", not needed)
    return Finding(name, f"{folder}, writable")


def words(error: BaseException) -> str:
    """Return an error as one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
