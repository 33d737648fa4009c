"""What can stand around a record, in any form: a text, a list, a log file of its own, an EventBridge event.

`jq -s` makes a list of log files, `--query 'Events[].CloudTrailEvent'` one of texts; an EventBridge rule writes its
events into a log group, where each one is the text of a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.trail.unwrap.json_values import decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Wrapper(msgspec.Struct, gc=False, rename={"type": "detail-type", "records": "Records"}):
    type: object = None
    detail: msgspec.Raw = msgspec.Raw(b"")
    records: msgspec.Raw = msgspec.Raw(b"")


_WRAPPER: Final = msgspec.json.Decoder(_Wrapper)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


def contents(raw: bytes | msgspec.Raw) -> Sequence[bytes | msgspec.Raw] | None:
    """What `raw`, JSON, is wrapped around; None if it is no wrapper.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    start = bytes(memoryview(raw)[:64]).lstrip()[:1]
    if start == b"[":
        return _items(raw)
    if start == b'"':
        text = decoded(raw)
        is_json = isinstance(text, str) and text.lstrip()[:1] in ("{", "[")
        return [text.encode("utf-8", "replace")] if isinstance(text, str) and is_json else None
    if start != b"{":
        return None
    wrapper = _wrapper(raw)
    if wrapper.detail and "CloudTrail" in str(wrapper.type):
        return [wrapper.detail]
    return _items(wrapper.records) if bytes(wrapper.records)[:1] == b"[" else None


def _items(raw: bytes | msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _LIST.decode(raw)
    except ValueError:
        return _LIST.decode(encoded(decoded(raw)))


def _wrapper(raw: bytes | msgspec.Raw) -> _Wrapper:
    try:
        return _WRAPPER.decode(raw)
    except ValueError:
        return _WRAPPER.decode(encoded(decoded(raw)))
