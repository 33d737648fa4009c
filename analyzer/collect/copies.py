"""Objects of a bucket: their names, page by page as far as they are wanted, and their bytes.

A listing that repeats itself, does not come in order, or does not end is refused: half of one would look like a whole.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from analyzer.collect.interface import RefusedError
from analyzer.sources.s3.address import SCHEME
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.s3.answer import S3Error
from analyzer.sources.s3.fetch import S3Opener
from analyzer.sources.source import Source, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from analyzer.collect.interface import Keep
    from analyzer.sources.s3.client import Connection, Object

MOST_BYTES: Final = 512 << 20
"""Of one object."""


def uri(bucket: str, key: str) -> str:
    """The address of an object."""
    return f"{SCHEME}{bucket}/{key}"


def keys_after(connection: Connection, bucket: str, prefix: str, after: str = "") -> Iterator[Object]:
    """The objects below a prefix that come after a key, in the order of their keys; each page when it is needed.

    Raises:
        RefusedError: the endpoint does not list them as S3 does.
    """
    limits = connection.settings.limits
    what = uri(bucket, prefix)
    end = time.monotonic() + limits.listing
    token: str | None = None
    empty = 0
    while True:
        try:
            page = connection.page(bucket, prefix, after=after, token=token)
        except S3Error as error:
            raise RefusedError(what, error.reason) from error
        for each in page.objects:
            if each.key <= after:
                raise RefusedError(what, "the endpoint does not list keys in their order, as S3 does")
            after = each.key
            if each.key.startswith(prefix):
                yield each
        token = page.token
        if token is None:
            return
        empty = 0 if page.objects else empty + 1
        if empty > limits.empty_pages or time.monotonic() > end:
            raise RefusedError(what, "its listing does not end")


def contents(
    connection: Connection, bucket: str, objects: Iterable[Object]
) -> Iterator[tuple[Object, bytes | RefusedError]]:
    """The bytes of each object, or why there are none; the next ones are fetched meanwhile."""
    kept: list[Object] = []

    def sources() -> Iterator[Source]:
        for each in objects:
            kept.append(each)
            yield Source(
                uri(bucket, each.key), None, opener=S3Opener(connection, bucket, each), stored=each.size
            )

    for place, source in enumerate(ahead(sources())):
        each = kept[place]
        if each.size > MOST_BYTES:
            yield each, RefusedError(source.name, f"is larger than {MOST_BYTES >> 20} MiB")
            continue
        try:
            if source.opener is None:
                yield each, source.content
                continue
            with source.opener() as stream:
                data = stream.read() + stream.read(1)  # what is missing at the end is told by the second
            yield each, data
        except (UnreadableError, OSError) as error:
            yield each, RefusedError(source.name, getattr(error, "reason", None) or "cannot be read")


def copied(
    connection: Connection,
    bucket: str,
    objects: Sequence[tuple[str, Object]],
    keep: Keep,
    *,
    context: bool = False,
) -> Iterator[tuple[Object, Path | None]]:
    """Each object's file in the bundle, in their order; None where it was refused, which is noted.

    Args:
        connection: to the bucket's endpoint.
        bucket: its name.
        objects: each with what it is (`analyzer.bundle.manifest.KINDS`).
        keep: the bundle; what it has already is not fetched.
        context: whether they are of a deploy that was not asked for.
    """
    had = [keep.has(uri(bucket, each.key), each.etag, context=context) for _, each in objects]
    missing = [each for (_, each), path in zip(objects, had, strict=True) if path is None]
    coming = contents(connection, bucket, missing)
    for (kind, each), path in zip(objects, had, strict=True):
        if path is not None:
            yield each, path
            continue
        _, data = next(coming)
        if isinstance(data, RefusedError):
            keep.refuse(uri(bucket, each.key), data.reason)
            yield each, None
        else:
            yield (
                each,
                keep.put(
                    kind,
                    uri(bucket, each.key),
                    data,
                    etag=each.etag,
                    modified=each.modified,
                    context=context,
                ),
            )
