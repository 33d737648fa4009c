"""What a source is, told by its content alone: names and extensions lie, content does not.

Sources: facts of Pulumi's event log and text rows (pulumi/pulumi, sdk/go/common/apitype/events.go and
pkg/backend/display), the CloudTrail user guide on log and digest files, and S3, DynamoDB and Kinesis
notifications, which look like CloudTrail: they too are `{"Records": [...]}` with an `eventSource`.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.errors import InputError
from analyzer.sources.identify_trail import tell_trail
from analyzer.sources.unpack import blocks

if TYPE_CHECKING:
    from collections.abc import Generator

    from analyzer.sources.source import Source

HEAD: Final = 64 * 1024  # bytes that tell every form but text
SEARCHED: Final = 64 << 20  # bytes of a text that are searched: a build may talk for long before it deploys

UTF8_BOM: Final = b"\xef\xbb\xbf"
_MAGICS: Final = (
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard data: unpack it first"),
    (b"BZh", "bzip2 data: unpack it first"),
    (b"\xfd7zXZ", "xz data: unpack it first"),
    (b"\xff\xfe", "UTF-16 text: convert it to UTF-8 first"),
    (b"\xfe\xff", "UTF-16 text: convert it to UTF-8 first"),
)

# One line of a Pulumi text log. Repeats are bounded: the bytes are hostile.
_TELLING: Final = re.compile(
    rb"""
      \x20(?:[+~<>=-]{2}|[+~<>=-]\x20|\x20\x20)\x20{1,3}[a-z][\w-]{0,80}:[\w./-]{0,200}:\w{1,200}\x20 # a row
    | (?:@|\xe2\x9c\xa8)\x20(?i:updating|destroying|previewing|refreshing|importing)\b # the spinner
    | (?:Updating|Destroying|Refreshing|Importing|Previewing\x20[a-z]{4,12})\x20\([^)\n]{1,200}\) # a header
    | Diagnostics:[ \t]*\r?$
    | Resources:[ \t]*\r?\n[^\n]{0,120}?\x20{4}[+~<>=-]{0,2}\x20?\d
    | Duration:\x20\d{1,6}[hms] | (?:View\x20Live|Permalink):\x20http
    | Building\x20kv\x20namespace\x20for\x20
    """,
    re.VERBOSE | re.MULTILINE,
)
_ANSI: Final = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|<\{%[^%\n]*%\}>")

_JSON: Final = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]')
_EVENT: Final = re.compile(
    rb'\{"sequence":\d+,"timestamp":\d+[,}]|\{"(?:preludeEvent|resourcePreEvent|resOutputsEvent|cancelEvent)":'
)
_RECORDS: Final = re.compile(rb'\{\s*"Records"\s*:\s*\[\s*')
_LISTING: Final = re.compile(
    rb"""
      \{\s*(?:"NextToken"\s*:\s*"[^"]{0,4096}"\s*,\s*)?"Items"\s*:\s*\[\s*(?:\{\s*"(?:Key|Value)"|\]|\Z) # the AWS CLI's
    | \{\s*"schema"\s*:\s*"lostwrite\.keys/ # that of `lostwrite keys`
    """,
    re.VERBOSE,
)
_SERVICE: Final = re.compile(rb'"eventSource"\s*:\s*"[^"]{0,200}\.amazonaws\.com"')
_NOTIFIER: Final = re.compile(rb'"[eE]ventSource"\s*:\s*"aws:(\w{1,30})')
_NOTIFIERS: Final = {b"s3": "S3 event", b"dynamodb": "DynamoDB stream", b"kinesis": "Kinesis", b"sns": "SNS"}
_OF_MANY: Final = (b'"AwsAggregatedEvent"', b'"AwsCloudTrailInsight"')  # records of many calls, and of none
_PREVIEW: Final = (b'"changeSummary"', b'"steps"')
_FIRST_KEY: Final = re.compile(rb'[\s\[{]*"([\w .:/-]{1,60})')


@dataclass(frozen=True, slots=True)
class Identity:
    """What a source is.

    Attributes:
        kind: engine-events, pulumi-text, cloudtrail-s3 and the other forms of `identify_trail`, key-listing or unknown.
        reason: why, in one clause: what was seen, or for `unknown` what it is instead.
    """

    kind: str
    reason: str


_TEXT: Final = Identity("pulumi-text", "lines of Pulumi's text output")
_RECORDS_SEEN: Final = Identity("cloudtrail-s3", "CloudTrail records")
_LISTING_SEEN: Final = Identity("key-listing", "the keys of a key-value store")
_NO_LINE: Final = "text without one line of a Pulumi log"


def identify(source: Source) -> Identity:
    """What `source` is, from its first 64 KiB (unpacked); a text is searched on, for its first telling line.

    Never raises for what is in the source: a source that cannot be opened or unpacked is `unknown`.
    """
    with closing(_windows(source)) as windows:
        try:
            head = next(windows, b"")
            found = tell(head)
            if found.reason == _NO_LINE and any(_TELLING.search(window) for window in windows):
                return _TEXT
        except InputError as error:
            return _unknown(error.reason)
    return found


def tell(head: bytes) -> Identity:
    """What begins with `head`: the first 64 KiB of a source, unpacked, or all of a smaller one."""
    if packed := next((reason for magic, reason in _MAGICS if head.startswith(magic)), None):
        return _unknown(packed)
    text = head.removeprefix(UTF8_BOM)
    body = text.lstrip()
    if match := _RECORDS.match(body):
        return _records_shape(body, match.end())
    if _holds_engine_events(body):
        return Identity("engine-events", "lines of Pulumi engine events")
    recorded = tell_trail(body)
    shape = Identity(*recorded) if recorded else _json_shape(body) if _JSON.match(body) else None
    if shape and shape.kind != "unknown":
        return shape
    if _TELLING.search(_ANSI.sub(b"", text)):
        return _TEXT
    return shape or _unknown(_no_text(body) if head else "empty (0 bytes)")


def _unknown(reason: str) -> Identity:
    return Identity("unknown", reason)


def _no_text(body: bytes) -> str:
    if not body:
        return "blank: nothing but white space"
    if b"\0" in body or sum(byte < 9 for byte in body[:4096]) > len(body[:4096]) // 20:  # noqa: PLR2004 (tab is 9)
        return "a binary file"
    return _NO_LINE


def _windows(source: Source) -> Generator[bytes]:
    """The first 64 KiB, then the rest in pieces that overlap by the longest telling line."""
    seen, held = 0, b""
    headed = False
    try:
        for block in blocks(source):
            held += block
            seen += len(block)
            if not headed and len(held) >= HEAD:
                yield held[:HEAD]
                headed, held = True, held[HEAD - 1024 :]
            if headed:
                yield _ANSI.sub(b"", held)
                held = held[-1024:]
            if seen > SEARCHED:
                return
    except InputError:
        if not (held or headed):
            raise
    if not headed:
        yield held


def _holds_engine_events(body: bytes) -> bool:
    """Whether one of the first lines is an engine event; one that the head cuts is told by its beginning."""
    lines = body.split(b"\n", 20)[:20]
    return any(_EVENT.match(line) or _is_event(line) for line in lines if line.startswith(b"{"))


def _is_event(line: bytes) -> bool:
    try:
        value = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "sequence" in value and "timestamp" in value


def _json_shape(body: bytes) -> Identity:
    if _LISTING.match(body):
        return _LISTING_SEEN
    if all(marker in body for marker in _PREVIEW):
        return _unknown("output of `pulumi preview --json`: a preview writes nothing")
    key = _FIRST_KEY.match(body)
    return _unknown("JSON of another shape" + (f" (its first key is {key[1].decode()!r})" if key else ""))


def _records_shape(body: bytes, start: int) -> Identity:
    if body.startswith(b"]", start):
        return Identity("cloudtrail-s3", "an empty list of records")
    if _SERVICE.search(body):
        return _RECORDS_SEEN
    if match := _NOTIFIER.search(body):
        name = _NOTIFIERS.get(match[1], "AWS")
        return _unknown(f"these are {name} notifications, not CloudTrail records")
    is_escaped = (
        b'"eventVersion"' in body and b'"userIdentity"' in body
    )  # its `eventSource` may be written so
    if is_escaped or any(name in body for name in _OF_MANY):
        return _RECORDS_SEEN
    return _unknown("a list of records that are not CloudTrail's")
