"""KeyvaluestoreKeysExclusive: all keys of a store, as a program of plain Pulumi keeps them.

Source: docs/facts/sst-resources.md#31-keys-of-plain-pulumi. A create and an update list the store, and put what is not
in it, or is another, and delete what is not wanted, by UpdateKeys; where the store is as it should be they make no
call. So a put may rightly have made none: all are `unsure`. Which unwanted keys a listing found, no log says; those
that the resource itself wanted before are known. A delete leaves the store alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.resources.drafts import ANY_KEY, Drafts
from analyzer.resources.rows import writing
from analyzer.resources.state import DELETES, Properties, State, read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

TYPE = "aws:cloudfront/keyvaluestoreKeysExclusive:KeyvaluestoreKeysExclusive"
NAME_SUFFIXES: tuple[str, ...] = ()
CONSOLE_PHRASES: tuple[str, ...] = ()
APIS: tuple[str, ...] = ("UpdateKeys",)

_KEY_PROPERTIES = ("keyValueStoreArn", "resourceKeyValuePairs")
_Meant = tuple[str, str, str | None, str | None]


def exact(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations whose inputs and outputs are known: what differs from what the resource had put before."""
    drafts = Drafts()
    states = zip(operations["operation"], operations["op"], operations["new"], operations["old"], strict=True)
    for operation, op, new, old in states:
        if op not in DELETES:
            wanted = read_state(new).inputs
            for action, key, value, was in _meant(wanted, read_state(old)):
                drafts.add(
                    operation,
                    action,
                    wanted.text("keyValueStoreArn"),
                    key,
                    value=value,
                    was=was,
                    pattern=key == ANY_KEY,
                    unsure=action == "put",
                )
    return drafts.table()


def derived(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations in a text log, which shows neither the store nor the keys."""
    drafts = Drafts()
    rows = writing(operations, _KEY_PROPERTIES)
    for operation, op in zip(rows["operation"], rows["op"], strict=True):
        if op not in DELETES:
            drafts.add(operation, "put", None, ANY_KEY, pattern=True, unsure=True)
    return drafts.table()


def _meant(wanted: Properties, old: State) -> Iterator[_Meant]:
    """(action, key, value, value before) of each write that the operation means."""
    pairs = _pairs(wanted)
    if pairs is None:
        yield "put", ANY_KEY, None, None
        return
    same_store = wanted.text("keyValueStoreArn") == old.outputs.text("keyValueStoreArn")
    before = (_pairs(old.outputs) or {}) if same_store else {}
    for key, value in pairs.items():
        if key not in before or before[key] != value or value is None:
            yield "put", key, value, before.get(key)
    for key in before.keys() - pairs.keys():
        yield "delete", key, None, before[key]


def _pairs(properties: Properties) -> dict[str, str | None] | None:
    """The value of each key; None if the list, or any key, is not known."""
    pairs = properties.parts("resourceKeyValuePairs")
    if pairs is None:
        return None
    named = {pair.text("key"): pair.value("value") for pair in pairs}
    return None if None in named else {key: value for key, value in named.items() if key is not None}
