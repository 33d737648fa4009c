"""What a file is that was named as CloudTrail and is not read as such, in one sentence, and what would be read.

It is told by the names of its fields or columns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.sources.identify import NO_LINE, OTHER_JSON, UTF8_BOM
from analyzer.sources.identify_trail import table_columns
from analyzer.sources.quoted import listed, quoted

if TYPE_CHECKING:
    from analyzer.sources.identity import Identity

READ: Final = (
    "give CloudTrail's log files, its records as JSON, or exports of them (docs/formats.md lists all)"
)
_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_YAML: Final = re.compile(rb"(?:---[^\n]{0,80}\n)?(?:- )?[\w\"'@.-]{1,60}:(?:[ \t][^\n]*)?\r?(?:\n|$)")
_YAML_KEY: Final = re.compile(r"(?m)^(?:- )?[\"']?([\w@.-]{1,60})[\"']?:(?:\s|$)")
_YAML_HEAD: Final = 4096
_MARKUP: Final = re.compile(rb"<(?:\?xml|!doctype|html|!--|[a-z]{1,20}[ >])", re.IGNORECASE)
_FIRST_KEY: Final = re.compile(r'[\[{\s]*"([^"\\]{1,200})"\s*:')
_LOGS: Final = {
    "engine-events": "a log of engine events",
    "preview-digest": "a preview of a deploy",
    "sst-diff": "a preview of a deploy",
    "sst-state": "the state of a deploy",
    "key-listing": "a listing of the keys of a store (--keys takes it)",
}


def refusal(head: bytes, identity: Identity) -> str:
    """Why a file is no CloudTrail.

    Args:
        head: its first bytes, unpacked.
        identity: what it was detected as.
    """
    if identity.kind != "unknown":
        return f"{_LOGS.get(identity.kind, 'a deploy log')}; {READ}"
    if identity.reason != NO_LINE and not identity.reason.startswith(OTHER_JSON):
        return identity.reason
    return f"{_what(head.removeprefix(UTF8_BOM).lstrip())}; {READ}"


def _what(body: bytes) -> str:
    if body.startswith(_POINTER):
        return "a Git LFS pointer, in the place of a file that was not fetched (git lfs pull)"
    if body[:1] in (b"{", b"["):
        return _json(body)
    if _MARKUP.match(body):
        return "HTML or XML"
    if _YAML.match(body):
        names = _YAML_KEY.findall(body[:_YAML_HEAD].decode("utf-8", "replace"))
        return f"YAML with the keys {listed(names)}, without a record of CloudTrail"
    columns = table_columns(body)
    if len(columns) > 1:
        return f"text, or a table with the columns {listed(columns)}, without a record of CloudTrail"
    return "text without a record of CloudTrail"


def _json(body: bytes) -> str:
    value = _decoded(body)
    if value is None:
        key = _FIRST_KEY.match(body[:_YAML_HEAD].decode("utf-8", "replace"))
        return f"JSON that begins with the key {quoted(key[1])}" if key else "text that begins as JSON does"
    first = value[0] if isinstance(value, list) and value else value
    what = "a list of objects" if isinstance(value, list) else "an object"
    return (
        f"{what} with the keys {listed(map(str, first))}"
        if isinstance(first, dict)
        else "a list without objects"
    )


def _decoded(body: bytes) -> object:
    """The first value of `body`, the whole of it or a line; None if it is cut."""
    for text in (body, body.split(b"\n", 1)[0]):
        try:
            value: object = msgspec.json.decode(text)
        except (ValueError, RecursionError):
            continue
        return value
    return None
