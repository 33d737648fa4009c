"""What a source is, detected by its content alone: names and extensions lie, content does not.

The forms of deploy logs are detected by `identify_json` and `identify_text`, those of CloudTrail by `identify_trail`.
Sources: the CloudTrail user guide on log and digest files, and S3, DynamoDB and Kinesis notifications, which look
like CloudTrail: they too are `{"Records": [...]}` with an `eventSource`.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.identify_json import (
    EVENT_WITHIN,
    EVENTS,
    detect_events,
    detect_json,
    detect_within_text,
)
from analyzer.sources.identify_text import ANSI, detect_text, detect_within
from analyzer.sources.identify_trail import detect_in_text, detect_trail
from analyzer.sources.identity import Identity, unknown
from analyzer.sources.limits import SEARCHED
from analyzer.sources.unpack import blocks

if TYPE_CHECKING:
    from collections.abc import Generator

    from analyzer.sources.source import Source

HEAD: Final = 64 * 1024  # bytes by which every form but text is detected

UTF8_BOM: Final = b"\xef\xbb\xbf"
_MAGICS: Final = (
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard data: unpack it first"),
    (b"BZh", "bzip2 data: unpack it first"),
    (b"\xfd7zXZ", "xz data: unpack it first"),
    (b"\xff\xfe", "UTF-16 text: convert it to UTF-8 first"),
    (b"\xfe\xff", "UTF-16 text: convert it to UTF-8 first"),
)

_JSON: Final = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]')
_RECORDS: Final = re.compile(rb'\{\s*"Records"\s*:\s*\[\s*')
_LISTING: Final = re.compile(
    rb"""
      \{\s*(?:"NextToken"\s*:\s*"[^"]{0,4096}"\s*,\s*)?"Items"\s*:\s*\[\s*(?:\{\s*"(?:Key|Value)"|\]|\Z) # the AWS CLI's
    | \{\s*"schema"\s*:\s*"lostwrite\.keys/ # that of `lostwrite keys`
    | \{\s*(?: # what the CLI says of a store itself
        "(?:ETag|ItemCount|TotalSizeInBytes|Created|LastModified|Status|FailureReason)"\s*:
        \s*(?:"[^"]{0,400}"|[\d.]{1,20})\s*,\s*){0,7}"KvsARN"\s*:
    """,
    re.VERBOSE,
)
_SERVICE: Final = re.compile(rb'"eventSource"\s*:\s*"[^"]{0,200}\.amazonaws\.com"')
_NOTIFIER: Final = re.compile(rb'"[eE]ventSource"\s*:\s*"aws:(\w{1,30})')
_NOTIFIERS: Final = {b"s3": "S3 event", b"dynamodb": "DynamoDB stream", b"kinesis": "Kinesis", b"sns": "SNS"}
_OF_MANY: Final = (b'"AwsAggregatedEvent"', b'"AwsCloudTrailInsight"')  # records of many calls, and of none
_FIRST_KEY: Final = re.compile(rb'[\s\[{]*"([\w .:/-]{1,60})')


_RECORDS_SEEN: Final = Identity("cloudtrail-s3", "CloudTrail records")
_LISTING_SEEN: Final = Identity("key-listing", "the keys of a key-value store")
NO_LINE: Final = "text without one line of a Pulumi log"
"""The reason of what is text, and nothing that is known."""
OTHER_JSON: Final = "JSON of another shape"
"""How the reason of JSON that is nothing of what is known begins."""


def identify(source: Source) -> Identity:
    """What `source` is, from its first 64 KiB (unpacked); a text is searched on, for the first line of a kind.

    Never raises for what is in the source: a source that cannot be opened or unpacked is `unknown`.
    """
    with closing(_windows(source)) as windows:
        try:
            head = next(windows, b"")
            identity = detect(head)
            if identity.reason == NO_LINE:
                return next(filter(None, map(_detect_further, windows)), identity)
        except InputError as error:
            return unknown(error.reason)
    return identity


def detect(head: bytes) -> Identity:
    """What begins with `head`: the first 64 KiB of a source, unpacked, or all of a smaller one."""
    if packed := next((reason for magic, reason in _MAGICS if head.startswith(magic)), None):
        return unknown(packed)
    text = head.removeprefix(UTF8_BOM)
    body = text.lstrip()
    if match := _RECORDS.match(body):
        return _records_shape(body, match.end())
    if detect_events(body):
        return EVENTS
    recorded = detect_trail(body)
    shape = Identity(*recorded) if recorded else _json_shape(body) if _JSON.match(body) else None
    if shape and shape.kind != "unknown":
        return shape
    identity = EVENTS if EVENT_WITHIN.search(text) else detect_text(text)
    identity = identity or detect_within_text(text)
    if identity is None and (within := detect_in_text(body)):
        return Identity(*within)
    return identity or shape or unknown(_no_text(body) if head else "empty (0 bytes)")


def _detect_further(window: bytes) -> Identity | None:
    """The kind of a window below the head."""
    return EVENTS if EVENT_WITHIN.search(window) else detect_within(window)


def _no_text(body: bytes) -> str:
    if not body:
        return "blank: nothing but white space"
    if b"\0" in body or sum(byte < 9 for byte in body[:4096]) > len(body[:4096]) // 20:  # noqa: PLR2004 (tab is 9)
        return "a binary file"
    return NO_LINE


def _windows(source: Source) -> Generator[bytes]:
    """The first 64 KiB, then the rest in pieces that overlap by the longest line that is detected."""
    size, window = 0, b""
    headed = False
    try:
        for block in blocks(source):
            window += block
            size += len(block)
            if not headed and len(window) >= HEAD:
                yield window[:HEAD]
                headed, window = True, window[HEAD - 1024 :]
            if headed and not window.isspace():
                yield ANSI.sub(b"", window)
            if headed:
                window = window[-1024:]
            if size > SEARCHED:
                return
    except InputError:
        if not (window or headed):
            raise
    if not headed:
        yield window


def _json_shape(body: bytes) -> Identity:
    if _LISTING.match(body):
        return _LISTING_SEEN
    if identity := detect_json(body):
        return identity
    key = _FIRST_KEY.match(body)
    return unknown(OTHER_JSON + (f" (its first key is {key[1].decode()!r})" if key else ""))


def _records_shape(body: bytes, start: int) -> Identity:
    if body.startswith(b"]", start):
        return Identity("cloudtrail-s3", "an empty list of records")
    if _SERVICE.search(body):
        return _RECORDS_SEEN
    if match := _NOTIFIER.search(body):
        name = _NOTIFIERS.get(match[1], "AWS")
        return unknown(f"these are {name} notifications, not CloudTrail records")
    is_escaped = (
        b'"eventVersion"' in body and b'"userIdentity"' in body
    )  # its `eventSource` may be written so
    if is_escaped or any(name in body for name in _OF_MANY):
        return _RECORDS_SEEN
    return unknown("a list of records that are not CloudTrail's")
