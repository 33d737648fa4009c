"""From writes that did not land to steps: what each may replace, and why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.commands.kvs import NEEDS, Delete, Edit, Put, Step, look, update
from analyzer.store.routes import assemble
from analyzer.verdicts.remedies.remedy import Remedies, remedies
from tests.build import STORE
from tests.commands.hostile import VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER = STORE[:-4] + "beef"
TEXTS = ("store", "inferred_store", "entry", "value", "was", "listed", "listed_value", "listed_source")
SECRET = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - AWS's documented example


def broken(action: str = "put", **differs: Any) -> dict[str, Any]:
    """A row of what `listed` gives: a write that was dropped."""
    nothing = dict.fromkeys(TEXTS)
    row = {"id": "w1", "verdict": "dropped", "cause": "never_attempted", "action": action, "key": "ns:k"}
    known = {"pattern": False, "store": STORE, "reported": "succeeded", "source": "log.json", "line": 7}
    return nothing | row | known | {"type": "sst:aws:KvKeys"} | differs


def remedied(*rows: dict[str, Any], held: Mapping[str, str] | None = None) -> Remedies:
    """The remedies of the rows, where a listing holds the lists `held`."""
    lists = {(STORE, key): assemble(held, key) for key in held} if held else {}
    return remedies(pl.DataFrame(rows, schema_overrides=dict.fromkeys(TEXTS, pl.String)), lists)


def note(row: dict[str, Any], held: Mapping[str, str] | None = None) -> str:
    """Why there is no command."""
    found = remedied(row, held=held).writes.row(0, named=True)
    assert found["remedy"] is None
    assert found["remedy_needs"] is None
    return str(found["remedy_note"])


def is_step(row: dict[str, Any], step: Step) -> bool:
    found = remedied(row).writes.row(0, named=True)
    assert found["remedy_note"] is None
    assert found["remedy_needs"] == list(NEEDS)
    return bool(found["remedy"] == update(STORE, [step]))


def test_a_value_replaces_that_of_the_logs_old_outputs() -> None:
    assert is_step(broken(value="v"), Put("ns:k", "v"))
    assert is_step(broken(value="v", was="old"), Put("ns:k", "v", ("old",)))


def test_a_listing_says_better_what_may_be_replaced() -> None:
    listed = {"listed": "other_value", "listed_value": "now", "verdict": "mismatched", "cause": "other_value"}
    assert is_step(broken(value="v", was="old", **listed), Put("ns:k", "v", ("now",)))
    assert is_step(broken(value="v", was="old", listed="missing"), Put("ns:k", "v"))


def test_a_delete_takes_only_what_was_known() -> None:
    assert is_step(broken("delete", was="old"), Delete("ns:k", ("old",)))
    listed = broken("delete", was="old", listed="still_there", listed_value="now")
    assert is_step(listed, Delete("ns:k", ("now",)))
    assert "log.json:7" in note(broken("delete"))


def test_where_the_listed_value_is_masked_only_that_of_the_log_is_replaced() -> None:
    assert is_step(broken(value="v", was="old", listed="present"), Put("ns:k", "v", ("old",)))
    assert is_step(broken("delete", was="old", listed="still_there"), Delete("ns:k", ("old",)))
    assert "list the store's keys" in note(broken("delete", listed="still_there", listed_source="keys.json"))


def test_a_list_is_edited_whether_it_was_listed_or_not() -> None:
    assert is_step(broken("append", entry="e"), Edit("ns:k", add=("e",)))
    assert is_step(broken("remove", entry="e"), Edit("ns:k", remove=("e",)))
    found = remedied(broken("append", entry="e", listed="missing"), held={"ns:k": '["a"]'})
    assert found.writes["remedy"].item() == update(STORE, [Edit("ns:k", add=("e",))])


def test_a_list_in_parts_is_left_to_a_deploy() -> None:
    row = broken("append", entry="e", listed="missing", listed_source="keys.json#ns:k")
    for held in ({"ns:k": '{"parts":1}', "ns:k:0": '["a"]'}, {"ns:k": "damaged"}):
        assert "keys.json#ns:k" in note(row, held)


def test_without_the_value_or_the_store_there_is_no_command() -> None:
    assert note(broken()) == "the log does not have the value: see log.json:7"
    assert note(broken("append")) == "the log does not name the entry: see log.json:7"
    assert note(broken(value="v", store=None)) == "nothing names the store: see log.json:7"
    assert "no ARN" in note(broken(value="v", store=f"{STORE}'; touch hit"))
    assert is_step(broken(value="v", store=None, inferred_store=STORE), Put("ns:k", "v"))


@pytest.mark.parametrize(
    "row",
    [
        broken(value="x" * 1025),
        broken(value="é" * 513),
        broken(key="k" * 513, value="v"),
        broken("append", entry="e" * 997),
    ],
)
def test_what_no_store_takes_gets_no_command(row: dict[str, Any]) -> None:
    assert "and the limit is" in note(row)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (broken(value=f"id {SECRET}"), "value"),
        (broken(value="v", key=f"ns:{SECRET}"), "key"),
        (broken(value="v", was=SECRET), "value that is to be replaced"),
        (broken(value="hunter2hunter2", key="ns:API_TOKEN"), "value"),
        (broken("delete", was="hunter2hunter2", key="ns:API_TOKEN"), "value"),
        (broken("append", entry=f"url,1,,/{SECRET}"), "entry"),
    ],
)
def test_a_credential_is_in_no_command(row: dict[str, Any], what: str) -> None:
    assert note(row) == f"the {what} looks like a credential, and is not shown: see log.json:7"
    of_store = remedied(row, broken(id="w2", key="ns:other", value="v")).stores.row(0, named=True)
    assert of_store["remedy"] == update(STORE, [Put("ns:other", "v")])
    assert of_store["remedy_note"].startswith("without w1")


@pytest.mark.parametrize("text", ["a\x00b", "a\ufffdb"])
@pytest.mark.parametrize("place", ["key", "value", "was", "entry"])
def test_what_no_command_can_carry_gets_none(place: str, text: str) -> None:
    action = "append" if place == "entry" else "put"
    assert "see log.json:7" in note(broken(action, **({"value": "v"} | {place: text})))


@pytest.mark.parametrize("action", ["put", "append"])
def test_any_other_text_is_ascii_in_its_command(action: str) -> None:
    rows = [broken(action, value=value, entry=value, key=f"{value}:k") for value in VALUES]
    found = remedied(*rows).writes
    assert found["remedy"].null_count() == 0
    assert found["remedy"].str.contains(r"\A[\n -~]+\z").all()


def test_a_pattern_gets_a_look() -> None:
    found = remedied(broken("append", key="*:routes", pattern=True)).writes
    assert found["remedy"].item() == look(STORE, "", ":routes")
    assert "NUL" in note(broken(key="a\x00:*", pattern=True))


def test_a_store_gets_one_command_for_all_of_its_writes() -> None:
    found = remedied(
        broken(id="w1", value="v"),
        broken("append", id="w2", key="ns:routes", entry="a"),
        broken("remove", id="w3", key="ns:routes", entry="b"),
        broken(id="w4", value="v", was="old"),
        broken("delete", id="w5", key="ns:gone", was="x", store=OTHER),
    ).stores.rows(named=True)
    steps: list[Step] = [Put("ns:k", "v", ("old",)), Edit("ns:routes", ("a",), ("b",))]
    assert [row["arn"] for row in found] == [STORE, OTHER]
    assert [row["remedy"] for row in found] == [
        update(STORE, steps),
        update(OTHER, [Delete("ns:gone", ("x",))]),
    ]
    assert [row["remedy_note"] for row in found] == [None, None]
    assert [row["remedy_needs"] for row in found] == [list(NEEDS)] * 2


@pytest.mark.parametrize(
    "rows",
    [
        [broken(value="a"), broken(id="w2", value="b")],
        [broken(value="a"), broken("delete", id="w2", was="b")],
        [broken("append", entry="a"), broken("remove", id="w2", entry="a")],
        [broken("append", entry="a"), broken(id="w2", value="[]")],
    ],
)
def test_what_contradicts_is_in_no_common_command(rows: list[dict[str, Any]]) -> None:
    found = remedied(*rows).stores.row(0, named=True)
    assert found["remedy"] is None
    assert "w1, w2" in found["remedy_note"]


def test_more_keys_than_one_call_takes_have_no_common_command() -> None:
    rows = [broken(id=f"w{number}", key=f"ns:{number}", value="v") for number in range(51)]
    found = remedied(*rows)
    assert found.writes["remedy"].null_count() == 0
    assert found.stores["remedy"].item() is None
    assert "51 keys" in found.stores["remedy_note"].item()


def test_what_a_listing_shows_to_be_there_needs_nothing() -> None:
    assert remedied(broken(value="v", listed="there")).writes.is_empty()


@pytest.mark.parametrize(
    ("reported", "word"),
    [("succeeded", "does not heal"), ("failed", "Deploy again"), ("unfinished", "pending")],
)
def test_what_a_redeploy_would_do(reported: str, word: str) -> None:
    row = broken(verdict="errored", cause="service_error", reported=reported)
    assert word in remedied(row).writes["redeploy"].item()


def test_a_redeploy_that_refreshes_heals_what_pulumis_provider_reads() -> None:
    of_pulumi = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
    assert "--refresh" in remedied(broken(value="v", type=of_pulumi)).writes["redeploy"].item()
    assert "--refresh" not in remedied(broken(value="v")).writes["redeploy"].item()
