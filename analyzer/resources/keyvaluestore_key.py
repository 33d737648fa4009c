"""KeyvaluestoreKey: one key of a store, as a program of plain Pulumi keeps it.

Source: docs/facts/sst-resources.md#31-keys-of-plain-pulumi. A create is one PutKey; an update is one PutKey where the
value is another than the old one; a delete is one DeleteKey, and one of a key that is not there is a success. Another
key or store is a replacement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.resources.drafts import ANY_KEY, Drafts
from analyzer.resources.rows import writing
from analyzer.resources.state import DELETES, Properties, read_state

if TYPE_CHECKING:
    import polars as pl

TYPE = "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"
NAME_SUFFIXES: tuple[str, ...] = ()
CONSOLE_PHRASES: tuple[str, ...] = ()
APIS: tuple[str, ...] = ("PutKey", "DeleteKey")

_KEY_PROPERTIES = ("key", "keyValueStoreArn", "value")


def exact(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations whose inputs and outputs are known; an update of a secret value is `unsure`."""
    drafts = Drafts()
    states = zip(operations["operation"], operations["op"], operations["new"], operations["old"], strict=True)
    for operation, op, new, old in states:
        before, wanted = read_state(old), read_state(new).inputs
        value, was = wanted.value("value"), before.outputs.value("value")
        if op in DELETES:
            if not before.keeps:
                _add(drafts, operation, "delete", before.outputs, was=was)
        elif op != "update":
            _add(drafts, operation, "put", wanted, value=value)
        elif value is None or value != was:
            _add(drafts, operation, "put", wanted, value=value, was=was, unsure=value is None or was is None)
    return drafts.table()


def derived(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations in a text log, which shows neither the store nor the key."""
    drafts = Drafts()
    rows = writing(operations, _KEY_PROPERTIES)
    for operation, op, unsure in zip(rows["operation"], rows["op"], rows["unsure"], strict=True):
        action = "delete" if op in DELETES else "put"
        drafts.add(operation, action, None, ANY_KEY, pattern=True, unsure=unsure)
    return drafts.table()


def _add(  # noqa: PLR0913 - what a draft says
    drafts: Drafts,
    operation: int,
    action: str,
    place: Properties,
    *,
    value: str | None = None,
    was: str | None = None,
    unsure: bool = False,
) -> None:
    store, key = place.text("keyValueStoreArn"), place.text("key")
    drafts.add(
        operation,
        action,
        store,
        key or ANY_KEY,
        value=value,
        was=was,
        pattern=key is None,
        unsure=unsure,
    )
