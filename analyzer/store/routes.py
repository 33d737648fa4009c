"""The list of routes as SST keeps it: one key with a JSON array, or a head and parts where that is too long.

Source: SST pkg/server/resource/aws-kv-routes-update.go as docs/facts/sst-output.md#42-calls-per-operation reads it: a
JSON array of more than
1000 bytes becomes `<ns>:routes` = `{"parts":N}` and `<ns>:routes:0` to `:N-1`, slices of 1000 bytes; all go in one
UpdateKeys, which takes 50 keys at most, and parts that are no longer needed are deleted in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SLICE: Final = 1000  # bytes
BATCH: Final = 50  # keys in one UpdateKeys (CloudFront quotas)


_MASKED: Final = "its value is masked in the listing, so the entry cannot be looked for"


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    parts: int


@dataclass(frozen=True, slots=True)
class RouteList:
    """A list as it was found.

    Attributes:
        entries: the entries; None if the list cannot be read.
        stored: the keys that hold it, with their values; none where the key is not there.
        problem: what is wrong with it, in one clause; None if it could be read, or is not there.

    Nothing is `stored` of a list that is there, but masked: it may be in order.
    """

    entries: tuple[str, ...] | None
    stored: Mapping[str, str]
    problem: str | None = None


def assemble(values: Mapping[str, str | None], key: str) -> RouteList:
    """The list under `key`, put together from its parts.

    Args:
        values: all keys of the store; None for a value that is masked.
        key: such as `7c62:routes`.
    """
    if key not in values:
        return RouteList((), {})
    head = values[key]
    if head is None:
        return RouteList(None, {}, _MASKED)
    try:
        count = msgspec.json.decode(head, type=_Head).parts
    except (ValueError, RecursionError):
        return _decoded(head, {key: head})
    names = [f"{key}:{number}" for number in range(count)] if 0 < count < BATCH else []
    parts = {name: values[name] for name in names if name in values}
    stored = {key: head} | {name: part for name, part in parts.items() if part is not None}
    missing = [name for name in names if name not in parts]
    if not names or missing:
        what = f"{missing[0]} is not there" if missing else "that is no number of parts"
        return RouteList(None, stored, f"the list says that it is in {count} parts, and {what}")
    if len(stored) <= len(names):
        return RouteList(None, stored, _MASKED)
    return _decoded("".join(stored[name] for name in names), stored)


def cut(key: str, entries: Sequence[str]) -> dict[str, str] | None:
    """The keys and values that hold `entries`, as SST writes them; None if they are too many for one UpdateKeys."""
    text = msgspec.json.encode(list(entries))
    if len(text) <= SLICE:
        return {key: text.decode()}
    parts = [text[start : start + SLICE] for start in range(0, len(text), SLICE)]
    if len(parts) >= BATCH:
        return None
    try:
        named = {f"{key}:{number}": part.decode() for number, part in enumerate(parts)}
    except UnicodeDecodeError:  # a slice would end within a character: such a value cannot be sent
        return None
    return {key: f'{{"parts":{len(parts)}}}'} | named


def _decoded(text: str, stored: Mapping[str, str]) -> RouteList:
    try:
        return RouteList(tuple(msgspec.json.decode(text, type=list[str])), stored)
    except (ValueError, RecursionError):
        whole = "its value is" if len(stored) == 1 else f"its {len(stored) - 1} parts together are"
        return RouteList(None, stored, f"{whole} no JSON list of routes: cut or damaged")
