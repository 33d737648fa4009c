"""The queries of docs/sql: what they export holds the same calls as the log files, run by DuckDB in their place."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from analyzer import scan_trail

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SQL = ROOT / "docs" / "sql"
TEXTS = ("requestparameters", "responseelements")
"""Columns that are JSON as text in Athena's table; the others are structs."""
IDENTITY = "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, accesskeyid VARCHAR)"
RESOURCES = "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]"
STRUCTS = {"useridentity": IDENTITY, "resources": RESOURCES}
"""Their types, as the table of CloudTrail's documentation declares them."""
CONTENTS = [
    "store",
    "event_id",
    "request_id",
    "at",
    "api",
    "effect",
    "key",
    "ok",
    "error_code",
    "error_message",
]
CHAINED = ["if_match", "etag", "item_count", "caller", "user_agent", "source_ip", "region", "account"]


def records(sample: str) -> list[dict[str, Any]]:
    """The records of a sample's trail."""
    files = sorted((ROOT / "samples" / sample / "trail").rglob("*_CloudTrail_*"))
    packed = {path: path.read_bytes() for path in files}
    bodies = [
        json.loads(gzip.decompress(body) if path.suffix == ".gz" else body) for path, body in packed.items()
    ]
    return [record for body in bodies for record in body["Records"]]


def query(name: str) -> str:
    """The SELECT of a query, for DuckDB, without its days: the samples are of other ones."""
    text = (SQL / name).read_text()
    unload = re.search(r"UNLOAD \((.*)\)\nTO ", text, re.DOTALL)
    tree = sqlglot.parse_one(unload[1] if unload else text, read="athena")
    for between in list(tree.find_all(exp.Between)):
        between.replace(exp.true())
    return tree.sql(dialect="duckdb")


@pytest.fixture(params=["first-route-never-written", "denied-and-swallowed"])
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rows(sample: str) -> Iterator[dict[str, Any]]:
    """The records as rows of Athena's table."""
    names = ("eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
             "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "requestID", "eventID",
             "readOnly", "resources", "recipientAccountId", "sharedEventID")  # fmt: skip
    for record in records(sample):
        row = {name.lower(): record.get(name) for name in names}
        row |= {name: json.dumps(row[name]) if row[name] else None for name in TEXTS}
        yield row | {name: lowered(row[name]) for name in STRUCTS}


def lowered(value: Any) -> Any:
    """Hive's structs have their names in lower case."""
    if isinstance(value, list):
        return [lowered(item) for item in value]
    return {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else value


def same_calls(exported: Path, sample: str) -> None:
    found = scan_trail([exported]).calls.select(CONTENTS + CHAINED)
    expected = scan_trail([ROOT / "samples" / sample / "trail"]).calls.select(CONTENTS + CHAINED)
    assert not expected.is_empty()
    assert found.sort(CONTENTS).rows(named=True) == expected.sort(CONTENTS).rows(named=True)


def test_what_athena_unloads_holds_the_calls_of_the_log_files(sample: str, tmp_path: Path) -> None:
    table = tmp_path / "table.ndjson"
    made = list(rows(sample))
    table.write_text("".join(json.dumps(row) + "\n" for row in made))
    columns = {name: STRUCTS.get(name, "VARCHAR") for name in made[0]}
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE cloudtrail_logs AS SELECT * FROM read_json('{table}', columns = {columns})"  # noqa: S608
        )
        connection.execute(f"COPY ({query('athena.sql')}) TO '{tmp_path}/out.parquet' (FORMAT parquet)")
    same_calls(tmp_path / "out.parquet", sample)


def test_what_lake_gives_holds_the_calls_of_the_log_files(sample: str, tmp_path: Path) -> None:
    table = tmp_path / "table.ndjson"
    lines = (
        {"eventJson": json.dumps(one), "eventSource": one["eventSource"], "eventName": one["eventName"]}
        for one in records(sample)
    )
    table.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with duckdb.connect() as connection:
        kinds = "{eventJson: 'VARCHAR', eventSource: 'VARCHAR', eventName: 'VARCHAR'}"
        connection.execute(
            f"CREATE TABLE EVENT_DATA_STORE_ID AS SELECT * FROM read_json('{table}', columns = {kinds})"  # noqa: S608
        )
        connection.execute(f"COPY ({query('lake.sql')}) TO '{tmp_path}/out.csv' (HEADER)")
    same_calls(tmp_path / "out.csv", sample)


def test_every_column_that_tells_an_outcome_is_exported() -> None:
    names = {
        column.name for column in sqlglot.parse_one(query("athena.sql"), read="duckdb").find_all(exp.Column)
    }
    assert {
        "errorcode",
        "errormessage",
        "responseelements",
        "requestparameters",
        "eventid",
        "requestid",
    } <= names
