"""The forms of a key listing: what the AWS CLI prints, and what `lostwrite keys` writes.

- `aws cloudfront-keyvaluestore list-keys`: `{"Items": [{"Key", "Value"}, ...]}`. The CLI asks for page after page and
  prints one object; with `--no-paginate` or `--max-items` it prints a page, whose `NextToken` says that more follow. It
  names neither the store nor the time. Source: ListKeys, CloudFront KeyValueStore API reference.
- `lostwrite keys ARN`: one object with the store, the time, the ETag and the count of keys.
- `aws cloudfront-keyvaluestore describe-key-value-store`: `{"ETag", "ItemCount", "KvsARN", "LastModified", ...}`. It
  holds no keys, but the ETag of the store, which shows whether anything was written since the last available call.
  Source: the model of botocore (cloudfront-keyvaluestore/2022-07-26, DescribeKeyValueStoreResponse).
"""

from __future__ import annotations

import json
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: Final = "lostwrite.keys/v1"


_Form = TypeVar("_Form", "AwsPage", "AwsDescription", "OwnListing")


class Cut(ValueError):  # noqa: N818 - not an error of this project: why a file says nothing
    """The text ends in the middle of a JSON value, or is no JSON."""


class Item(msgspec.Struct):
    """A key and its value."""

    key: str
    value: str


class OwnListing(msgspec.Struct, kw_only=True):
    """What `lostwrite keys` writes: the store as it was, whole, while its ETag stood still."""

    schema: str
    store: str
    listed_at: datetime
    etag: str
    item_count: int
    items: list[Item]
    clock: str | None = None
    """Whose clock `listed_at` is: `server` or `local` (this computer's); None in files of earlier versions."""


class AwsItem(msgspec.Struct, rename="pascal"):
    """A key and its value, as ListKeys gives it."""

    key: str
    value: str


class AwsPage(msgspec.Struct, rename="pascal"):
    """What the AWS CLI prints: a page, or all pages as one."""

    items: list[AwsItem]
    next_token: str | None = None


class AwsDescription(msgspec.Struct, rename={"store": "KvsARN", "etag": "ETag", "item_count": "ItemCount"}):
    """What the AWS CLI prints of a store itself."""

    store: str
    etag: str
    item_count: Annotated[int, msgspec.Meta(ge=0)]


Listed = AwsPage | AwsDescription | OwnListing


def values(data: bytes) -> Iterator[Listed]:
    """The objects of one file, one after the other.

    Raises:
        Cut: the text is no JSON, or not to its end.
        ValueError: an object has none of the forms.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Cut("it is not UTF-8 text") from error
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise Cut(f"its JSON is cut or damaged at character {getattr(error, 'pos', at)}") from error
        yield _read(value)
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _read(value: object) -> Listed:
    """The object in its form.

    Raises:
        ValueError: it has none.
    """
    if isinstance(value, dict) and "schema" in value:
        if value["schema"] != SCHEMA:
            raise ValueError(f"its schema is {str(value['schema'])[:60]!r}, and only {SCHEMA} is supported")
        return _text(msgspec.convert(value, OwnListing))
    if isinstance(value, dict) and "KvsARN" in value:
        return _text(msgspec.convert(value, AwsDescription))
    return _text(msgspec.convert(value, AwsPage))


def _text(form: _Form) -> _Form:
    """`form`, if its strings are text: JSON can also hold halves of characters.

    Raises:
        ValueError: they are not.
    """
    msgspec.json.encode(form)
    return form
