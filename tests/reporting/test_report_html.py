"""The HTML report: one page that stands alone, with every name escaped."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import thalweg as tw
from thalweg.reporting.html import html_report

NASTY = ["<script>alert(1)</script>", "\"quoted\" & 'single'", "🥨 Größe", "{{ 7 * 7 }}", "</table></body>"]
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
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data


def test_every_verdict_is_reported(solution, verdict):
    text = html_report(solution)
    Page(text)
    assert f'<span class="verdict">{verdict}</span>' in text
    assert "What this does not prove" in text
    assert ">nan<" not in text


def test_names_are_escaped_and_come_back_whole():
    problem = tw.LinearProgram(np.arange(1.0, 6.0), np.eye(5), row_lower=1, names=NASTY, row_names=NASTY[::-1])
    solution = tw.solve(problem)
    text = html_report(solution, title=NASTY[0], remarks=[("file", NASTY[0])])
    page = Page(text)
    assert {tag for tag, _ in page.tags} & {"script", "img", "iframe", "link"} == set()
    for name in NASTY:
        assert page.cells.count(name) >= 2
    assert "49" not in text


def test_the_page_stands_alone_and_reads_well(solution):
    text = html_report(solution)
    page = Page(text)
    tags = dict(page.tags)
    assert text.startswith("<!doctype html>")
    assert tags["html"] == {"lang": "en"}
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags
    assert "color-scheme: light dark" in text
    assert not re.search(r"https?:|//|@import|url\(", text)
    assert all(not {"src", "href", "onclick", "style"} & set(attributes) for _, attributes in page.tags)


def test_tables_scroll_instead_of_overflowing(solution):
    text = html_report(solution)
    assert text.count("<table") == len(re.findall(r'<div class="scroll"[^>]*>\s*<table', text)) > 0


def test_assumptions_are_listed():
    problem = tw.LinearProgram([1.0], lower=0)
    certificate = tw.Certificate(
        "nobody can be below 1", 1.0, 1.0, distance=0.0, scale=1.0, premises=("x < 10 & y > 2",)
    )
    text = html_report(tw.Solution(problem, tw.Claim({"x": [1.0]}), certificate))
    assert "<li>x &lt; 10 &amp; y &gt; 2</li>" in text
    assert "rests on the assumptions listed" in text


def test_long_lists_are_abbreviated():
    solution = tw.solve(tw.LinearProgram(np.ones(500), lower=np.arange(500.0)))
    page = html_report(solution)
    assert "the largest 200 of 500, 499 of them not 0" in page
    assert page.count("<tr>") < 230


def test_without_jinja2_the_extra_is_named(solution, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    with pytest.raises(tw.MissingExtra, match=r'pip install "thalweg\[report\]"'):
        html_report(solution)
