"""KvKeys: a site's or route's own keys, `<namespace>:metadata` and one per top-level file.

Source: SST pkg/server/resource/aws-kv-keys.go as docs/facts/sst-output.md#42-calls-per-operation reads it. A create
puts every entry; an
update puts the entries that are new or changed against the old *outputs* and, with `purge`, deletes the rest; a
delete deletes what is under the namespace. What is meant is not always what is done: on a changed namespace SST puts
nothing (4.5 S2), although every entry belongs under the new one, so every entry is an intended write here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.redaction.masks import STARS
from analyzer.resources.drafts import Drafts
from analyzer.resources.namespace import after_component, namespace
from analyzer.resources.rows import writing
from analyzer.resources.state import DELETES, Properties, State, read_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

TYPE = "sst:aws:KvKeys"
NAME_SUFFIXES: tuple[str, ...] = ("KvKeys", "RouteKey")
CONSOLE_PHRASES: tuple[str, ...] = ()
APIS: tuple[str, ...] = ("UpdateKeys",)

_AFTER_COMPONENT = after_component(TYPE, NAME_SUFFIXES)
_KEY_PROPERTIES = ("entries", "namespace", "store")
_Meant = tuple[str, str | None, str, str | None, str | None]


def exact(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations whose inputs and outputs are known: `operation`, and the columns of a draft."""
    drafts = Drafts()
    states = zip(operations["operation"], operations["op"], operations["new"], operations["old"], strict=True)
    for operation, op, new, old in states:
        for action, store, key, value, was in _meant(op, read_state(new), read_state(old)):
            drafts.add(operation, action, store, key, value=value, was=was)
    return drafts.table()


def derived(operations: pl.DataFrame) -> pl.DataFrame:
    """Writes of operations that text names: the namespace follows from the stack and the component's name."""
    rows = writing(operations, _KEY_PROPERTIES)
    bases = rows["name"].str.replace(_AFTER_COMPONENT, "")
    drafts = Drafts()
    for operation, op, stack, base, unsure in zip(
        rows["operation"], rows["op"], rows["stack"], bases, rows["unsure"], strict=True
    ):
        action = "delete" if op in DELETES else "put"
        has_stack = stack and STARS not in stack + base
        prefix = namespace(stack, base) if has_stack else "*"
        drafts.add(operation, action, None, f"{prefix}:*", pattern=True, unsure=unsure)
    return drafts.table()


def _meant(op: str, new: State, old: State) -> Iterator[_Meant]:
    """(action, store, key, value, value before) of each write that the operation means."""
    if op in DELETES:
        yield from _deleted(old)
        return
    wanted = new.inputs
    store, prefix, entries = wanted.text("store"), wanted.text("namespace") or "*", wanted.texts("entries")
    if entries is None:
        yield "put", store, f"{prefix}:*", None, None
        return
    before = _old_entries(old) if op == "update" else {}
    if op == "update" and _moved(wanted, old.outputs):
        before = {}
    for key, value in entries.items():
        if key not in before or before[key] != value:
            yield "put", store, f"{prefix}:{key}", value, before.get(key)
    if wanted.flag("purge"):
        for key in before.keys() - entries.keys():
            yield "delete", store, f"{prefix}:{key}", None, before[key]


def _moved(wanted: Properties, old: Properties) -> bool:
    return any(wanted.text(name) != old.text(name) for name in ("store", "namespace"))


def _old_entries(old: State) -> dict[str, str | None]:
    return old.outputs.texts("entries") or {}


def _deleted(old: State) -> Iterator[_Meant]:
    """Every key that the resource had put; none where its outputs lost the store (SST then makes no call)."""
    store, prefix = old.outputs.text("store"), old.outputs.text("namespace") or "*"
    if old.keeps or store is None:
        return
    for key, value in _old_entries(old).items():
        yield "delete", store, f"{prefix}:{key}", None, value
