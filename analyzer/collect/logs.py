"""Deploy logs that the user has: files, folders, or addresses in S3, copied into the bundle as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.moments import of_file
from analyzer.sources.find import find
from analyzer.sources.limits import MIB
from analyzer.sources.s3.address import is_s3
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.source import Source, UnreadableError
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analyzer.collect.interface import Means
    from analyzer.sources.find import Sources
    from analyzer.sources.input_stats import InputStats

_LARGEST: Final = 512 * MIB


def find_logs(words: Sequence[str], means: Means) -> tuple[Sources, list[InputStats]]:
    """The logs that the words name, and stats of what names none."""
    return find(words, s3=means.connection)


def copied_logs(logs: Sources, means: Means) -> list[Source]:
    """The logs in the bundle, in their order; what cannot be read is noted."""
    copies: list[Source] = []
    for place, source in enumerate(ahead(logs)):
        name = source.name if is_s3(source.name) else f"file:{source.name}"
        path = means.keep.has(name, source.etag)
        modified = _modified(source)
        try:
            if path is None:
                data = _data(source)
                path = means.keep.put("log", name, data, etag=source.etag, modified=modified)
                means.told("logs", place + 1, len(logs), len(data))
        except (UnreadableError, InputError) as error:
            means.keep.refuse(source.name, error.reason)
        else:
            copies.append(Source(printable(path), path, modified=modified))
    return copies


def _modified(source: Source) -> datetime | None:
    """When it was last changed, which may be all that says when its deploy ended; an archive's time says nothing."""
    if source.modified is not None or source.path is None or source.opener is not None:
        return source.modified
    try:
        return of_file(source.path)
    except OSError:
        return None


def _data(source: Source) -> bytes:
    """All its bytes.

    Raises:
        InputError: they cannot be read, or are too many.
        UnreadableError: they are in a bucket, and cannot be read.
    """
    if source.size() > _LARGEST:
        raise InputError(source.name, f"is larger than {_LARGEST // MIB} MiB")
    with source.open() as stream:
        return stream.read() + stream.read(1)  # what is missing at the end is told by the second
