"""Deploy logs that the user has: files, folders, or addresses in S3, copied into the bundle as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.find import find
from analyzer.sources.limits import MIB
from analyzer.sources.s3.address import is_s3
from analyzer.sources.s3.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.collect.interface import Means

_LARGEST: Final = 512 * MIB


def gather_logs(words: Sequence[str], means: Means) -> list[Path]:
    """The files of the logs in the bundle, in the order of the words; what cannot be read is noted."""
    sources, missing = find(words, s3=means.connection)
    for stats in missing:
        means.keep.refuse(stats.source, stats.problems[0])
    files: list[Path] = []
    for place, source in enumerate(ahead(sources)):
        name = source.name if is_s3(source.name) else f"file:{source.name}"
        had = means.keep.has(name, source.etag)
        if had is not None:
            files.append(had)
            continue
        try:
            if source.size() > _LARGEST:
                raise InputError(source.name, f"is larger than {_LARGEST // MIB} MiB")
            with source.open() as stream:
                data = stream.read() + stream.read(1)
        except (InputError, OSError) as error:
            means.keep.refuse(source.name, getattr(error, "reason", None) or "cannot be read")
            continue
        files.append(means.keep.put("log", name, data, etag=source.etag, modified=source.modified))
        means.told("logs", place + 1, len(sources), len(data))
    return files
