"""Inputs on which a second reader found the intended writes, or the deploys they belong to, wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.logs.deploys import deploys_of
from analyzer.logs.merge import merged
from analyzer.resources import kv_keys
from analyzer.tables import EVENTS, WRITES, from_columns
from analyzer.writes.intended import intended_writes
from tests.build import at, forms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = "WebKvKeys.sst.aws.KvKeys"
ROUTES = "WebRoutesUpdate.sst.aws.KvRoutesUpdate"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
SUMMARY: dict[str, object] = {"kind": "summary", "outcome": "done"}


def urn(name: str) -> str:
    return f"urn:pulumi:prod::shop::pulumi-nodejs:dynamic:Resource::{name}"


def step(kind: str, second: float | None, name: str = ROUTES, **more: object) -> dict[str, object]:
    side = {"store": "arn:s", "namespace": "7c62", "entry": "site,50f6,,/", "entries": {"metadata": "{}"}}
    state = json.dumps({"inputs": side, "outputs": side})
    return {
        "kind": kind,
        "outcome": kind,
        "op": "create",
        "name": name,
        "urn": urn(name),
        "at": None if second is None else at(second),
        "new": state,
        "old": state,
    } | more


def log(deploy: str, *rows: Mapping[str, object]) -> list[dict[str, object]]:
    return [
        {"deploy": deploy, "source": f"{deploy}.log", "line": n, "seq": n} | dict(row)
        for n, row in enumerate(rows)
    ]


def intended(forms: Mapping[str, str], *rows: dict[str, object]) -> pl.DataFrame:
    """WRITES of the logs, as `read_logs` and `intended_writes` put them together."""
    table = from_columns({name: [row.get(name) for row in rows] for name in EVENTS}, EVENTS)
    return intended_writes(*merged(table, deploys_of(table, forms_of(forms)))[:2])


def test_a_cut_copy_of_an_event_log_is_the_same_deploy() -> None:
    """Expected: the writes once. Twice, each needs two calls, and half are dropped, `high`.

    Source: docs/architecture.md#6-verdicts, one to one.

    A copy taken while the deploy ran, or cut on the way, has another end and fewer operations; the stack, the start
    and the steps that both hold are the same, to the second.
    """
    whole = [step("started", 1), step("done", 5), step("started", 6, KEYS), step("done", 9, KEYS), SUMMARY]
    rows = log("d1", *whole) + log("d2", *whole[:3])
    assert intended({"d1": "exact", "d2": "exact"}, *rows).height == 2


def test_the_same_text_log_twice_is_one_deploy() -> None:
    """Expected: the write once, as for event logs: a deploy that is read twice intends nothing twice."""
    whole = [step("started", 1), step("done", 5), SUMMARY]
    rows = log("d1", *whole) + log("d2", *whole)
    assert intended({"d1": "text", "d2": "text"}, *rows).height == 1


def test_equal_text_logs_that_nothing_shows_to_be_copies_are_two_deploys() -> None:
    """Expected: the write twice. Without times and durations the next deploy prints the same, and may have lost it."""
    whole = [step("started", None), step("done", None), SUMMARY]
    rows = log("d1", *whole) + log("d2", *whole)
    assert intended({"d1": "text", "d2": "text"}, *rows).height == 2


def test_resources_that_stay_the_same_do_not_part_a_text_log_from_its_event_log() -> None:
    """Expected: one deploy. `same` steps are in the event log; text hides them (docs/facts/pulumi-output.md#2-text)."""
    exact = [
        step("started", 1, KEYS, op="same"),
        step("done", 1, KEYS, op="same"),
        step("started", 2),
        step("done", 5),
    ]
    text = [step("started", None), step("done", None)]
    rows = log("d1", *exact, SUMMARY) + log("d2", *text, SUMMARY)
    assert intended({"d1": "exact", "d2": "text"}, *rows).height == 1


def test_a_replacement_in_both_forms_is_one_deploy() -> None:
    """Expected: one deploy: the logical `replace` step is in either form or not, and writes nothing."""
    exact = [step("started", 1, op="create-replacement"), step("done", 2, op="create-replacement")]
    exact += [step("started", 2, op="replace"), step("done", 2, op="replace")]
    exact += [step("started", 3, op="delete-replaced"), step("done", 4, op="delete-replaced")]
    text = [row | {"at": None} for row in exact if row["op"] != "replace"]
    found = intended({"d1": "exact", "d2": "text"}, *log("d1", *exact, SUMMARY), *log("d2", *text, SUMMARY))
    assert found.height == 2


def test_a_secret_value_is_no_certain_write_on_update() -> None:
    """Expected: no exact put. Whether a wrapped secret changed is unknown; SST writes nothing where it did not (4.2).

    An exact put that SST rightly never made is a false `dropped`, `proven`.
    """
    sides: dict[str, dict[str, Any]] = {
        where: {"store": "arn:s", "namespace": "7c62", "entries": {"metadata": SECRET}}
        for where in ("inputs", "outputs")
    }
    operations = pl.DataFrame(
        {"operation": [0], "op": ["update"], "new": [json.dumps(sides)], "old": [json.dumps(sides)]}
    )
    assert kv_keys.exact(operations).filter(~pl.col("pattern")).is_empty()


def test_a_preview_and_a_refresh_intend_nothing() -> None:
    """Expected: no writes.

    Source: docs/architecture.md#5-intended-writes; docs/facts/pulumi-output.md#11-operations:
    after a `refresh` pre an end is state-only.
    """
    preview = [step("started", 1, planning=True), step("done", 2, planning=True), SUMMARY]
    refresh = [step("started", 1, op="refresh"), step("done", 2, op="update"), SUMMARY]
    found = intended({"d1": "exact", "d2": "exact"}, *log("d1", *preview), *log("d2", *refresh))
    assert found.is_empty()
    assert found.schema == WRITES


def test_a_refresh_before_the_update_does_not_take_its_end() -> None:
    """Expected: one write, from 3 to 6. `up --refresh` refreshes first (the end of that step stays `refresh`)."""
    rows = [
        step("started", 1, op="refresh"),
        step("done", 2, op="refresh"),
        step("started", 3, op="update"),
        step("done", 6, op="update"),
        SUMMARY,
    ]
    found = intended({"d1": "exact"}, *log("d1", *rows))
    assert found.select("start", "end").rows() == [(at(3), at(6))]
