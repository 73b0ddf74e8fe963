"""Matplotlib figures as inline SVG that belongs to its page: colours by role, text as text, no clashing names.

Colours become ``var(--role, colour)``, so that the page's dark mode reaches them and the picture stands without CSS.
"""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from typing import Any

from thalweg.plotting import canvas

ROLES = {
    canvas.INK: "ink",
    canvas.FAINT: "faint",
    canvas.GRID: "grid",
    canvas.FIRST: "first",
    canvas.SECOND: "second",
    canvas.FILL: "fill",
    canvas.PAPER: "paper",
}
_DROPPED = {"font-family", "font-style", "font-variant", "font-weight", "font-stretch"}  # the page's own font
_REFERENCE = re.compile(r"#([\w.-]+)")


def svg(figure: Any, key: str, title: str, description: str) -> str:
    """Return a figure as an ``<svg>`` element; ``key`` is unique on the page and begins every id."""
    root = ET.fromstring(_drawn(figure))  # noqa: S314 (written by matplotlib a line ago)
    _strip_namespaces(root)
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in ("metadata", "style")]:
            parent.remove(child)
    for element in root.iter():
        _with_attributes(element)
        _with_own_ids(element, key)
    for name, text in (("desc", description), ("title", title)):
        told = ET.Element(name, {"id": f"{key}-{name}"})
        told.text = text
        root.insert(0, told)
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{key}-title",
        "aria-describedby": f"{key}-desc",
        "stroke-linejoin": "round",
    }
    return ET.tostring(root, encoding="unicode")


def _drawn(figure: Any) -> str:
    from matplotlib import rc_context

    stream = io.StringIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": "thalweg", "svg.id": None}
    with rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from")  # the browser has its own fonts
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return stream.getvalue()


def _strip_namespaces(root: ET.Element) -> None:
    """Inside HTML there are none."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in list(element.attrib):
            if name.startswith("{"):
                element.attrib[name.rpartition("}")[2]] = element.attrib.pop(name)


def _with_attributes(element: ET.Element) -> None:
    """Write styles as attributes, which a page without CSS keeps, with colours by role."""
    declared = [part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part]
    for name, value in ((name.strip(), value.strip()) for name, value in declared):
        if name not in _DROPPED:
            role = ROLES.get(value.lower())
            element.set(name, f"var(--{role}, {value})" if role else value)


def _with_own_ids(element: ET.Element, key: str) -> None:
    if "id" in element.attrib:
        element.set("id", f"{key}-{element.attrib['id']}")
    for name in ("href", "clip-path"):
        if name in element.attrib:
            element.set(name, _REFERENCE.sub(rf"#{key}-\1", element.attrib[name]))
