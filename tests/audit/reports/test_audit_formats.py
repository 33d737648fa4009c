"""What each format of an audit promises, beside what the goldens show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from analyzer.audit.reports.page.listed import read_words
from analyzer.audit.reports.registry import files, find, names, render
from analyzer.audit.reports.words import headline, length
from analyzer.audit.trends import trends
from analyzer.errors import UsageError
from analyzer.reports.schemas import json_schema
from tests.audit.attacked import attacked
from tests.audit.made import audit, nothing, on
from tests.schemas import published, strict

SARIF = Path(__file__).parents[2] / "reports" / "schemas" / "sarif-2.1.0.json"
TEXTS = ("csv", "json", "markdown", "ndjson", "sarif", "text")


def test_every_format_is_found_and_an_unknown_one_is_refused_by_name() -> None:
    assert set(TEXTS) <= set(names())
    assert [find(name).NAME for name in names()] == list(names())
    with pytest.raises(UsageError, match="an audit has no format 'junit'; choose one of csv, "):
        find("junit")
    with pytest.raises(UsageError, match="csv is one file"):
        next(files(audit(), "csv"))


@pytest.mark.parametrize("name", TEXTS)
def test_an_audit_of_nothing_can_be_written(name: str) -> None:
    text = render(nothing(), name)
    assert text == "" if name == "ndjson" else text.endswith("\n")


@pytest.mark.parametrize("made", [audit, nothing, attacked])
def test_json_satisfies_its_schema(made: Any) -> None:
    document = json.loads(render(made(), "json"))
    jsonschema.Draft202012Validator(published("audit-v1")).validate(document)
    assert json_schema("audit") == json.dumps(published("audit-v1"), indent=2, ensure_ascii=False) + "\n"


def test_json_has_no_member_and_no_value_that_its_schema_lacks() -> None:
    for made in (audit(), nothing()):
        jsonschema.Draft202012Validator(strict("audit-v1")).validate(json.loads(render(made, "json")))


def test_sarif_satisfies_its_schema_and_suppresses_what_is_healed() -> None:
    log = json.loads(render(audit(), "sarif"))
    jsonschema.Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(log)
    results = {result["properties"]["write"]: result for result in log["runs"][0]["results"]}
    reasons = {
        write: result["suppressions"][0]["justification"]
        for write, result in results.items()
        if result["suppressions"]
    }
    assert reasons == {
        "d02:1": "put right: by a later deploy (d03)",
        "d05:1": "put right: not wanted any more (d07)",
    }
    assert len(results) == 10, "nothing is left out"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_word_of_text_is_broken_and_no_line_is_too_long_but_for_a_word(width: int) -> None:
    text = render(audit(), "text", width=width)
    whole = {word.strip(",:").lower() for word in render(audit(), "text", width=1000).split()}
    assert {word for word in text.split() if word.strip(",:").lower() not in whole} == set()
    prose = [
        line
        for line in text.split("\n")
        if line.startswith(("   ", "Key", "Entry", "Open")) and " " in line.strip()
    ]
    assert [line for line in prose if len(line) > width and not line.startswith(("lw_", "'", "( "))] == []


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("open", "7 deploys lost writes that nobody has put right, since 2026-02-17 10:01:02Z"),
        ("maybe_repaired", "No lost write is surely open; those of 7 deploys were perhaps put right"),
        ("healed", "No lost write is known to be open, but 1 deploy is in doubt"),
    ],
)
def test_the_headline_says_the_worst(states: str, expected: str) -> None:
    made = audit()
    sure = pl.col("write") != "d11:1"
    followed = made.followed.with_columns(state=pl.when(sure).then(pl.lit(states)).otherwise("state"))
    assert headline(trends(replace(made, followed=followed))) == expected


def test_the_headline_of_one_and_of_none() -> None:
    made = audit()
    one = made.followed.filter(pl.col("write") == "d06:1")
    assert headline(trends(replace(made, followed=one))).startswith(
        "1 deploy lost a write that nobody has put right, "
    )
    judged = made.counts.filter(pl.col("verdict") == "landed")
    assert headline(trends(replace(made, followed=one.clear(), counts=judged))) == "No lost write is open"
    doubts = made.counts.filter(pl.col("verdict") == "unverifiable")
    assert (
        headline(trends(replace(made, followed=one.clear(), counts=doubts)))
        == "None of the deploys can be judged"
    )
    assert headline(trends(nothing())) == "No deploy was found"


def test_quiet_text_says_what_is_open_alone_and_loud_text_has_every_command() -> None:
    quiet = render(audit(), "text", verbosity=-1)
    assert quiet.count("\n") == 7
    assert "Healed" not in quiet
    one = replace(audit(), followed=audit().followed.filter(pl.col("state") == "healed"))
    assert render(one, "text", verbosity=-1).count("\n") == 1


def test_ages_are_counted_to_the_time_that_is_given() -> None:
    assert "(90 days)" in render(audit(), "text", now=on(7, 1, 12))
    assert [
        length(on(1, 3) - on(*then)) for then in ((1, 3, 9, 59, 20), (1, 3, 9), (1, 1, 11), (1, 1), (1, 4))
    ] == [
        "40 s",
        "1 h",
        "47 h",
        "2 days",
        "0 s",
    ]


def test_markdown_of_very_many_losses_keeps_its_limit() -> None:
    made = audit()
    one = made.writes.filter(pl.col("id") == "d06:1")
    many = pl.concat([one.with_columns(id=pl.lit(f"d06:{number}")) for number in range(300)])
    followed = pl.concat(
        [
            made.followed.filter(pl.col("write") == "d06:1").with_columns(
                write=pl.lit(name), loss=pl.lit(name)
            )
            for name in many["id"]
        ]
    )
    page = render(replace(made, writes=many, followed=followed), "markdown")
    assert len(page) <= 65_536
    assert "… and 200 more losses; the JSON report has all." in page
    assert "more stories; the JSON report has all." in page
    assert "### Not read, or read only in part" in page


def test_text_has_the_commands_of_few_losses_and_of_more_it_says_what_gives_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three losses of the made audit are open, two of them with a command; the third says why there is none."""
    assert render(audit(), "text").count("to put it right:") == 2
    monkeypatch.setattr("analyzer.audit.reports.as_text._STORIES", 2)
    text = render(audit(), "text")
    assert "to put it right:" not in text
    assert "Next: -v prints the command that puts each right" in text
    assert render(audit(), "text", verbosity=1).count("to put it right:") == 2


def test_parts_of_a_trail_are_read_as_the_trail() -> None:
    """The rows of its parts say no role, and a log has lines and no record."""
    read = audit().read.with_columns(
        role=pl.when(pl.col("role") == "log").then("role"), records=pl.col("records").fill_null(0)
    )
    report = replace(audit(), read=read)
    assert "trail cloudtrail-s3: 150 files, 61,000 records" in render(report, "text")
    assert "log engine-events: 12 files (1 unusable), 1,440 lines" in render(report, "text")
    assert any("150 files of cloudtrail-s3 (trail)" in words for words in read_words(report))
