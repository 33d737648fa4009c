"""Keys that Pulumi's AWS provider writes: other APIs, other credentials and other losses than SST's."""

from __future__ import annotations

import polars as pl

from analyzer.resources import keyvaluestore_key, keyvaluestore_keys_exclusive
from tests.build import CI, Tape, write, writes
from tests.verdicts.judging import OTHER, bracketed, closed, found, judged, judged_calls, text, verdict

KEY, SET = keyvaluestore_key.TYPE, keyvaluestore_keys_exclusive.TYPE


def by_put_key(tape: Tape, key: str = "k") -> pl.DataFrame:
    """The calls of `tape`, those on `key` by PutKey or DeleteKey."""
    single = pl.when(pl.col("effect") == "put").then(pl.lit("PutKey")).otherwise(pl.lit("DeleteKey"))
    return tape.calls().with_columns(api=pl.when(pl.col("key") == key).then(single).otherwise("api"))


def of_key(start: float, end: float, **other: object) -> dict[str, object]:
    return write("k", start, end, action="put", op="create", name="limits", type=KEY) | other


def test_a_put_key_answers_for_a_key_although_the_clocks_differ() -> None:
    """Three seconds after the operation's end: for SST a PutKey there is somebody at the console."""
    tape = bracketed()
    tape.write(5, puts=["k"])
    calls = by_put_key(closed(tape))
    of_provider = judged_calls(calls, writes(of_key(0, 2))).verdicts
    assert of_provider["verdict"].to_list() == ["landed"]
    of_sst = judged_calls(calls, writes(of_key(0, 2, type="sst:aws:KvKeys"))).verdicts
    assert of_sst["verdict"].to_list() != ["landed"]


def test_without_a_put_key_the_key_was_dropped() -> None:
    assert verdict(closed(bracketed()), of_key(0, 2)) == ("dropped", "never_attempted", "high")


def test_a_put_of_a_set_may_rightly_have_made_no_call() -> None:
    """The store may have held the pair: the provider compares before it calls."""
    row = of_key(0, 2, type=SET, unsure=True)
    assert verdict(closed(bracketed()), row)[0] == "unverifiable"


def test_a_key_of_which_nothing_is_known_is_not_called_dropped() -> None:
    assert verdict(closed(bracketed()), of_key(0, 2, key="*", pattern=True))[0] == "unverifiable"
    tape = bracketed()
    tape.write(5, puts=["anything"])
    assert verdict(closed(tape), text("*", action="put", op="create", type=KEY))[0] == "unverifiable"


def test_a_set_that_deletes_keys_of_another_is_no_collision_of_namespaces() -> None:
    tape = bracketed()
    tape.write(1, puts=["a"])
    tape.write(3, puts=["b"], deletes=["a"])
    first = of_key(0, 2, key="a", name="flags", type=SET)
    second = of_key(0, 4, key="b", name="redirects", type=SET)
    assert found(closed(tape), first, second) == [("lost", "deleted", "proven"), ("landed", None, "proven")]
    said = judged(closed(tape), writes(first, second)).evidence["detail"].to_list()
    assert "then deleted by redirects of stack shop-d1" in said


def test_a_set_that_deletes_the_keys_of_a_site_is_no_collision_either() -> None:
    tape = bracketed()
    tape.write(1, puts=["7c62:metadata"])
    tape.write(900, puts=["b"], deletes=["7c62:metadata"])
    site = of_key(0, 2, key="7c62:metadata", name="SiteKvKeys.sst.aws.KvKeys", type="sst:aws:KvKeys")
    theirs = of_key(899, 901, key="b", name="redirects", type=SET, deploy="d2")
    assert found(closed(tape), site, theirs)[0] == ("lost", "deleted", "proven")


def test_a_key_that_its_replacement_deleted_is_lost() -> None:
    """A replacement under the same key: the new one is put, then the old one is deleted."""
    tape = bracketed()
    tape.write(1, puts=["k"])
    tape.write(4, deletes=["k"])
    table = writes(of_key(0, 2, op="create-replacement"), of_key(3, 5, action="delete", op="delete-replaced"))
    verdicts = judged_calls(by_put_key(closed(tape)), table).verdicts
    assert verdicts.select("verdict", "cause").row(0) == ("lost", "deleted")


def test_a_put_key_at_the_console_never_answers_for_a_write_of_sst() -> None:
    """Expected: no call answers. SST makes UpdateKeys alone: a PutKey within the operation is somebody at the console.

    Source: docs/facts/sst-output.md#42-calls-per-operation.
    """
    tape = bracketed()
    tape.write(1, puts=["k"], caller=OTHER)
    row = of_key(0, 2, op="update", type="sst:aws:KvKeys")
    verdicts = judged_calls(by_put_key(closed(tape)), writes(row)).verdicts
    assert verdicts["event_id"].to_list() == [None]
    assert verdicts["verdict"][0] != "landed"


def test_a_delete_of_a_key_that_is_not_there_did_what_was_meant() -> None:
    """The provider takes ResourceNotFoundException for a success; so it is."""
    tape = bracketed()
    tape.write(1, deletes=["k"], error="ResourceNotFoundException", message="Key does not exist")
    calls = by_put_key(closed(tape))
    row = of_key(0, 2, action="delete", op="delete")
    assert judged_calls(calls, writes(row)).verdicts.select("verdict", "cause").rows() == [("landed", None)]


def test_a_provider_may_have_other_credentials_than_sst() -> None:
    """Most calls of the deploy are SST's: the provider's are its own all the same."""
    tape = bracketed()
    sites = [f"7c62:{number}" for number in range(3)]
    for second, key in enumerate(sites):
        tape.write(second, puts=[key], caller=CI)
    tape.write(5, puts=["k"], caller=OTHER)
    own = [of_key(n, n + 1, key=key, name=key, type="sst:aws:KvKeys") for n, key in enumerate(sites)]
    table = writes(*own, of_key(4, 6))
    verdicts = judged_calls(by_put_key(closed(tape)), table).verdicts
    assert verdicts["verdict"].to_list() == ["landed"] * 4
    assert verdicts["confidence"].to_list() == ["proven"] * 4
