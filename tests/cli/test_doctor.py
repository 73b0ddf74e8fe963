"""thalweg doctor: says what is there, and notices what is broken."""

import importlib.metadata

import pytest

from thalweg.cli import _installation, _self_test


def test_a_working_installation(thalweg):
    result = thalweg("doctor")
    assert result.code == 0
    assert result.stdout.endswith("usable: yes\n")
    assert importlib.metadata.version("highspy") in result.stdout
    for line in ("linear program, simplex", "quadratic program, piqp", "fit, newton", "a false claim", "REFUTED"):
        assert line in result.stdout


def test_json(thalweg):
    result = thalweg("doctor", "--json")
    assert result.code == 0
    found = result.json
    assert found["usable"] is True
    assert {entry["name"] for entry in found["packages"]} >= {"NumPy", "HiGHS", "PIQP", "pandas"}
    assert all(entry["good"] for entry in found["self-test"])


@pytest.fixture
def only_one_package(monkeypatch):
    """Return a function that lets the doctor look at one package only, and at nothing else."""

    def only(package):
        monkeypatch.setattr(_installation, "PACKAGES", (package,))
        for name in ("threads", "folders"):
            monkeypatch.setattr(_installation, name, list)
        monkeypatch.setattr(_self_test, "self_test", list)

    return only


@pytest.mark.parametrize(
    ("extra", "code", "words"),
    [
        ("tables", 0, 'missing (for tables of clouds): pip install "thalweg[tables]"'),
        ("", 1, "missing (for tables of clouds): pip install no-such-thing"),
    ],
)
def test_missing_packages_come_with_the_line_that_installs_them(thalweg, only_one_package, extra, code, words):
    only_one_package(_installation.Package("no_such_thing", "no-such-thing", "Nothing", extra, "tables of clouds"))
    result = thalweg("doctor")
    assert result.code == code
    assert words in result.stdout
    assert thalweg("doctor", "--json").json["usable"] is (code == 0)


def test_a_broken_package_is_no_missing_one(thalweg, only_one_package, tmp_path, monkeypatch):
    (tmp_path / "broken_backend.py").write_text("raise RuntimeError('wrong\\nlibrary')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    only_one_package(_installation.Package("broken_backend", "numpy", "Broken", "tables"))
    result = thalweg("doctor")
    assert result.code == 1
    assert "cannot be imported: RuntimeError: wrong library  <- not good" in result.stdout


def test_a_solver_that_errs_and_a_judge_that_nods_are_noticed(monkeypatch):
    def broken(*_, **__):
        raise OSError("no such library")

    monkeypatch.setattr("thalweg.front.solve", broken)
    monkeypatch.setattr("thalweg.evidence.judge", _always_proved)
    found = {finding.name: finding for finding in _self_test.self_test()}
    assert found["linear program, simplex"].seen == "failed: OSError: no such library"
    assert not any(finding.good for finding in found.values())


def _always_proved(problem, claim, tolerance):
    from thalweg.certificate import Certificate

    return Certificate("anything goes", objective=1.0, bound=1.0, distance=0.0, scale=1.0)


def test_folders_that_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "not there"))
    found = {finding.name: finding for finding in _installation.folders()}
    assert not found["temporary files"].good
    assert "not writable" in found["temporary files"].seen
