"""What users of the site notice while a write is not in place: a sentence for each kind of resource.

In come the writes of one story; out goes the sentence. Source: docs/facts/sst-output.md#41-components.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.reports.names import listed, short_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_ROUTE = (
    "requests for {where} do not reach what was deployed: they fail with 'Failed to contact the origin', or an "
    "older route answers them"
)
_OLD_ROUTE = (
    "requests for {where} still go to what was to be taken out of the routes, and fail once it is gone"
)
_NO_SETTINGS = "{name} runs without its new {what}: requests fail, or are answered as before the deploy"
_NO_FILES = "the new {files} {are} not served: requests get an error page or the old version"
_NEITHER = "{name} runs without its new {what}, and the new {files} {are} not served"
_OLD_FILES = "requests for {files} still go to {what}, and fail once it is gone"
_NO_VALUE = "functions that read {keys} get no value, or the old one"
_OLD_VALUE = "functions that read {keys} still get the value that was to be deleted"


def effect(writes: Sequence[Mapping[str, object]]) -> str:
    """The sentence, for `writes` of one resource with one action and verdict."""
    first = writes[0]
    told = _of_routes(first) if first["type"] == "sst:aws:KvRoutesUpdate" else _of_keys(first, writes)
    if first["verdict"] == "unfinished":
        return f"If it did not land, {told}."
    return f"{told[0].upper()}{told[1:]}."


def _of_routes(write: Mapping[str, object]) -> str:
    text = _OLD_ROUTE if write["action"] == "remove" else _NO_ROUTE
    return text.format(where=_where(write["entry"]) or f"the route of {short_name(write['name'])}")


def _where(entry: object) -> str:
    r"""`docs.example.com/api*` of the entry `url,5ce0,docs\.example\.com,/api`; empty where it is no such entry."""
    _, _, place = str(entry or "").partition(",")
    _, _, place = place.partition(",")
    host, comma, path = place.partition(",")
    return re.sub(r"\\(.)", r"\1", host) + path + "*" if comma and path.startswith("/") else ""


def _of_keys(first: Mapping[str, object], writes: Sequence[Mapping[str, object]]) -> str:
    keys = [str(write["key"]) for write in writes if write["key"] is not None]
    gone = first["action"] == "delete"
    if first["type"] != "sst:aws:KvKeys":
        return (_OLD_VALUE if gone else _NO_VALUE).format(keys=listed(keys) or "the key")
    files = [name for _, _, name in (key.partition(":") for key in keys) if name.startswith("/")]
    if gone:
        one = len(keys) == 1
        return _OLD_FILES.format(files=listed(files or keys), what="the old file" if one else "the old files")
    number, are = ("file", "is") if len(files) == 1 else ("files", "are")
    text = _NO_SETTINGS if not files else _NO_FILES if len(files) == len(keys) else _NEITHER
    return text.format(
        name=short_name(first["name"]),
        what="files and settings" if first["pattern"] else "settings",
        files=f"{number} {listed(files)}",
        are=are,
    )
