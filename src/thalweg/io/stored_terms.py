"""Losses as a few words of a file, and the way back; loading must run nobody's code."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from thalweg.errors import InputError
from thalweg.io import strict_json
from thalweg.terms.losses import LOSSES

TERMS: Mapping[str, type] = {kind.__name__: kind for kind in LOSSES.values()}


def term_text(term: Any, role: str) -> str | dict[str, Any]:
    """Name of a term in the table, with its parameters if it has any; a class of one's own cannot be stored."""
    for name, kind in TERMS.items():
        if type(term) is kind:
            values = {parameter: float(getattr(term, parameter)) for parameter in _parameters(kind)}
            return {"name": name, **values} if values else name
    raise InputError(
        f"the {role} is {type(term).__name__}, a class of your own; a file cannot hold code, so the problem cannot be "
        f"saved. Save your data and build the problem again, or use one of: {', '.join(TERMS)}."
    )


def _parameters(kind: type) -> list[str]:
    """Names of the numbers that a class of terms is built from."""
    return [field.name for field in dataclasses.fields(kind) if field.init] if dataclasses.is_dataclass(kind) else []


def term_of(stored: Any, where: str) -> Any:
    """Build a term from its name, or from an object with its name and its parameters."""
    name = stored.get("name") if isinstance(stored, dict) else stored
    if not isinstance(name, str) or name not in TERMS:
        raise InputError(f"{where} is {name!r:.60}, which this thalweg does not know. Known: {', '.join(TERMS)}.")
    parameters = _parameters(TERMS[name])
    given = strict_json.fields(stored if isinstance(stored, dict) else {"name": name}, where, ("name", *parameters))
    values = {key: strict_json.number(given[key], f"{where}: {key}", finite=True) for key in parameters}
    try:
        return TERMS[name](**values)
    except InputError as error:
        raise InputError(f"{where} holds an impossible {name}: {error} The file is damaged.") from None
