"""How an audit differs from an earlier one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.audit.diff import Earlier, changes, earlier_of, read_earlier
from analyzer.audit.reports.registry import render
from analyzer.errors import InputError
from tests.audit.made import REACH, audit, nothing, on

if TYPE_CHECKING:
    from pathlib import Path

MISSING = ("d04:1", "d06:1", "d09:1", "d10:1", "d12:1", "d12:2")
"""What the made audit shows not to be in place, and not healed."""


def test_the_same_audit_again_changes_nothing() -> None:
    found = changes(audit(), earlier_of(audit()))
    assert (found.since, found.unchanged) == (REACH, MISSING)
    assert (found.new, found.healed, found.gone) == ((), (), ())


def test_its_json_report_says_the_same_as_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    file.write_text(render(audit(), "json"), encoding="utf-8")
    assert read_earlier(file) == earlier_of(audit()) == Earlier(REACH, MISSING)
    file.write_text(render(nothing(), "json"), encoding="utf-8")
    assert read_earlier(str(file)) == Earlier(None, ())


def test_what_was_lost_since_is_new() -> None:
    """Also what was in doubt then."""
    found = changes(audit(), Earlier(on(5, 1), ("d04:1", "d06:1", "d09:1")))
    assert found.new == ("d10:1", "d12:1", "d12:2")
    assert found.unchanged == ("d04:1", "d06:1", "d09:1")


def test_what_was_put_right_or_is_in_place_now_is_healed() -> None:
    found = changes(audit(), Earlier(None, ("d02:1", "d05:1", "d03:7", *MISSING)))
    assert found.healed == ("d02:1", "d05:1", "d03:7"), "d03 is known, and its seventh write is in place"


def test_what_is_in_doubt_now_was_not_put_right() -> None:
    found = changes(audit(), Earlier(None, ("d11:1", "d11:2")))
    assert (found.unchanged, found.healed) == (("d11:1", "d11:2"), ())


def test_what_is_of_no_deploy_of_this_audit_is_gone() -> None:
    found = changes(audit(), Earlier(None, ("old:with:colons:3", "d06:1", "", "odd")))
    assert (found.gone, found.unchanged) == (("old:with:colons:3", "", "odd"), ("d06:1",))


def test_each_write_of_the_earlier_audit_is_in_one_list() -> None:
    then = ("d02:1", "d06:1", "d06:1", "d11:1", "x:1", "d03:1")
    found = changes(audit(), Earlier(None, then))
    assert sorted([*found.healed, *found.unchanged, *found.gone]) == sorted(set(then))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no report of an audit"),
        ("{}", "is no report of an audit"),
        ("[" * 100_000, "is no report of an audit"),
        ('{"schema": "x"}', "is no report of an audit"),
        ('{"schema": "lostwrite.audit/v1"}', "or a damaged one"),
        (
            '{"schema": "lostwrite.audit/v1", "trail": {}, "writes": [{"id": 1, "state": "open"}]}',
            "or a damaged one",
        ),
        ('{"schema": "lostwrite.audit/v2"}', "it needs a newer lostwrite"),
        (
            '{"schema": "lostwrite.report/v1"}',
            "is lostwrite.report/v1, and lostwrite.audit/v1 is what can be read",
        ),
    ],
)
def test_what_is_no_such_report_is_refused_by_name(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "earlier.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=reason) as caught:
        read_earlier(file)
    assert str(file) in str(caught.value)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "missing", "nul\0", "."):
        with pytest.raises(InputError):
            read_earlier(f"{tmp_path}/{name}")


def test_a_time_that_is_none_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    file.write_text(
        '{"schema": "lostwrite.audit/v1", "trail": {"reach": "\\u202e"}, "writes": []}', encoding="utf-8"
    )
    assert read_earlier(file) == Earlier(None, ())


def test_the_changes_are_in_the_reports() -> None:
    made = replace(audit(), changes=changes(audit(), Earlier(on(5, 1), ("d02:1", "d06:1"))))
    text = render(made, "text", width=120)
    assert "It knew the trail until 2026-05-01 10:00:00Z." in text
    assert "new       5: d04:1, d09:1, d10:1, d12:1, d12:2" in text
    assert "healed    1: d02:1" in text
    assert "- healed: 1: `d02:1`" in render(made, "markdown")
    assert pl.read_json(render(made, "json").encode())["changes"][0]["unchanged"] == ["d06:1"]
