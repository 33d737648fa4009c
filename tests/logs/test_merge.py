"""When two logs are of one deploy, and what the second one adds. Expected: facts on SST's update ids and permalinks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.logs.deploys import began_at, deploys_of
from analyzer.logs.merge import merged
from analyzer.logs.read import read_logs
from analyzer.sources.source import Source
from analyzer.tables import EVENTS, from_columns
from tests.build import at, forms_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ID = "fe6aadedee0704c33ffb620d"
OTHER = "fe6aadedee0704c33ffb9999"
KV = "WebKvKeys.sst.aws.KvKeys"
ROUTES = "WebRoutesUpdate.sst.aws.KvRoutesUpdate"
ROOT = "urn:pulumi:prod::shop::"
BEGAN = datetime(2025, 3, 1, 14, 17, 50, 840_000, UTC)
Rows = list[dict[str, object]]


def exact(deploy: str, *, second: int = 1, op: str = "create", end: str = "done") -> Rows:
    """An event log of one operation."""
    urn = f"{ROOT}sst:aws:Router$pulumi-nodejs:dynamic:Resource::{KV}"
    step = {"deploy": deploy, "op": op, "name": KV, "urn": urn, "planning": False}
    return [
        step | {"kind": "started", "outcome": "started", "at": at(second)},
        step | {"kind": end, "outcome": end, "at": at(second + 4)},
        {
            "deploy": deploy,
            "kind": "summary",
            "outcome": "failed" if end == "failed" else "done",
            "at": at(second + 5),
        },
    ]


def fact(deploy: str, **values: str) -> Rows:
    return [
        {"deploy": deploy, "kind": "header", "fact": name, "value": value} for name, value in values.items()
    ]


def terminal(deploy: str, *names: str, op: str = "create", planning: bool = False) -> Rows:
    """SST's terminal output: what ended well."""
    return [
        *fact(deploy, tool="sst", app="shop", stage="prod", tool_version="3.9.0", command="deploy"),
        *(
            {"deploy": deploy, "kind": "done", "outcome": "done", "op": op, "name": n, "planning": planning}
            for n in names
        ),
        {"deploy": deploy, "kind": "summary", "outcome": "done", "fact": "result", "value": "succeeded"},
    ]


def joined(
    forms: Mapping[str, str], *rows: dict[str, object], context: Sequence[str] = ()
) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    whole = [{"source": "log", "line": n, "seq": n} | dict(row) for n, row in enumerate(rows, 1)]
    table = from_columns({name: [row.get(name) for row in whole] for name in EVENTS}, EVENTS)
    log_deploys = deploys_of(table, forms_of(forms))
    sources = [f"{name}.log" for name in context]
    events, deploys, _ = merged(table, log_deploys, context=sources)
    return events, deploys.to_dicts()


def test_a_log_of_the_context_is_another_deploy_than_a_text_log_of_the_same_operations() -> None:
    """The next deploy of a stage mostly does the same: without an id nothing says that it is this one."""
    forms = {"d1": "terminal", "d2": "engine-events"}
    rows = [*terminal("d1", KV), *exact("d2")]
    assert len(joined(forms, *rows)[1]) == 1
    assert len(joined(forms, *rows, context=["d2"])[1]) == 2
    known = [*rows, *fact("d1", update_id=ID), *fact("d2", update_id=ID)]
    assert len(joined(forms, *known, context=["d2"])[1]) == 1


def test_a_permalink_ends_with_the_last_digits_of_the_update_id() -> None:
    forms = {"d1": "engine-events", "d2": "terminal", "d3": "sst-update"}
    events, deploys = joined(
        forms,
        *exact("d1"),
        *fact("d1", update_id=ID),
        *terminal("d2"),
        *fact("d2", permalink=f"https://sst.dev/u/{ID[-8:]}"),
        *fact("d3", update_id=ID, command="deploy"),
    )
    assert [row["id"] for row in deploys] == ["d1"]
    assert deploys[0]["sources"] == ["d1.log", "d2.log", "d3.log"]
    known = {
        name: deploys[0][name]
        for name in ("update_id", "permalink", "tool_version", "command", "app", "form")
    }
    assert known == {
        "update_id": ID,
        "permalink": f"https://sst.dev/u/{ID[-8:]}",
        "tool_version": "3.9.0",
        "command": "update",
        "app": "shop",
        "form": "exact",
    }
    assert events.filter(pl.col("kind") == "started").height == 1
    assert events["deploy"].unique().to_list() == ["d1"]


