"""Events as a table, as lines of JSON and as Parquet."""

from __future__ import annotations

import csv as reader
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.reports.events import csv, events_table, ndjson, write_parquet
from analyzer.reports.redacted import redacted_events
from analyzer.tables import EVENTS
from tests.reports.examples import at, table

if TYPE_CHECKING:
    from pathlib import Path


def events(*rows: dict[str, object]) -> pl.DataFrame:
    return table(
        EVENTS, [{"source": "p.log", "line": number} | row for number, row in enumerate(rows, start=1)]
    )


STARTED: dict[str, object] = {
    "kind": "started",
    "op": "create",
    "name": "SiteKvKeys.sst.aws.KvKeys",
    "at": at(1),
    "message": "[red]x[/red]\x1b[2J",
}
NOISE: dict[str, object] = {"kind": "noise", "message": "spinner"}


def test_table_shows_what_is_not_noise_and_counts_all() -> None:
    text = events_table(iter([events(STARTED, NOISE), events(NOISE, NOISE)]), width=120, color=False)
    assert text.splitlines() == [
        "LINE  TIME                  KIND     OP      RESOURCE                   MESSAGE",
        "1     2025-03-20 12:01:00Z  started  create  SiteKvKeys.sst.aws.KvKeys  [red]x[/red]\\x1b[2J",
        "",
        "Read 3 noise, 1 started.",
    ]


def test_table_is_bounded_and_says_so() -> None:
    text = events_table(iter([events(*[STARTED] * 150), events(*[STARTED] * 150)]), width=100, color=False)
    assert len(text.splitlines()) < 400
    assert "... and 100 more events; --format ndjson has all" in text


def test_table_of_nothing() -> None:
    assert events_table(iter([]), width=80, color=False).endswith("Read nothing.\n")


def test_ndjson_has_every_column_of_every_event() -> None:
    (text,) = ndjson(events(STARTED, NOISE | {"message": "\x9b\u202e"}))
    first, second = map(json.loads, text.splitlines())
    assert list(first) == EVENTS.names()
    assert (first["at"], first["line"], first["urn"]) == ("2025-03-20T12:01:00Z", 1, None)
    assert second["message"] == "\x9b\u202e"
    assert "\x9b" not in text


def test_parquet_gives_the_same_events_back(tmp_path: Path) -> None:
    batches = [events(STARTED), events(NOISE, STARTED)]
    with (tmp_path / "e.parquet").open("wb") as file:
        write_parquet(iter(batches), file)
    assert pl.read_parquet(tmp_path / "e.parquet").equals(pl.concat(batches))


def test_credentials_of_a_message_are_redacted() -> None:
    (made,) = redacted_events(
        [events(STARTED | {"message": "AKIAIOSFODNN7EXAMPLE", "new": '{"password":"hunter22"}'})]
    )
    assert made.select("message", "new").row(0) == ("[redacted]MPLE", '{"password":"[redacted]"}')


def cell(message: str) -> str:
    """What a spreadsheet finds in the cell of an event's message."""
    text = "".join(csv(iter([events(STARTED | {"message": message})])))
    assert not set(text) & set("\x00\x07\x1b\x9b\r\t\u200b\u202e\u2066\ufeff")
    header, row = reader.reader(text.splitlines())
    return dict(zip(header, row, strict=True))["message"]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ('plain; text, "quoted" ✓ é 語', 'plain; text, "quoted" ✓ é 語'),
        ("\x1b[31mred\x9b\x00\x07", "\\x1b[31mred\\x9b\\x00\\x07"),
        ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
        ("\u202eabc\u2066\u200b\ufeff", "\\u202eabc\\u2066\\u200b\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_csv_writes_out_what_a_terminal_would_obey(message: str, wanted: str) -> None:
    assert cell(message) == wanted


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
        "\u22121",
    ],
)
@pytest.mark.parametrize("before", ["", " ", "\u00a0\u3000", '"', ' "'])
def test_csv_guards_a_formula_also_behind_blanks_and_quotes(before: str, formula: str) -> None:
    assert cell(before + formula) == f"{before}'{formula}"


@pytest.mark.parametrize("before", ["\n", "\r\n", "\t", "\u200b", "\x00"])
def test_csv_leaves_no_formula_behind_a_control(before: str) -> None:
    assert cell(before + "=1+1").startswith("\\")


def test_csv_guards_a_cell_that_a_semicolon_would_begin() -> None:
    assert cell('a;=1+1;"@b; -c; d') == "a;'=1+1;\"'@b; '-c; d"
