"""CloudWatch Logs: lines of an export task to S3, `TIMESTAMP {record}`; `aws logs tail` adds the stream's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from analyzer.sources.identify import UTF8_BOM
from analyzer.trail.unwrap.record_collector import RecordCollector

if TYPE_CHECKING:
    from analyzer.trail.interface import FileRecords

KIND: Final = "cloudtrail-cwl-export"
FORM: Final = "cwl-export"
_LINE: Final = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.+Z-]{5,30} (?:[^\s{]{1,600} )?(?=\{)")


def unwrap(data: bytes) -> FileRecords:
    """The records in `data`, a line each."""
    collector = RecordCollector()
    for line in data.removeprefix(UTF8_BOM).splitlines():
        begin = _LINE.match(line)
        if begin:
            collector.take(line[begin.end() :])
        elif line.strip():
            collector.damage()
    return collector.file_records()
