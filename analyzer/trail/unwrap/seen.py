"""What each record of a log file shows of where and when it was made, read without the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.trail.extent import HOME
from analyzer.trail.interface import FileExtent
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

_USUAL: Final = len("2026-06-10T00:05:02Z")


class Seen(
    msgspec.Struct,
    gc=False,
    rename={
        "at": "eventTime",
        "region": "awsRegion",
        "account": "recipientAccountId",
        "is_management": "managementEvent",
    },
):
    """The fields of a record of any service; each may be of an odd type."""

    at: object = None
    region: object = None
    account: object = None
    is_management: object = None


class _File(msgspec.Struct, gc=False):
    Records: list[Seen]


_FILE: Final = msgspec.json.Decoder(_File)
_RECORD: Final = msgspec.json.Decoder(Seen)


def seen_in(data: bytes) -> list[Seen]:
    """Those of a whole log file.

    Raises:
        ValueError: it is no valid JSON, or one of its records is no object.
        RecursionError: it is nested too deeply.
    """
    return _FILE.decode(data).Records


def seen_of(records: Sequence[bytes | msgspec.Raw]) -> list[Seen]:
    """That of each record; of one that cannot be decoded nothing is seen."""
    return [_seen(record) for record in records]


def extent_of(records: Sequence[Seen]) -> FileExtent:
    """How far the records reach: each counts for its own Region, so that only the times of us-east-1 do."""
    times = [record.at for record in records if (record.region or HOME) == HOME]
    texts = [time for time in times if isinstance(time, str)]
    if len(texts) == len(times) and all(len(text) == _USUAL and text[-1] == "Z" for text in texts):
        times = (
            [min(texts), max(texts)] if texts else []
        )  # texts of one length: their order is that of the times
    moments = [moment for time in times if (moment := parse_time(time)) is not None]
    return FileExtent(
        min(moments, default=None), max(moments, default=None), *(_texts(records, name) for name in _SETS)
    )


def is_of_management(records: Sequence[Seen]) -> bool:
    """Whether all of them say that they are management events."""
    return bool(records) and all(record.is_management is True for record in records)


_SETS: Final = ("account", "region")


def _seen(record: bytes | msgspec.Raw) -> Seen:
    try:
        return _RECORD.decode(record)
    except (ValueError, RecursionError):
        return Seen()


def _texts(records: Sequence[Seen], name: str) -> set[str]:
    return {text for record in records if isinstance(text := getattr(record, name), str) and text}
