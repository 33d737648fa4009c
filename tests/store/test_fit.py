"""Whether a listing or a trail is about the stores of the writes at all."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.store.fit import fitted, trail_misfit
from analyzer.tables import KEYS, LISTINGS, MISFITS, from_columns
from tests.build import NOON, STORE, Tape, write, writes

OTHER = STORE[:-1] + "9"
FOREIGN = STORE.replace("111122223333", "999988887777")
TWO = writes(write("7c62:routes", 1, 2), write("aaaa:metadata", 1, 2, store=OTHER))


def listing(*keys: str, **differs: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    row = {"listing": 1, "source": "k.json", "at": NOON, "items": len(keys)} | differs
    table = from_columns({name: [row.get(name)] for name in LISTINGS}, LISTINGS)
    return table, pl.DataFrame([(1, key, "v") for key in keys], schema=KEYS, orient="row")


def test_a_listing_without_a_name_is_of_the_store_that_shares_a_namespace() -> None:
    kept, misfits = fitted(*listing("7c62:metadata", "ffff:x"), TWO)
    assert kept.select("store", "store_by").rows() == [(STORE, "keys")]
    assert misfits.is_empty()
    assert kept.schema == LISTINGS
    assert misfits.schema == MISFITS


def test_a_listing_without_a_name_may_be_of_the_other_account_where_its_namespace_is_also_written() -> None:
    # One app and stage in two accounts hash to the same namespaces, and the trail is the organization's.
    tape = Tape(FOREIGN)
    tape.write(0, puts=["7c62:metadata"])
    kept, misfits = fitted(*listing("7c62:metadata"), TWO, tape.calls())
    assert kept.is_empty()
    several = f"any of several stores with its namespaces ({STORE}, {FOREIGN}): give it as --keys ARN=FILE"
    assert several in misfits["reason"].item()
    kept, _ = fitted(*listing("7c62:metadata", store=STORE, store_by="user"), TWO, tape.calls())
    assert kept["store_by"].to_list() == ["user"]


def test_another_namespace_that_is_written_elsewhere_takes_nothing_from_a_listing() -> None:
    tape = Tape(FOREIGN)
    tape.write(0, puts=["ffff:metadata"])
    kept, _ = fitted(*listing("7c62:metadata", "ffff:x"), TWO, tape.calls())
    assert kept["store"].to_list() == [STORE]


def test_a_named_one_keeps_its_name() -> None:
    for by in ("user", "file"):
        kept, _ = fitted(*listing("aaaa:x", store=OTHER, store_by=by), TWO)
        assert kept.select("store", "store_by").rows() == [(OTHER, by)]


def test_a_store_that_the_file_names_may_be_empty_or_hold_other_keys() -> None:
    """All that the deploy meant to write is missing from it: that is what is looked for."""
    for keys in ((), ("ffff:x",)):
        assert fitted(*listing(*keys, store=STORE, store_by="file"), TWO)[0].height == 1
    assert fitted(*listing(store=STORE, store_by="user"), TWO)[0].height == 1


@pytest.mark.parametrize(
    ("keys", "differs", "reason"),
    [
        (("ffff:x",), {}, "shares a namespace with its keys; it does not name its store"),
        (("7c62:x", "aaaa:x"), {}, "shares a namespace with its keys; it does not name its store"),
        ((), {}, "it is empty, and it does not name its store"),
        (
            ("7c62:x",),
            {"store": FOREIGN, "store_by": "file"},
            f"it is of {FOREIGN}, and the deploys wrote to",
        ),
        (
            ("7c62:x",),
            {"store": FOREIGN, "store_by": "user"},
            f"it is of {FOREIGN}, and the deploys wrote to",
        ),
        (("ffff:x",), {"store": STORE, "store_by": "user"}, "none of its keys is in a namespace"),
        (("7c62:x",), {"at": None}, "its time is not known: give --keys-at"),
        (("7c62:x",), {"problem": "it is cut"}, "it is cut"),
    ],
)
def test_what_does_not_fit_is_told(keys: tuple[str, ...], differs: dict[str, object], reason: str) -> None:
    kept, misfits = fitted(*listing(*keys, **differs), TWO)
    assert kept.is_empty()
    assert misfits.select("kind", "source").rows() == [("keys", "k.json")]
    assert reason in misfits["reason"].item()


def test_a_log_that_names_no_store_cannot_be_held_against_a_listing() -> None:
    text = writes(write("*:routes", 1, 2, store=None, pattern=True))
    assert "name no store" in fitted(*listing("7c62:x"), text)[1]["reason"].item()


def trail(accounts: set[str], regions: set[str], tape: Tape | None = None) -> list[str]:
    calls = (tape or Tape()).calls()
    reasons: list[str] = trail_misfit(TWO, calls, accounts, regions, "t.json")["reason"].to_list()
    return reasons


def test_a_trail_of_another_account_or_region() -> None:
    assert trail({"999988887777"}, {"us-east-1"}) == [
        "it is of account 999988887777, and the deploys wrote to stores of 111122223333"
    ]
    assert trail({"111122223333"}, {"eu-west-1"}) == [
        "it is of eu-west-1, and calls on key-value stores are recorded in us-east-1"
    ]


def test_a_trail_that_may_be_the_right_one() -> None:
    assert trail({"111122223333", "999988887777"}, {"us-east-1", "eu-west-1"}) == []
    assert trail(set(), set()) == []
    tape = Tape()
    tape.write(1, puts=["7c62:routes"])
    assert trail({"999988887777"}, {"eu-west-1"}, tape) == []


TEXT = writes(
    write("8fe6:*", None, None, store=None, pattern=True, exact=False),
    write("*:routes", None, None, store=None, pattern=True, exact=False, entry="site,8fe6,,/"),
)


def test_a_text_log_is_held_against_a_listing_with_its_namespaces() -> None:
    for named in ({}, {"store": OTHER, "store_by": "user"}):
        kept, misfits = fitted(*listing("8fe6:metadata", **named), TEXT)
        assert (kept.height, misfits.height) == (1, 0)
    kept, misfits = fitted(*listing("beef:metadata"), TEXT)
    assert kept.is_empty()
    assert "none of its keys is in a namespace" in misfits["reason"].item()


def test_a_text_log_is_held_against_a_listing_of_a_store_in_the_trail() -> None:
    tape = Tape(OTHER)
    tape.write(0, puts=["x"])
    of_trail = tape.calls()
    kept, _ = fitted(*listing("beef:x", store=OTHER, store_by="file"), TEXT, of_trail)
    assert kept.height == 1
    kept, _ = fitted(*listing("beef:x", store=STORE, store_by="file"), TEXT, of_trail)
    assert kept.is_empty()
