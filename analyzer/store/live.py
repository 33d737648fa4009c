"""A listing of a live store, through boto3 (extra `aws`): it only reads.

The store is described before and after the pages are read. If its ETag changed, the pages come from two states of the
store and are not one listing: they are read again. An endpoint that never ends its answer is given up. The time limit
is for the whole listing, because an endpoint that sends a byte now and then is never silent.
"""

from __future__ import annotations

import re
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from analyzer.errors import ExtraError, InputError, UsageError
from analyzer.moments import in_utc
from analyzer.store.endpoint import Limits, kvs_client
from analyzer.store.form import SCHEMA, Item, OwnListing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudfront::\d{12}:key-value-store/[0-9A-Za-z-]{1,64}")
_REGION: Final = "us-east-1"  # of the signature's scope: the service itself is global
_TRIES: Final = 5
_SPARE_PAGES: Final = 8
"""Pages that may bring no key; any other brings one at least."""
_GONE: Final = "ResourceNotFoundException"
_MESSAGE: Final = 300
"""Characters that are shown of what an endpoint says."""
_MAKING: Final = threading.Lock()
"""Held while a client is made: boto3's default session is not made for several threads."""


class GoneError(InputError):
    """There is no such store, or not any more."""


def is_arn(text: str) -> bool:
    """Whether a text is the ARN of a key-value store."""
    return _ARN.fullmatch(text) is not None


def list_store(
    arn: str,
    *,
    endpoint_url: str | None = None,
    region: str | None = None,
    limits: Limits | None = None,
    profile: str | None = None,
) -> bytes:
    """The listing of the store as JSON, in the form that `--keys` takes.

    Args:
        arn: of the store.
        endpoint_url: another endpoint than that of AWS.
        region: another Region than us-east-1.
        limits: other ones than the usual.
        profile: of the AWS configuration.

    Raises:
        UsageError: the ARN is not that of a store.
        ExtraError: the extra `aws` is not installed.
        GoneError: there is no such store.
        InputError: the store cannot be read, changed each time while it was, or its endpoint does not answer in time
            or in the documented form.
    """
    if not is_arn(arn):
        raise UsageError(
            f"{arn!r} is no ARN of a key-value store (arn:aws:cloudfront::ACCOUNT:key-value-store/ID)"
        )
    within = limits or Limits()

    def work() -> bytes:
        with _errors_in_words(arn):
            with _MAKING:
                client = kvs_client(endpoint_url, region or _REGION, within, profile)
            return _whole(client, arn)

    try:
        return _in_time(work, within.seconds)
    except TimeoutError:
        raise InputError(arn, f"cannot be listed: no complete answer within {within.seconds:g} s") from None


def _in_time(work: Callable[[], bytes], seconds: float) -> bytes:
    """What `work` gives; its thread is left behind where that takes longer, and ends with the process.

    Raises:
        TimeoutError: it does.
    """
    future: Future[bytes] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True, name="listing").start()
    return future.result(seconds)


def _whole(client: Any, arn: str) -> bytes:
    """The listing of one state of the store.

    Raises:
        InputError: it never was at rest.
    """
    for _ in range(_TRIES):
        listing = _once(client, arn)
        if listing is not None:
            return msgspec.json.format(msgspec.json.encode(listing), indent=2) + b"\n"
    raise InputError(
        arn, f"the store changed during each of {_TRIES} listings: try again when nothing writes to it"
    )


def _once(client: Any, arn: str) -> OwnListing | None:
    """The listing; None if the store changed meanwhile."""
    begun = datetime.now(UTC).replace(microsecond=0)
    before = _described(client, arn)
    etag, count = _state(before)
    items = _items(client, arn, count)
    if items is None or _state(_described(client, arn)) != (etag, count):
        return None
    if len({item.key for item in items}) != count:
        return None
    items.sort(key=lambda item: item.key)
    told = _told_time(before)
    return OwnListing(
        schema=SCHEMA,
        store=arn,
        listed_at=told or begun,
        etag=etag,
        item_count=count,
        items=items,
        clock="local" if told is None else "server",
    )


def _described(client: Any, arn: str) -> Mapping[str, Any]:
    """The answer to DescribeKeyValueStore.

    Raises:
        InputError: it holds no ETag.
    """
    description: Mapping[str, Any] = client.describe_key_value_store(KvsARN=arn)
    if not description.get("ETag"):
        raise InputError(arn, "cannot be listed: its description has no ETag")
    return description


def _state(description: Mapping[str, Any]) -> tuple[str, int]:
    """The ETag of the store and the number of its keys."""
    return description["ETag"], description["ItemCount"]


def _told_time(description: Mapping[str, Any]) -> datetime | None:
    """The time of the answer by the server's clock (the header `Date`, RFC 9110); None where it does not say it."""
    try:
        return in_utc(parsedate_to_datetime(description["ResponseMetadata"]["HTTPHeaders"]["date"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _items(client: Any, arn: str, count: int) -> list[Item] | None:
    """The keys of all pages; None if there are more of them, or more pages, than `count` keys can fill."""
    items: list[Item] = []
    for number, page in enumerate(client.get_paginator("list_keys").paginate(KvsARN=arn)):
        items += [Item(item["Key"], item["Value"]) for item in page.get("Items", ())]
        if len(items) > count or number > count + _SPARE_PAGES:
            return None
    return items


@contextmanager
def _errors_in_words(arn: str) -> Iterator[None]:
    """Turns what boto3 raises into one sentence.

    Raises:
        ExtraError: boto3 or the CRT is not installed.
        GoneError: there is no such store.
        InputError: the store cannot be read.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException
    except ImportError as error:
        raise ExtraError(_EXTRA) from error
    try:
        yield
    except (ImportError, MissingDependencyException) as error:
        raise ExtraError(_EXTRA) from error
    except ClientError as error:
        details = error.response.get("Error", {})
        message = f"{details.get('Code') or 'error'}: {details.get('Message') or 'no reason is given'}"
        kind = GoneError if details.get("Code") == _GONE else InputError
        raise kind(arn, f"cannot be listed: {_short(message)}") from error
    except BotoCoreError as error:
        raise InputError(arn, f"cannot be listed: {_short(str(error))}") from error


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _MESSAGE else words[:_MESSAGE] + "…"


_EXTRA: Final = "a live listing needs the extra `aws`: pip install 'lostwrite[aws]'"