@pytest.mark.parametrize("end", ["b620d"[-5:], "c33ffb9999"])
def test_another_permalink_is_another_deploy(end: str) -> None:
    """Five digits are too few; ten that are another id's are another deploy, whatever it did."""
    _, deploys = joined(
        {"d1": "engine-events", "d2": "terminal"},
        *exact("d1"),
        *fact("d1", update_id=ID),
        *terminal("d2", "Other.sst.aws.KvKeys"),
        *fact("d2", update_id=end),
    )
    assert len(deploys) == 2


def test_two_commands_that_overlap_stay_two() -> None:
    """Expected: two deploys, each with its own writes: SST's lock can be passed by two at once."""
    rows = [*exact("d1"), *fact("d1", update_id=ID), *exact("d2"), *fact("d2", update_id=OTHER)]
    events, deploys = joined({"d1": "exact", "d2": "exact"}, *rows)
    assert [row["id"] for row in deploys] == ["d1", "d2"]
    assert events.filter(pl.col("kind") == "started").height == 2


@pytest.mark.parametrize("op", ["create", "create-replacement"])
@pytest.mark.parametrize("kind", ["engine-events", "pulumi-text"])
def test_terminal_output_of_a_deploy_in_hand_is_told_by_what_it_did(kind: str, op: str) -> None:
    """Expected: one deploy. Twice, its write would be expected twice, and one would be a false drop."""
    failed: dict[str, object] = {
        "deploy": "d1",
        "kind": "failed",
        "outcome": "failed",
        "op": "update",
        "name": ROUTES,
    }
    events, deploys = joined(
        {"d1": kind, "d2": "terminal"},
        *exact("d1", op=op),
        failed,
        *fact("d1", app="shop", stage="prod"),
        *terminal("d2", KV),
    )
    assert [row["id"] for row in deploys] == ["d1"]
    assert events.filter(pl.col("kind") == "done").height == 1


def test_terminal_output_that_did_something_else_is_another_deploy() -> None:
    _, deploys = joined({"d1": "exact", "d2": "terminal"}, *exact("d1"), *terminal("d2", KV, ROUTES))
    assert len(deploys) == 2


def test_a_preview_is_no_copy_of_the_deploy() -> None:
    _, deploys = joined({"d1": "exact", "d2": "terminal"}, *exact("d1"), *terminal("d2", KV, planning=True))
    assert len(deploys) == 2


def test_the_other_log_adds_facts_and_the_diagnostics_that_are_lacking() -> None:
    said: dict[str, object] = {"kind": "diagnostic", "severity": "error"}
    events, deploys = joined(
        {"d1": "exact", "d2": "terminal"},
        *exact("d1"),
        said | {"deploy": "d1", "message": "error: no\nmore of it"},
        *terminal("d2", KV),
        said | {"deploy": "d2", "message": "no"},
        said | {"deploy": "d2", "message": "only here"},
        {"deploy": "d2", "kind": "console", "message": "entry: site,7c62,,/"},
    )
    assert len(deploys) == 1
    assert events.filter(pl.col("kind") == "diagnostic")["message"].to_list() == [
        "error: no\nmore of it",
        "only here",
    ]
    assert events.filter(pl.col("kind") == "console").height == 1
    assert events.filter((pl.col("kind") == "summary") & pl.col("fact").is_null()).height == 1


