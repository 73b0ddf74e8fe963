"""The HTML report: one page that stands alone, with every name escaped."""

import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import thalweg as tw
from thalweg.reporting.html import html_fragment, html_report
from thalweg.visible import visible

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Reads a page, and fails where tags are not balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def test_every_verdict_is_reported(solution, verdict):
    text = html_report(solution)
    Page(text)
    assert f"</span> {verdict}</p>" in text
    assert "What this does not prove" in text
    assert ">nan<" not in text


@pytest.mark.parametrize("write", [html_report, html_fragment])
def test_names_are_escaped_and_come_back_whole(hostile, hostile_names, write):
    text = write(hostile)
    text.encode("utf-8")
    page = Page(text)
    assert {tag for tag, _ in page.tags} & {"script", "img", "iframe", "link"} == set()
    for name in hostile_names:
        assert page.cells.count(visible(name, isolated=True)) >= 1


def test_names_in_figures_are_escaped(hostile_fit):
    page = Page(html_report(hostile_fit, title="</title><script>"))
    assert "svg" in {tag for tag, _ in page.tags}
    assert "script" not in {tag for tag, _ in page.tags}


def test_the_page_stands_alone_and_reads_well(solution):
    text = html_report(solution)
    page = Page(text)
    tags = dict(page.tags)
    assert text.startswith("<!doctype html>")
    assert tags["html"] == {"lang": "en"}
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in page.tags
    assert not re.search(r"https?:|//|@import|url\((?!#)", text)
    for tag, attributes in page.tags:
        assert not {"src", "onclick", "style"} & set(attributes), tag
        assert attributes.get("href", "#").startswith("#")


def test_ids_are_unique_and_what_is_referred_to_exists(hostile_fit):
    page = Page(html_report(hostile_fit))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for _, attributes in page.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name, ids[0]) in ids
        for found in re.findall(r"^#(.+)|url\(#(.+?)\)", " ".join(v for v in attributes.values() if v)):
            assert max(found) in ids


def test_figures_speak(hostile_fit):
    text = html_report(hostile_fit)
    for figure in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        assert 'role="img"' in figure
        assert re.match(r'<svg[^>]*>\s*<title id="[\w-]+">[^<]+</title><desc id="[\w-]+">[^<]+</desc>', figure)
        assert "var(--ink, " in figure
        assert "font-family" not in figure


def test_the_same_answer_gives_the_same_page(hostile_fit):
    assert html_report(hostile_fit) == html_report(hostile_fit)


def test_tables_scroll_instead_of_overflowing(solution):
    text = html_report(solution)
    region = r'<div class="scroll" role="region" aria-labelledby="[\w-]+" tabindex="0">\s*<table'
    assert text.count("<table") == len(re.findall(region, text)) == text.count("<caption")


def test_assumptions_are_listed(every_verdict):
    text = html_report(every_verdict["WITHIN_TOLERANCE"])
    assert "<li>rye &lt; 10 &amp; wheat &gt; 2</li>" in text
    assert "rests on the assumptions listed" in text


def test_figures_are_drawn_for_what_they_show(every_verdict):
    def figures(solution):
        return re.findall(r'<title id="(\w+)-title">', html_report(solution))

    fit = tw.solve(tw.Fit([[0.0], [1.0], [2.0]], [0, 1, 0], loss="logistic", l2=0.1))
    assert figures(fit) == ["coefficients", "convergence", "residuals"]
    assert figures(every_verdict["PROVED"]) == ["region"]
    assert figures(every_verdict["UNBOUNDED"]) == []
    assert figures(every_verdict["NO_MINIMISER"]) == []


def test_long_lists_are_abbreviated():
    page = html_report(tw.solve(tw.LinearProgram(np.ones(500), lower=np.arange(500.0))))
    assert "the largest 200 of 500, 499 of them not 0" in page
    assert page.count("<tr>") < 230


def test_nothing_is_overwritten_unless_told_so(every_verdict, tmp_path):
    path = tmp_path / "page.html"
    every_verdict["PROVED"].report(path, title="first")
    with pytest.raises(tw.InputError, match="exists already"):
        every_verdict["PROVED"].report(path)
    assert "<title>first</title>" in path.read_text(encoding="utf-8")
    every_verdict["PROVED"].report(path, title="second", overwrite=True)
    assert "<title>second</title>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_what_is_missing_is_named(every_verdict, monkeypatch, package):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(tw.MissingExtra, match=rf'{package}.*pip install "thalweg\[report\]"'):
        html_report(every_verdict["PROVED"])


def test_a_notebook_shows_text_without_jinja2(hostile, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    shown = hostile._repr_html_()
    assert shown.startswith("<pre>")
    assert "&lt;script&gt;" in shown


def test_a_fragment_meets_nothing_in_its_notebook(solution, verdict):
    first = dataclasses.replace(solution)._repr_html_()
    page = Page(first)
    assert verdict in first
    assert all(not {"id", "class"} & set(attributes) for _, attributes in page.tags)
    assert not re.search(r"#[0-9a-f]{3,6}|rgb|background", first)
