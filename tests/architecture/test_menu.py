"""The menu of public names: complete, lazy, documented, and never shadowed by a module."""

import ast
import doctest
import importlib
import inspect
import sys
import types

import pytest

import thalweg as tw

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_the_menu_and_the_names_for_editors_are_the_same(sources):
    menu = next(source for source in sources if source.module == "thalweg")
    typing = next(node for node in menu.tree.body if isinstance(node, ast.If))
    for_editors = {(node.module, alias.name) for node in typing.body for alias in node.names}
    assert for_editors == {(home, name) for name, home in tw._HOME.items()}
    assert tw.__all__ == sorted(tw._HOME)


def test_a_public_name_stays_itself_after_every_module_is_loaded(sources):
    for source in sources:
        importlib.import_module(source.module)
    for name in tw.__all__:
        first, second = getattr(tw, name), getattr(tw, name)
        assert first is second
        assert not isinstance(first, types.ModuleType), f"tw.{name} is a module"
        assert first is getattr(importlib.import_module(tw._HOME[name]), name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"LinearProgramm.*Did you mean \"LinearProgram\""):
        tw.LinearProgramm  # noqa: B018


def test_no_module_is_named_like_a_public_name_of_its_package(sources):
    for source in sources:
        if source.path.name != "__init__.py":
            continue
        package = importlib.import_module(source.module)
        public = set(getattr(package, "__all__", ())) | {
            node.name for node in source.tree.body if hasattr(node, "name")
        }
        here = {path.stem for path in source.path.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
        assert not public & here, f"{source.module} has modules named like its functions: {public & here}"


def public_names() -> list[str]:
    kits = importlib.import_module("thalweg.testing")
    return [*tw.__all__, *(f"testing.{name}" for name in getattr(kits, "__all__", ()))]


def public(name: str):
    thing = tw
    for part in name.split("."):
        thing = importlib.import_module("thalweg.testing") if part == "testing" else getattr(thing, part)
    return thing


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_has_an_example_that_runs(name):
    thing = public(name)
    assert inspect.getdoc(thing), f"tw.{name} has no docstring"
    finder = doctest.DocTestFinder(exclude_empty=False)
    tests = finder.find(thing, name, module=sys.modules[thing.__module__], globs={})
    assert any(test.examples for test in tests if test.name == name), f"tw.{name} has no example"
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for test in tests:
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)


@pytest.mark.parametrize("name", public_names())
def test_every_public_method_is_documented(name):
    thing = public(name)
    if inspect.isclass(thing):
        own = {key: value for key, value in vars(thing).items() if not key.startswith("_")}
        functions = {k: v for k, v in own.items() if callable(v) or isinstance(v, property | classmethod)}
        silent = [key for key in functions if not inspect.getdoc(getattr(thing, key))]
        assert not silent, f"tw.{name} has methods without a docstring: {silent}"