def test_the_result_is_that_of_a_log_that_saw_the_end() -> None:
    """A cut event log does not know how it ended; a terminal that was there does."""
    cut = exact("d1")[:2]
    _, deploys = joined({"d1": "exact", "d2": "terminal"}, *cut, *terminal("d2", KV))
    assert (deploys[0]["result"], deploys[0]["form"]) == ("succeeded", "exact")
    stopped: dict[str, object] = {"deploy": "d2", "kind": "summary", "outcome": "interrupted"}
    interrupted = [*terminal("d2", KV)[:-1], stopped]
    _, deploys = joined({"d1": "exact", "d2": "terminal"}, *exact("d1"), *interrupted)
    assert deploys[0]["result"] == "succeeded"  # SST before 4.1.3 said so of deploys that had ended


def test_the_moment_in_an_update_id() -> None:
    table = pl.DataFrame({"id": [ID, ID[-8:], "0195" + ID[4:], None]}, schema={"id": pl.String})
    assert table.select(at=began_at(pl.col("id")))["at"].to_list() == [BEGAN, None, None, None]
    _, deploys = joined({"d1": "terminal"}, *terminal("d1", KV), *fact("d1", update_id=ID))
    assert (deploys[0]["started_at"], deploys[0]["ended_at"]) == (BEGAN, None)


def test_a_state_is_no_deploy_but_tells_of_one() -> None:
    rows = [*exact("d1"), *fact("d1", update_id=ID), *fact("d2", update_id=ID, pulumi_version="v3.146.0")]
    events, deploys = joined({"d1": "exact", "d2": "sst-state"}, *rows)
    assert [row["sources"] for row in deploys] == [["d1.log", "d2.log"]]
    assert "pulumi_version" in events["fact"].to_list()
    assert joined({"d2": "sst-state"}, *rows[-2:])[1] == []


def event(sequence: int, timestamp: int, **payload: object) -> str:
    return json.dumps({"sequence": sequence, "timestamp": timestamp, **payload}) + "\n"


def test_logs_in_one_file_are_deploys_of_their_own() -> None:
    """A preview and two updates, put together; the path's update id is of the one deploy of its file alone."""
    step = {"metadata": {"op": "create", "urn": f"{ROOT}x:y:Z::{KV}", "type": "x:y:Z"}}
    planned = step | {"planning": True}
    log = "".join(
        event(0, second, preludeEvent={})
        + event(1, second + 1, resOutputsEvent=payload)
        + event(2, second + 2, summaryEvent={"isPreview": payload is planned})
        + event(3, second + 2, cancelEvent={})
        for second, payload in [(1000, planned), (2000, step), (3000, step)]
    )
    logs = read_logs([Source(f"eventlog/shop/prod/{ID}.json", None, log.encode())])
    assert logs.deploys["id"].to_list() == [ID, f"{ID}.2", f"{ID}.3"]
    assert logs.deploys["command"].to_list() == ["preview", None, None]
    assert logs.deploys["update_id"].to_list() == [None, None, None]
    assert logs.deploys["started_at"].dt.epoch("s").to_list() == [1000, 2000, 3000]


def test_a_home_is_read_as_a_whole() -> None:
    step = {"metadata": {"op": "create", "urn": f"{ROOT}x:y:Z::{KV}", "type": "x:y:Z"}}
    log = (
        event(0, 1000, preludeEvent={})
        + event(1, 1001, resOutputsEvent=step)
        + event(2, 1002, summaryEvent={})
    )
    update = {
        "id": ID,
        "version": "3.9.0",
        "command": "remove",
        "errors": None,
        "timeStarted": "2025-03-01T14:17:50Z",
    }
    state = {"version": 3, "checkpoint": {"stack": "organization/shop/prod", "latest": {"manifest": {}}}}
    objects = {"eventlog": log, "update": json.dumps(update), "snapshot": json.dumps(state)}
    logs = read_logs(
        [Source(f"home/{kind}/shop/prod/{ID}.json", None, data.encode()) for kind, data in objects.items()]
    )
    row = logs.deploys.row(0, named=True)
    assert logs.deploys.height == 1
    assert (row["tool"], row["tool_version"], row["command"], row["update_id"]) == (
        "sst",
        "3.9.0",
        "destroy",
        ID,
    )
    assert (row["result"], row["started_at"].timestamp()) == ("succeeded", 1000)
    assert logs.inputs["kind"].to_list() == ["engine-events", "sst-update", "sst-state"]
