"""Records within other text: pasted into an issue or a chat, in fences and under titles, or quoted (`> `).

A record begins where a brace stands before the name of one of its fields, and ends where its JSON does. What stands
between is text, and is not counted; an object that begins as a record does and cannot be read is damage.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from analyzer.sources.identify import UTF8_BOM
from analyzer.sources.limits import MIB, RESCANS, read_in_vain
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-pasted"
FORM: Final = "pasted"
_QUOTED: Final = re.compile(rb"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_FIRST: Final = (
    r"event(?:Version|Time|Source|Name|ID|Type|Category)|userIdentity|awsRegion|sourceIPAddress|userAgent|readOnly"
    r"|requestParameters|responseElements|requestID|recipientAccountId|additionalEventData|error(?:Code|Message)"
    r"|managementEvent|apiVersion|sharedEventID|resources|tlsDetails|Records|[eE]vents|version|id|detail(?:-type)?|source"
)
_BEGIN: Final = re.compile(rf'[{{\[]\s*(?:\{{\s*)?"(?:{_FIRST})"\s*:')
_JSON: Final = json.JSONDecoder(strict=False)
_DAMAGES: Final = 1_000  # in one file, before it is given up


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`."""
    data = _QUOTED.sub(b"", data.removeprefix(UTF8_BOM))
    text = data.decode("latin-1")  # a character a byte: positions alone are needed
    collector = RecordCollector()
    work = RESCANS * max(MIB, len(text))  # characters that may be read in vain
    damages = 0
    begin = _BEGIN.search(text)
    while begin and work > 0 and damages < _DAMAGES:
        at = begin.start()
        try:
            _, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            work -= read_in_vain(error, at, len(text))
            end = at + 1
            damages += 1
            collector.damage()
        else:
            collector.take(data[at:end])
        begin = _BEGIN.search(text, max(begin.end(), end))
    return collector.file_records(["the rest was not read: too much of it is damaged"] if begin else [])
