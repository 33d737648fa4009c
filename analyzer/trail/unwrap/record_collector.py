"""Collects the records of one file of any form but S3's own: each is counted, and kept where it may be a call."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.sources.limits import WRAPPERS
from analyzer.sources.quoted import listed
from analyzer.trail.calls.control import is_control
from analyzer.trail.calls.marker import may_hold_calls
from analyzer.trail.extent import HOME
from analyzer.trail.interface import FileExtent, FileRecords, Loss
from analyzer.trail.times import parse_time
from analyzer.trail.unwrap.json_values import decoded, encoded, values
from analyzer.trail.unwrap.wrapped import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_MOST_NAMED: Final = 5  # damaged rows that a problem names
OTHER: Final = "an object of another kind"
_NO_CALLS: Final = ("Insight", "Aggregated")


class _Peek(
    msgspec.Struct,
    gc=False,
    rename={
        "source": "eventSource",
        "name": "eventName",
        "version": "eventVersion",
        "identity": "userIdentity",
        "event_id": "eventID",
        "at": "eventTime",
        "region": "awsRegion",
        "account": "recipientAccountId",
        "category": "eventCategory",
        "acs_region": "acsRegion",
        "error_code": "errorCode",
        "error_message": "errorMessage",
    },
):
    """What decides whether an object is a record of CloudTrail, and how far it reaches."""

    source: object = None
    name: object = None
    version: object = None
    identity: msgspec.Raw = msgspec.Raw(b"")
    event_id: object = None
    at: object = None
    region: object = None
    account: object = None
    category: object = None
    acs_region: object = None
    error_code: object = None
    error_message: object = None


_PEEK: Final = msgspec.json.Decoder(_Peek)
_NOTIFIERS: Final = {
    "s3": "an S3 event",
    "dynamodb": "a DynamoDB stream",
    "kinesis": "a Kinesis",
    "sns": "an SNS",
}


class RecordCollector:
    """Takes in the records of one file, one by one."""

    def __init__(self) -> None:
        self.extent = FileExtent()
        self._records: list[bytes | msgspec.Raw] = []
        self._losses: list[Loss | None] = []
        self._silent: list[
            int
        ] = []  # the places of records that show an error only if the form has kept them
        self._has_errors = False
        self._controls: list[bytes | msgspec.Raw] = []
        self._count = 0
        self._damaged = 0
        self._refused: Counter[str] = Counter()
        self._example = ""  # the keys of the first object that is no record
        self._worn: Counter[str] = Counter()
        self._of_many: Counter[str] = Counter()

    def take(
        self, raw: bytes | msgspec.Raw, loss: Loss | None = None, *, silent: bool = False, depth: int = 0
    ) -> None:
        """One record, as CloudTrail would have written it; anything else is counted with its reason.

        It may be wrapped: as text, in a list, in a log file (`Records`) or in an EventBridge event (`detail`). A
        record that is `silent` shows that there was no error only if another one of the file shows that there was.
        """
        try:
            peek = _PEEK.decode(raw)
        except (ValueError, RecursionError):
            peek = None
        if peek is not None and peek.source is not None:
            self._take(peek, raw, loss, silent=silent)
            return
        try:
            inner = contents(raw) if depth < WRAPPERS else None
            peek = _peek(raw) if inner is None else None
        except (ValueError, RecursionError):
            self.damage()
            return
        for one in inner or ():
            self.take(one, loss, silent=silent, depth=depth + 1)
        if peek is not None:
            self._take(peek, raw, loss, silent=silent)

    def _take(self, peek: _Peek, raw: bytes | msgspec.Raw, loss: Loss | None, *, silent: bool) -> None:
        reason = _no_record(peek)
        if reason:
            self._example = self._example or (_keys(raw) if reason == OTHER else "")
            self.refuse(reason)
            return
        self._count += 1
        self._hear(peek)
        if is_control(peek.source, peek.name):
            self._controls.append(raw)
        if may_hold_calls(bytes(raw)):
            self._records.append(raw)
            if silent:
                self._silent.append(len(self._losses))
            self._losses.append(loss)
            if loss:
                self._worn[loss.words] += 1

    def take_fields(
        self, record: Mapping[str, object], loss: Loss | None = None, *, silent: bool = False
    ) -> None:
        """One record whose fields have been put together; those that are None it does not have.

        But for the error's code: None is that of a form which would have shown one.
        """
        kept = {name: value for name, value in record.items() if value is not None or name == "errorCode"}
        try:
            raw = encoded(kept | {"errorCode": record.get("errorCode")} if silent else kept)
        except (ValueError, RecursionError):
            self.damage()
        else:
            self.take(raw, loss, silent=silent)

    def take_value(self, value: object) -> None:
        """What stands in a field of another object: a record as text, or as an object."""
        if isinstance(value, str):
            self.take(value.encode("utf-8", "replace"))
        elif isinstance(value, (dict, list)):
            self._take_object(value)
        else:
            self.refuse("no text where a record should be")

    def _take_object(self, value: object) -> None:
        try:
            raw = encoded(value)
        except (ValueError, RecursionError):
            self.damage()
        else:
            self.take(raw)

    def count(self, number: int) -> None:
        """Records that are no calls, and were not looked into."""
        self._count += number

    def damage(self, number: int = 1) -> None:
        """Spans of the file that hold no record that can be read."""
        self._damaged += number

    def refuse(self, reason: str) -> None:
        """A thing that is whole, and no record of CloudTrail."""
        self._refused[reason] += 1

    def file_records(self, problems: Sequence[str] = ()) -> FileRecords:
        """All that was collected; `problems` stand first."""
        refused = [f"{reason} ({number})" for reason, number in self._refused.most_common(3)]
        if refused and self._example:
            refused[-1] += f", the first with the keys {self._example}"
        if refused and not (self._count or self._damaged):
            return FileRecords((), 0, refused=f"holds no record of CloudTrail: {', '.join(refused)}")
        sentences = list(problems)
        if self._damaged and not sentences:
            sentences.append(f"{self._damaged} record(s) could not be read")
        if refused:
            sentences.append(f"not records of CloudTrail: {', '.join(refused)}")
        sentences += [f"{number} record(s) are incomplete: {words}" for words, number in self._worn.items()]
        sentences += [
            f"{number} {kind} event(s), which are no calls" for kind, number in self._of_many.items()
        ]
        if not self._has_errors:
            for place in self._silent:
                self._losses[place] = (self._losses[place] or Loss(""))._replace(outcome=True)
        losses = self._losses if any(self._losses) else ()
        damaged = self._damaged + self._refused.total()
        return FileRecords(
            self._records, self._count, damaged, sentences, losses, self.extent, controls=self._controls
        )

    def _hear(self, peek: _Peek) -> None:
        region, account = peek.region, peek.account
        self._has_errors = self._has_errors or bool(peek.error_code or peek.error_message)
        if isinstance(peek.category, str) and peek.category in _NO_CALLS:
            self._of_many[peek.category] += 1
        if isinstance(account, str) and account:
            self.extent.accounts.add(account)
        if isinstance(region, str) and region:
            self.extent.regions.add(region)
        time = parse_time(peek.at) if (region or HOME) == HOME else None
        if time:
            self.extent.first = min(self.extent.first or time, time)
            self.extent.last = max(self.extent.last or time, time)


def collect_values(
    data: bytes, take: Callable[[RecordCollector, object], None], within: str | None = None
) -> FileRecords:
    """The records of a file of JSON values, each of which `take` hands to the collector, decoded.

    Of a value that is damaged, `take` gets what stands in its list `within`.
    """
    objects = values(data, within)
    collector = RecordCollector()
    for raw in objects.raws:
        try:
            value = decoded(raw)
        except (ValueError, RecursionError):
            collector.damage()
            continue
        take(collector, value)
    collector.damage(objects.damaged)
    return collector.file_records(objects.problems)


def collect_rows(
    rows: Iterable[Mapping[str, str] | None], take: Callable[[RecordCollector, Mapping[str, str]], None]
) -> FileRecords:
    """The records of a table, whose rows `take` hands to the collector; None is a row that could not be read."""
    collector = RecordCollector()
    damaged: list[int] = []  # the first
    count = 0
    for number, row in enumerate(rows, 1):
        if row is not None:
            take(collector, row)
            continue
        count += 1
        if count <= _MOST_NAMED:
            damaged.append(number)
    collector.damage(count)
    numbers = ", ".join(map(str, damaged)) + (", ..." if count > _MOST_NAMED else "")
    return collector.file_records(
        [f"the table is damaged: these rows were not read: {numbers}"] if damaged else []
    )


def _peek(raw: bytes | msgspec.Raw) -> _Peek:
    """What shows of an object, whose text may be no valid Unicode; of no object nothing does.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    value = decoded(raw)
    return _PEEK.decode(encoded(value)) if isinstance(value, dict) else _Peek()


def _no_record(peek: _Peek) -> str | None:
    """Why an object is no record of CloudTrail (docs/facts/cloudtrail.md#2-forms-on-disk); None if it is one."""
    source = peek.source if isinstance(peek.source, str) else ""
    if source.startswith("aws:"):
        return f"{_NOTIFIERS.get(source[4:], 'an AWS')} notification"
    if source.endswith(".aliyuncs.com") or (peek.acs_region and not source.endswith(".amazonaws.com")):
        return "an event of Aliyun's ActionTrail"
    is_usual = bool(peek.name) and source.endswith(".amazonaws.com")
    is_odd = bool(peek.version and bytes(peek.identity) and peek.event_id)
    if is_usual or is_odd or peek.category in _NO_CALLS:
        return None
    return OTHER


def _keys(raw: bytes | msgspec.Raw) -> str:
    try:
        value = decoded(raw)
    except (ValueError, RecursionError):
        return ""
    return listed(map(str, value)) if isinstance(value, dict) else ""
