"""Pictures on the pages, drawn while the site is built by the code that stands in the page."""

from __future__ import annotations

import io
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class Picture(SphinxDirective):
    """Run the content, which leaves axes in ``ax``, and show the code and what it drew; ``alt`` says it in words."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Draw into the page itself, on paper of its own, so that it can be read in the dark as well."""
        import matplotlib as mpl

        code, found = "\n".join(self.content), dict[str, Any]()
        exec(compile(code, self.get_location(), "exec"), found)  # noqa: S102 (the site's own pages)
        drawing = io.StringIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "thalweg"}):
            found["ax"].figure.savefig(drawing, format="svg", metadata={"Date": None})
        svg = drawing.getvalue().partition("<svg")[2]
        label = nodes.unescape(self.options["alt"]).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        shown = f'<figure class="picture"><svg role="img" aria-label="{label}"{svg}</figure>'
        return [nodes.literal_block(code, code, language="python"), nodes.raw("", shown, format="html")]


def setup(app: Any) -> dict[str, bool]:
    """Register the directive with Sphinx."""
    app.add_directive("picture", Picture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
