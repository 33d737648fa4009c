"""CloudTrail's log files in S3: `{"Records": [...]}`, on one line as CloudTrail writes them, or printed prettily.

A file that is certainly as CloudTrail delivered it is only searched where it holds no call on a key-value store
(`skim`). Any other is decoded: damage in its middle shows in no other way, and its records may be of several Regions.
A file that is no valid JSON as a whole is read record by record, so that damage costs only the records that it hit.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.limits import DENSE, MIB, RESCANS, is_dense, read_in_vain
from analyzer.trail.calls.marker import may_be_escaped, may_hold_calls, names
from analyzer.trail.interface import FileRecords
from analyzer.trail.search import count
from analyzer.trail.unwrap.seen import extent_of, is_of_management, seen_in, seen_of

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND: Final = "cloudtrail-s3"
FORM: Final = "s3-log"

_START: Final = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[')
_END: Final = re.compile(rb"\]\s*\}\s*$")
_VERSION: Final = (
    b'"eventVersion"'  # required since version 1.0, once in a record; quotes in a string are escaped
)
_SOURCE: Final = b'"eventSource"'
OF_MANAGEMENT: Final = (
    "management events only: a download of Event history is so, which never contains calls on keys, and proves no key's"
    " absence"
)
"""What is told of a file that may be one."""
_BETWEEN: Final = re.compile(r'(?:[\s,\]}]|\{\s*"Records"\s*:\s*\[)*')  # also between files that were joined
_FIRST_KEY: Final = re.compile(r'\{\s*"(\w{1,40})"')
_DAMAGES: Final = 1_000  # spans of damage in one file, before it is given up
_JSON: Final = json.JSONDecoder(strict=False)


class _File(msgspec.Struct, gc=False):
    Records: list[msgspec.Raw]


_RECORD: Final = msgspec.json.Decoder(msgspec.Raw)
_FILE: Final = msgspec.json.Decoder(_File)


def unwrap(data: bytes) -> FileRecords:
    """The records of a log file that may be calls on a key-value store, the count of all, and how far they reach."""
    data = data.removeprefix(UTF8_BOM)
    if is_dense(data):
        return FileRecords((), 0, refused=DENSE)
    places = names(data)
    escaped = may_be_escaped(data)
    try:
        records = _FILE.decode(data).Records if places or escaped else ()
        seen = seen_in(data)
    except (ValueError, RecursionError):
        return _one_by_one(data)
    problems = [OF_MANAGEMENT] if is_of_management(seen) else []
    return FileRecords(
        _candidates(data, records, places, escaped=escaped),
        len(seen),
        problems=problems,
        extent=extent_of(seen),
    )


def skim(data: bytes) -> FileRecords:
    """The same of a file as CloudTrail delivered it, which gzip's checksum shows: it is valid, and need not be decoded.

    How far it reaches is left open: its name and its ends show it.
    """
    data = data.removeprefix(UTF8_BOM)
    places = names(data)
    escaped = may_be_escaped(data)
    if not places and not escaped and _is_whole(data) and (known := _known(data)) is not None:
        return FileRecords((), known)
    if is_dense(data):
        return FileRecords((), 0, refused=DENSE)
    try:
        records = _FILE.decode(data).Records
    except (ValueError, RecursionError):
        return _one_by_one(data)
    return FileRecords(_candidates(data, records, places, escaped=escaped), len(records))


def _known(data: bytes) -> int | None:
    """How many records a valid file has, as two fields say that CloudTrail always writes; None if they disagree."""
    known = count(data, _VERSION)
    return known if known == count(data, _SOURCE) else None


def _candidates(
    data: bytes, records: Sequence[msgspec.Raw], places: list[int], *, escaped: bool
) -> Sequence[msgspec.Raw]:
    """Those that may be calls on a key-value store."""
    if not places and not escaped:
        return ()
    chosen = None if escaped else _at(data, records, places)
    if chosen is not None:
        return chosen
    return [record for record in records if may_hold_calls(bytes(record))]


def _is_whole(data: bytes) -> bool:
    """Whether the file ends as one does, and its last record too: one that is cut may end like a file.

    False also where this cannot be decided without reading more.
    """
    end = _END.search(data, max(0, len(data) - 256))
    last = data.rfind(b"{", 0, max(0, data.rfind(_VERSION)))
    if not end or last < 0:
        return end is not None and _START.match(data) is not None and _VERSION not in data
    try:
        _RECORD.decode(memoryview(data)[last : end.start()])
    except (ValueError, RecursionError):
        return False
    return True


def _at(data: bytes, records: Sequence[msgspec.Raw], places: list[int]) -> list[msgspec.Raw] | None:
    """Those of `records`, which were found in `data`, that stand at `places`; None if this cannot be decided.

    It can where nothing but a comma stands between two records: then their lengths give their places.
    """
    start = _START.match(data)
    sizes = list(accumulate(map(len, records), initial=start.end() if start else 0))
    if sizes[-1] + len(records) + 1 != len(data.rstrip()):
        return None
    starts = range(len(records))
    indexes = {bisect_right(starts, place, key=lambda index: sizes[index] + index) - 1 for place in places}
    return [records[index] for index in sorted(indexes)]


def _one_by_one(data: bytes) -> FileRecords:
    """The records of a file that is cut or damaged (or several that were joined): each that can be decoded.

    After damage, reading continues where the next record seems to begin: with the key that the first began with.
    """
    text = data.decode("latin-1")  # a character a byte: the scanner needs the positions alone
    at = _past(text, 0)
    key = _FIRST_KEY.match(text, at)
    begin = re.compile(rf'\{{\s*"{key[1] if key else "eventVersion"}"')
    records: list[bytes] = []
    damaged: list[int] = []
    count = 0
    cut = False
    work = RESCANS * max(MIB, len(text))  # characters that may be read in vain
    while at < len(text) and len(damaged) < _DAMAGES and work > 0:
        try:
            _, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            damaged.append(count + len(damaged) + 1)
            work -= read_in_vain(error, at, len(text))
            following = begin.search(text, at + 1)
            cut = following is None and _ran_out(error, text)
            at = following.start() if following else len(text)
            continue
        count += 1
        records.append(data[at:end])
        at = _past(text, end)
    candidates = [record for record in records if may_hold_calls(record)]
    extent = extent_of(seen_of(records))
    return FileRecords(candidates, count, len(damaged), _damage(data, damaged, count, cut=cut), extent=extent)


def _past(text: str, at: int) -> int:
    """The place of the next record at or after `at`."""
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _ran_out(error: Exception, text: str) -> bool:
    """Whether the text ended before its last value did."""
    return isinstance(error, json.JSONDecodeError) and error.pos >= len(text.rstrip())


def _damage(data: bytes, damaged: list[int], count: int, *, cut: bool) -> list[str]:
    if cut or not _END.search(data, max(0, len(data) - 256)):
        return [f"the JSON is cut short after {count} whole record(s)"]
    if not damaged:
        return []
    places = ", ".join(map(str, damaged[:5])) + (", ..." if damaged[5:] else "")
    return [f"the JSON is damaged: {count} record(s) were read, not these: {places}"]
