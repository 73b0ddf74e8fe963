"""thalweg explain of a program: why there is no answer, what it would take, and how far an answer holds."""

import gzip

import pytest

from thalweg.explaining import relaxation


def test_of_an_infeasible_program(thalweg, here):
    shown = thalweg("explain", "nowhere.lp")
    assert shown.code == 4
    for words in (
        'row "low" (>= 3) - row "high" (<= 1) together ask for at least 2, but their terms add up to 0',
        'These limits contradict each other: row "low" >= 3; row "high" <= 1',
        "A total violation of 2 leaves a point",
    ):
        assert words in " ".join(shown.stdout.split())
    told = thalweg("explain", "nowhere.lp", "--json")
    assert told.code == 4
    assert told.json["verdict"] == "INFEASIBLE"
    assert told.json["conflict"]["rows"] == ["low", "high"]
    assert told.json["conflict"]["minimal"] is True
    assert told.json["relaxation"]["objective"] == pytest.approx(2)


def test_bounds_give_way_where_rows_alone_do_not_help(thalweg, here):
    (here / "bounds.lp").write_text("min\n o: x\nst\n r: x + y >= 3\nbounds\n x <= 1\n y <= 1\nend\n")
    assert thalweg("explain", "bounds.lp").code == 4


def test_what_it_would_take_is_not_looked_for_for_ever(thalweg, here, monkeypatch):
    limits, relax = [], relaxation.relax

    def watched(*arguments, **options):
        limits.append(options["time_limit"])
        return relax(*arguments, **options)

    monkeypatch.setattr(relaxation, "relax", watched)
    thalweg("explain", "nowhere.lp")
    assert limits == [10.0]


def test_of_an_unbounded_program(thalweg, here):
    shown = thalweg("explain", "endless.lp")
    assert shown.code == 5
    assert "it rises by" in shown.stdout
    assert "x +1" in shown.stdout.replace('"', "")
    assert thalweg("explain", "endless.lp", "--json").json["direction"]


def test_of_a_program_with_an_answer(thalweg, here):
    shown = thalweg("explain", "bread.lp")
    assert shown.code == 0
    assert "how far it holds" in shown.stdout
    assert "costs between which the point stays best" in shown.stdout
    told = thalweg("explain", "bread.lp", "--json").json["ranging"]
    columns = (told["rows"][title] for title in ("name", "price", "from", "to"))
    rows = {name: numbers for name, *numbers in zip(*columns, strict=True)}
    assert rows == {"a": [0, 2, None], "b": [1.5, 6, 18], "c": [1, 12, 24]}
    assert told["columns"]["to"][told["columns"]["name"].index("rye")] == 7.5


def test_of_a_quadratic_program_and_of_one_that_is_not_convex(thalweg, here):
    assert "the same limits are met" in thalweg("explain", "cup.lp").stdout
    saddle = thalweg("explain", "saddle.lp")
    assert saddle.code == 3
    assert "how far it holds" not in saddle.stdout


def test_packed_files_and_large_programs(thalweg, here):
    text = "min\n o: x0\nst\n" + "".join(f" r{i}: x{i} >= {i}\n" for i in range(150)) + "end\n"
    with gzip.open(here / "long.lp.gz", "wt") as file:
        file.write(text)
    shown = thalweg("explain", "long.lp.gz")
    assert shown.code == 0
    assert "the 20 rows with the largest prices" in shown.stdout
    assert len(thalweg("explain", "long.lp.gz", "--json").json["ranging"]["rows"]["name"]) == 20


def test_a_page_and_limits_of_time(thalweg, here):
    assert thalweg("explain", "nowhere.lp", "--report", "page.html").code == 4
    assert "low" in (here / "page.html").read_text(encoding="utf-8")
    assert thalweg("explain", "bread.lp", "--time-limit", "60").code == 0
    thalweg("solve", "bread.lp", "--save", "bread.npz")
    refused = thalweg("explain", "bread.npz", "--time-limit", "60")
    assert refused.code == 2
    assert "--time-limit is for programs" in refused.stderr
