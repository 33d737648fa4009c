"""KvRoutesUpdate: one entry of a router's list of routes, the JSON array under `<namespace>:routes`.

Source: SST pkg/server/resource/aws-kv-routes-update.go as docs/facts/sst-output.md#42-calls-per-operation reads it.
Since v3.12.5 every
operation that succeeds makes exactly one UpdateKeys that names `<namespace>:routes`, even if nothing changes; so each
is a write here. The list may be cut into `<namespace>:routes:0`, `:1`, … : the head key is named all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.resources.drafts import Drafts
from analyzer.resources.rows import retained
from analyzer.resources.state import DELETES, Properties, State, read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

TYPE = "sst:aws:KvRoutesUpdate"
NAME_SUFFIXES: tuple[str, ...] = ("RoutesUpdate",)
CONSOLE_PHRASES: tuple[str, ...] = ("kv namespace", "entry: ")
APIS: tuple[str, ...] = ("UpdateKeys",)

_PATTERN = "*:routes"


def exact(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations whose inputs and outputs are known: `operation`, and the columns of a draft."""
    drafts = Drafts()
    states = zip(operations["operation"], operations["op"], operations["new"], operations["old"], strict=True)
    for operation, op, new, old in states:
        after, before = read_state(new), read_state(old)
        for action, wanted in _meant(op, after, before):
            key = _key(wanted)
            drafts.add(
                operation,
                action,
                wanted.text("store"),
                key or _PATTERN,
                entry=wanted.text("entry"),
                was=_replaced(op, wanted, before.outputs),
                pattern=key is None,
                unset=op == "update" and action == "append" and after.unset,
            )
    return drafts.table()


def derived(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations that text names. The text does not show the router's namespace: the key is `*:routes`.

    A shared router's namespace comes from another stack (its distribution's tags), so a guess from the name could
    be wrong, and a wrong key would be a false absence. The entry is what the console lines `Building kv namespace
    for NAME` and `entry: …` said of the resource, where they did.
    """
    drafts = Drafts()
    real = operations.filter(~retained())
    for operation, op, entry in zip(real["operation"], real["op"], real["entry"], strict=True):
        action = "remove" if op in DELETES else "append"
        drafts.add(operation, action, None, _PATTERN, entry=entry, pattern=True)
    return drafts.table()


def _meant(op: str, new: State, old: State) -> Iterator[tuple[str, Properties]]:
    had = old.outputs
    if op in DELETES:
        if not old.keeps:
            yield "remove", had
        return
    if op == "update" and had.text("store") is not None and _place(had) != _place(new.inputs):
        yield "remove", had
    yield "append", new.inputs


def _replaced(op: str, wanted: Properties, had: Properties) -> str | None:
    """The entry that an update takes out of the list in which it adds `wanted`."""
    return had.text("entry") if op == "update" and _place(had) == _place(wanted) else None


def _place(properties: Properties) -> tuple[str | None, str | None, str | None]:
    return properties.text("store"), properties.text("namespace"), properties.text("key")


def _key(properties: Properties) -> str | None:
    prefix = properties.text("namespace")
    return None if prefix is None else f"{prefix}:{properties.text('key') or 'routes'}"
