"""Which kind of text log a text is, by its lines.

| kind | detected by |
|---|---|
| pulumi-verbose | its first line is a record of glog or of Pulumi's slog, or of a glog file's head, and most are; |
|                | or some are, and all else is Pulumi's text |
| sst-log | its first line is a record of Go's slog (`time=… level=… msg=…`), and most are; no line of SST's terminal |
| pulumi-text | its first line is one that Pulumi prints, and a telling line stands unprefixed; no line of SST's |
| terminal | any other text with one telling line: of SST's terminal output, of Pulumi's, a slog record, an SDK error |

Repeats are bounded: the bytes are hostile. Sources: facts on Pulumi's text (pkg/backend/display) and verbose log
(sdk/go/common/util/logging), and on SST's terminal output and sst.log (cmd/sst/mosaic/ui).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from analyzer.sources.identity import Identity

ANSI: Final = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|<\{%[^%\n]*%\}>")
_MOST: Final = 0.5
_FEW: Final = 3  # records that are no accident
_LINES: Final = 500  # lines of the head that are weighed

_COUNT: Final = (
    rb"(?:[+~<>=-]{1,2}\x20?)?\d{1,9}\x20(?:to\x20)?"
    rb"(?:creat|updat|delet|replac|import|refresh|read|discard|changes?\b|unchanged\b|errored\b)"
)
# A line of a Pulumi text log.
_PULUMI: Final = re.compile(
    rb"""
      \x20(?:[+~<>=-]{2}|[+~<>=-]\x20|\x20\x20)\x20{1,3} # a row
      (?:[a-z][\w-]{0,80}:[\w./-]{0,200}:\w{1,200}|urn:pulumi:[^\s]{1,400})\x20
    | (?:[+~<>=-]{2}|[+~<>=-]\x20|\x20\x20)\w[^\s(]{1,300}:\x20\( # a step of a diff
      (?:same|create|update|delete|replace|read|refresh|import|discard)
    | (?:@|\xe2\x9c\xa8)\x20(?i:updating|destroying|previewing|refreshing|importing)\b # the spinner
    | (?:Updating|Destroying|Refreshing|Importing|Previewing\x20[a-z]{4,12})\x20\([^)\n]{1,200}\) # a header
    | (?:Updating|Destroying|Refreshing|Previewing)\x20(?:[a-z]{2,12}\x20of\x20)?stack\x20'[^'\n]{1,200}'(?: # of 2018
      \x20in\x20the\x20Pulumi\x20Cloud|[ \t]*\r?\n[ \t]*(?:Performing|Previewing)\x20changes:)
    | info:\x20(?:\d{1,6}|no)\x20changes?\x20(?:performed|previewed)\b
    | Diagnostics:[ \t]*\r?\n[^\n]{0,120}?\x20\x20\S # with a message
    | \A\s{0,8}Resources:\s{0,8}\Z # all that a run without steps prints
    | Resources:[ \t]*\r?\n[^\n]{0,120}?\x20{4}COUNT # others print `Resources:` and `Duration:`, too
    | \x20{4}COUNT[^\n]{0,60}\n(?:[^\n]{0,120}\n){0,3}?[^\n]{0,120}?Duration:\x20\d{1,6}[hms]
    | (?:View\x20Live|Permalink):\x20http
    | Building\x20kv\x20namespace\x20for\x20
    """.replace(b"COUNT", _COUNT),
    re.VERBOSE | re.MULTILINE,
)
# What Pulumi prints first: with it a log begins that nothing else has written to.
_PULUMI_FIRST: Final = re.compile(
    rb"""
      \x20(?:[+~<>=-]{2}|[+~<>=-]\x20|\x20\x20)\x20 | \x20{0,8}[+~<>=-]{1,2}\x20{0,3}\w[\w-]*:
    | (?:@|\xe2\x9c\xa8)\x20 | \.+$ | \x20+Type\x20+Name
    | (?:Updating|Destroying|Refreshing|Importing|Previewing|Performing\x20changes)\b
    | (?:Diagnostics|Resources|Outputs|Policies|Policy\x20Violations|Policy\x20Packs\x20run|Changes|Configuration
      |Duration):
    | System\x20Messages$ | View\x20(?:Live|in\x20Browser) | Permalink: | (?:error|warning):\x20
    | (?:Downloading|Installing|Loading)\x20(?:plugin|provider|policy)
    | \x20{0,8}(?:\w[\w-]*:[\w./-]*:\w+|urn:pulumi:[^\n]{1,400}):\x20\( # a step that changes nothing
    """,
    re.VERBOSE,
)
# Lines that are printed flush, and what a paste put before them: it was indented, or quoted.
_SHIFTED: Final = re.compile(
    rb"""
    ^([ \t>]*)(?:(?:Updating|Destroying|Refreshing|Importing|Previewing\x20[a-z]{4,12})\x20\([^)\n]{1,200}\):?[ \t]*\r?$
      |Diagnostics:[ \t]*\r?$|Duration:\x20\d|(?:View\x20Live|Permalink):\x20http
      |\x20{5}Type\x20+Name\b
      |(?:Updating|Destroying|Refreshing|Previewing)\x20(?:[a-z]{2,12}\x20of\x20)?stack\x20'
      |(?:Performing|Previewing)\x20changes:[ \t]*\r?$
      |(?:@|\xe2\x9c\xa8)\x20(?i:updating|destroying|previewing|refreshing|importing)\b
      |time=\d{4}-\d\d-\d\dT\S{8,30}\x20level=)
    """,
    re.VERBOSE | re.MULTILINE,
)
_SST: Final = re.compile(
    rb"""
      ^SST\x20(?:\xe2\x9d\x8d\x20ion\x20)?\S{1,40}\x20{1,2}(?:\(experimental\)\x20{1,2})?ready! # the header
    | \xe2\x9e\x9c\x20\x20(?:App:|No\x20changes)
    | ~\x20\x20(?:Deploy|Remove|Refresh|Diff|Deploying|Removing|Refreshing|No\x20changes)[ \t]*\r?$
    | \|\x20\x20(?:Created|Updated|Deleted|Imported|Refreshed|Creating|Updating|Deleting|Error|Info|Warning|Locked|Log
      |Build|Build\x20Error|Reload|Invoke|Done|Start|Provision|Missing)(?:\x20|[ \t]*\r?$)
    | (?:\xe2\x9c\x93)\x20\x20(?:Complete|Removed|Refreshed|Generated|No\x20changes|No\x20resources)
    | (?:\xe2\x9c\x95|\xc3\x97)\x20\x20\S
    | \xe2\x86\x97\x20\x20Permalink
    """,
    re.VERBOSE | re.MULTILINE,
)
_SST_LINE: Final = re.compile(
    b"^(?:" + _SST.pattern + b")", _SST.flags
)  # `sst deploy --print-logs` has such lines
_OTHER: Final = re.compile(
    rb"""
      operation\x20error\x20[\w\x20.-]{1,60}:\x20\w{1,60},\x20[^\n]{0,200}https\x20response\x20error
    | \b[A-Z]\w{1,40}:\x20\w{1,60},\x20(?:exceeded[\w\x20]{1,40},\x20\d{1,4},\x20)? # an older form of it
      https\x20response\x20error\x20StatusCode:
    | promises\x20were\x20still\x20active | Promise\x20leak\x20detected
    """,
    re.VERBOSE,
)
_OF_SST: Final = re.compile(
    rb"\w\x20sst:[a-z]{1,20}:\w{1,60}(?:\x20\xe2\x86\x92\x20\w|[ \t]*\r?$)", re.MULTILINE
)
_RECORD: Final = re.compile(rb"time=\d{4}-\d\d-\d\dT\S{8,30}\x20level=[A-Z]{4,5}\x20msg=")
_SLOG: Final = re.compile(rb"(?:time=\d{4}-\d\d-\d\dT\S{8,30}\x20)?level=[A-Z]{4,5}\S{0,4}\x20msg=")
_VERBOSE: Final = re.compile(
    rb"""
      [IWEF]\d{4}\x20\d\d:\d\d:\d\d\.\d{6}\x20+\d+\x20[^:\]\n]{1,200}:\d+\]
    | \{"time":"\d{4}-\d\d-\d\dT[^"\n]{8,30}","level":"(?:DEBUG|INFO|WARN|ERROR)[^"\n]{0,4}","msg":
    | Log\x20file\x20created\x20at:\x20 | Running\x20on\x20machine:\x20 | Binary:\x20Built\x20with\x20
    | Log\x20line\x20format:\x20
    """,
    re.VERBOSE,
)

_FEWEST: Final = 2
"""Ends of lines in a text of which a prefix may be inferred."""

_TERMINAL_SST: Final = Identity("terminal", "lines of SST's terminal output", "sst")
_TERMINAL_PULUMI: Final = Identity("terminal", "lines of Pulumi's text output among others")
_TERMINAL_RECORDS: Final = Identity("terminal", "records of SST's log among other lines", "sst")
_TERMINAL_ERROR: Final = Identity("terminal", "an error of SST among other lines", "sst")
_TERMINAL_OTHER: Final = Identity("terminal", "errors of a deploy among other lines")


def _without_prefixes(text: bytes) -> bytes:
    """`text` without inferred prefixes; a line or two have none. It loads polars, which trails do not need."""
    if text.count(b"\n") < _FEWEST:
        return text
    from analyzer.sources.unprefixed import without_prefixes

    return without_prefixes(text)


def detect_text(text: bytes) -> Identity | None:
    """The kind of text log that begins with `text`; None if no line shows one."""
    plain = _without_prefixes(_unshifted(ANSI.sub(b"", text)))
    lines = [line for line in plain.split(b"\n", _LINES)[:_LINES] if line.strip()]
    if _begins(_VERBOSE, lines) or _verbose_between(lines, plain):
        return Identity("pulumi-verbose", "records of Pulumi's verbose log")
    if _begins(_SLOG, lines) and not _SST_LINE.search(plain):
        return Identity("sst-log", "records of Go's slog, as sst.log holds them", "sst")
    if not _SST.search(plain) and lines and _PULUMI_FIRST.match(lines[0]) and _PULUMI.search(plain):
        return Identity("pulumi-text", "lines of Pulumi's text output")
    return detect_within(plain)


def _unshifted(plain: bytes) -> bytes:
    """`plain` without what a paste put before most of its flush lines, and so before all others."""
    shift, _ = max(Counter(_SHIFTED.findall(plain)).most_common(1), default=(b"", 0))
    if not shift:
        return plain
    alone = re.escape(shift.rstrip()) + b"$"
    return re.sub(b"^(?:" + re.escape(shift) + b"|" + alone + b")", b"", plain, flags=re.MULTILINE)


def detect_within(plain: bytes) -> Identity | None:
    """The kind of a text with telling lines somewhere, without ANSI sequences; None if no line shows one."""
    if _SST.search(plain):
        return _TERMINAL_SST
    if _PULUMI.search(plain):
        return _TERMINAL_PULUMI
    if _RECORD.search(plain):
        return _TERMINAL_RECORDS
    if not _OTHER.search(plain):
        return None
    return _TERMINAL_ERROR if _OF_SST.search(plain) else _TERMINAL_OTHER


def _verbose_between(lines: list[bytes], plain: bytes) -> bool:
    """Whether records of the verbose log stand between lines of Pulumi's text (`-v=9 --logtostderr`)."""
    first = lines and (_VERBOSE.match(lines[0]) or _PULUMI_FIRST.match(lines[0]))
    if not first or _SST.search(plain) or not _PULUMI.search(plain):
        return False
    return sum(_VERBOSE.match(line) is not None for line in lines) >= _FEW


def _begins(record: re.Pattern[bytes], lines: list[bytes]) -> bool:
    """Whether the first line is such a record, and most are."""
    if not (lines and record.match(lines[0])):
        return False
    return sum(record.match(line) is not None for line in lines) > _MOST * len(lines)
