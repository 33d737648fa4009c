"""CSV: a row for each write, under a header, with times as every output has them."""

from __future__ import annotations

import csv
import io

from analyzer.reports.registry import render
from tests.reports import examples
from tests.reports.made import ROUTE, STORE, only, report, write


def rows(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


def test_a_row_says_what_became_of_a_write() -> None:
    landed, dropped = rows(render(only(examples.dropped(), "LW101", "LW108"), "csv"))
    assert dropped == {
        "write": "w2",
        "deploy": "d1",
        "app": "shop",
        "stage": "prod",
        "resource": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate",
        "type": "sst:aws:KvRoutesUpdate",
        "action": "append",
        "store": STORE,
        "key": "7c62:routes",
        "entry": "site,50f6,,/",
        "reported": "succeeded",
        "verdict": "dropped",
        "cause": "never_attempted",
        "confidence": "proven",
        "leaning": "",
        "leaning_reason": "",
        "status": "",
        "healed_by": "",
        "start": "2025-03-20T12:01:10Z",
        "end": "2025-03-20T12:01:11Z",
        "source": "deploy/eventlog.json",
        "line": "42",
        "findings": "LW101",
    }
    assert (landed["verdict"], landed["cause"], landed["findings"]) == ("landed", "", "LW108")


def test_writes_without_findings_have_rows_too() -> None:
    assert [row["key"] for row in rows(render(examples.healthy(), "csv"))] == [
        "7c62:metadata",
        "7c62:/index.html",
        "7c62:routes",
    ]


def test_where_there_is_no_write_there_is_the_header() -> None:
    text = render(examples.nothing_found(), "csv")
    assert text.startswith("write,deploy,app,stage,")
    assert text.count("\n") == 1


def test_commas_and_quotes_are_quoted() -> None:
    (row,) = rows(render(report([write(1, **(ROUTE | {"entry": 'a,"b",c'}))]), "csv"))
    assert row["entry"] == 'a,"b",c'


def test_the_value_of_a_key_is_never_shown() -> None:
    assert "s3cr3t-value" not in render(report([write(1, value="s3cr3t-value")]), "csv")
