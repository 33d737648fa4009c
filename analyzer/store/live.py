"""A listing of a live store, through boto3 (extra `aws`): it only reads.

The store is described before and after the pages are read: pages that come from two states of it, told by its ETag, are
not one listing, and are read again. Calls on keys are signed with SigV4A, which botocore leaves to the CRT. The account
stands before the host's name, which only the real endpoint resolves: for an endpoint that the user names, the request
goes to that host instead (facts/components.md 4).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from analyzer.errors import InputError, UsageError
from analyzer.store.form import SCHEMA, Item, OwnListing

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudfront::\d{12}:key-value-store/[0-9A-Za-z-]{1,64}")
_REGION: Final = "us-east-1"  # of the signature's scope: the service itself is global
_TRIES: Final = 5


def list_store(arn: str, *, endpoint_url: str | None = None, region: str | None = None) -> bytes:
    """The listing of the store as JSON, in the form that `--keys` takes.

    Args:
        arn: of the store.
        endpoint_url: another endpoint than that of AWS.
        region: another Region than us-east-1.

    Raises:
        UsageError: the ARN is none of a store, or the extra `aws` is not installed.
        InputError: the store cannot be read, or changed each time while it was.
    """
    if _ARN.fullmatch(arn) is None:
        raise UsageError(
            f"{arn!r} is no ARN of a key-value store (arn:aws:cloudfront::ACCOUNT:key-value-store/ID)"
        )
    with _told(arn):
        client = kvs_client(endpoint_url, region or _REGION)
        for _ in range(_TRIES):
            listing = _once(client, arn)
            if listing is not None:
                return msgspec.json.format(msgspec.json.encode(listing), indent=2) + b"\n"
    raise InputError(arn, f"the store changed during each of {_TRIES} listings: try again when it is at rest")


def _once(client: Any, arn: str) -> OwnListing | None:
    """The listing; None where the store changed meanwhile."""
    at = datetime.now(UTC).replace(microsecond=0)
    before = client.describe_key_value_store(KvsARN=arn)
    pages = client.get_paginator("list_keys").paginate(KvsARN=arn)
    items = [Item(item["Key"], item["Value"]) for page in pages for item in page.get("Items", ())]
    after = client.describe_key_value_store(KvsARN=arn)
    if before["ETag"] != after["ETag"] or len({item.key for item in items}) != after["ItemCount"]:
        return None
    items.sort(key=lambda item: item.key)
    return OwnListing(
        schema=SCHEMA,
        store=arn,
        listed_at=at,
        etag=after["ETag"],
        item_count=after["ItemCount"],
        items=items,
    )


def kvs_client(endpoint_url: str | None, region: str) -> Any:
    """A client for the keys of stores.

    Raises:
        UsageError: the endpoint is no URL.
    """
    import boto3

    try:
        client = boto3.client("cloudfront-keyvaluestore", region_name=region, endpoint_url=endpoint_url)
    except ValueError as error:
        raise UsageError(f"--endpoint-url {endpoint_url}: {str(error).lower()}") from error
    if endpoint_url is not None:
        host = urlsplit(endpoint_url)

        def to_endpoint(request: Any, **_: object) -> None:
            parts = urlsplit(request.url)
            request.url = urlunsplit((host.scheme, host.netloc, parts.path, parts.query, parts.fragment))

        client.meta.events.register("before-sign.cloudfront-keyvaluestore", to_endpoint)
    return client


@contextmanager
def _told(arn: str) -> Iterator[None]:
    """Turns what boto3 raises into one sentence.

    Raises:
        UsageError: boto3 or the CRT is not installed.
        InputError: the store cannot be read.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException
    except ModuleNotFoundError as error:
        raise UsageError(_EXTRA) from error
    try:
        yield
    except (ModuleNotFoundError, MissingDependencyException) as error:
        raise UsageError(_EXTRA) from error
    except ClientError as error:
        said = error.response.get("Error", {})
        raise InputError(
            arn, f"cannot be listed: {said.get('Code', 'error')}: {said.get('Message', '')}"
        ) from error
    except BotoCoreError as error:
        raise InputError(arn, f"cannot be listed: {error}") from error


_EXTRA: Final = "a live listing needs the extra `aws`: pip install 'lostwrite[aws]'"
