"""`--output text` of the AWS CLI: a row for each event, its cells parted by tabs; the record is one of them.

Source: aws/aws-cli, awscli/text.py: a row begins with the name of its list in capitals, then come the values in the
order of their names; nested lists have rows of their own. `lookup-events`, `filter-log-events` and `get-query-results`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.sources.identify import UTF8_BOM
from analyzer.trail.forms.lookup_events import NO_DATA_EVENTS
from analyzer.trail.interface import FileExtent
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cli-text"
FORM: Final = "cli-text"
_ROW: Final = re.compile(rb"(EVENTS|RESULTS|QUERYRESULTROWS|RECORDS)\t")
_LOOKED_UP: Final = re.compile(rb"\t[a-z0-9-]{1,60}\.amazonaws\.com(?:\t|$)")


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a row each. Those of `lookup-events` are of management events, and speak for no time."""
    collector = RecordCollector()
    looked_up = False
    for line in data.removeprefix(UTF8_BOM).splitlines():
        if not _ROW.match(line):
            continue  # of a nested list, a token or a count
        record = next((cell for cell in line.split(b"\t") if cell.startswith(b"{")), None)
        if record is not None:
            collector.take(record)
            looked_up = looked_up or _LOOKED_UP.search(line) is not None
        elif not line.startswith(b"RESULTS\t@"):
            collector.refuse("a row without a record")
    records = collector.file_records()
    if not looked_up or records.refused:
        return records
    return replace(records, problems=[NO_DATA_EVENTS, *records.problems], extent=FileExtent())
