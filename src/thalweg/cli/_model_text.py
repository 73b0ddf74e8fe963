"""What a saved model says, as text or JSON; nothing in it can be judged without the data."""

from __future__ import annotations

import json
from typing import Any

import click

from thalweg.cli._answers import named
from thalweg.io.models import SavedModel, read_model
from thalweg.visible import shortened, visible

LONGEST = 60  # characters of a name
WARNING = "as the file says; the data are not in it, so nothing was judged again"


def show_model(file: str, as_json: bool) -> None:
    """Print a model."""
    model = read_model(file)
    click.echo(json.dumps(_as_json(model, file)) if as_json else _text(model, file))


def _as_json(model: SavedModel, file: str) -> dict[str, Any]:
    return {
        "file": file,
        "kind": model.kind,
        "target": model.target,
        "classes": _classes(model),
        "offset": None if model.offset is None else {"column": model.offset.column, "log": model.offset.log},
        "intercept": _by_class(model, model.intercept),
        "coef": _coefficients(model),
        "said_when_saved": dict(model.proof),
    }


def _classes(model: SavedModel) -> list[str] | None:
    return None if model.classes is None else [str(label) for label in model.classes.tolist()]


def _text(model: SavedModel, file: str) -> str:
    lines = [("model", model.kind), ("file", file), ("target", model.target or "has no name")]
    classes = _classes(model)
    if classes is not None:
        two = f'a positive predictor means "{classes[1]}", another "{classes[0]}"'
        lines.append(("classes", two if len(classes) == 2 else f"the largest of {', '.join(classes)}"))
    if model.offset is not None:
        lines.append(("offset", f'{"logarithm of " if model.offset.log else ""}column "{model.offset.column}"'))
    names = model.features or [f"x{j}" for j in range(model.coef.shape[-1])]
    parts = [_columns(lines)]
    several = classes is not None and len(classes) > 2
    levels = model.intercept.tolist() if several else [model.intercept]
    rows = model.coef.tolist() if several else [model.coef.tolist()]
    for title, level, row in zip(classes if several else [""], levels, rows, strict=True):
        numbers = [("(intercept)", f"{level:.6g}"), *((n, f"{b:.6g}") for n, b in zip(names, row, strict=True))]
        parts.append(f"coefficients{f' of {visible(title)}' if title else ''}\n" + _columns(numbers, "  "))
    return "\n\n".join([*parts, _proof(model)])


def _coefficients(model: SavedModel) -> Any:
    """Coefficients by feature; of several classes, by class and then by feature."""
    if model.coef.ndim == 1:
        return named(model.features, model.coef)
    return {label: named(model.features, row) for label, row in zip(_classes(model) or [], model.coef, strict=True)}


def _by_class(model: SavedModel, level: Any) -> Any:
    return level if model.coef.ndim == 1 else dict(zip(_classes(model) or [], level.tolist(), strict=True))


def _proof(model: SavedModel) -> str:
    """Return what was proved once."""
    proof = model.proof
    if not proof:
        return f"proof: none was recorded ({WARNING})"
    shown = {name: "unknown" if proof[name] is None else f"{proof[name]:.10g}" for name in ("objective", "gap")}
    lines = [("verdict", proof["verdict"]), *shown.items(), *(("assumption", a) for a in proof["assumptions"])]
    return f"proved when it was saved ({WARNING})\n" + _columns(lines, "  ")


def _columns(lines: list[tuple[str, str]], indent: str = "") -> str:
    """Two columns; a long name shows its ends."""
    shown = [(shortened(visible(name), LONGEST), visible(text)) for name, text in lines]
    width = max(len(name) for name, _ in shown)
    return "\n".join(f"{indent}{name:<{width}}  {text}" for name, text in shown)
