"""`manifest.json` of a bundle: what was asked, each file with its source and hash, what was refused, what is open.

It is written last: a file that it does not name is none of the bundle's. It is read as if somebody else had written
it: paths are checked, so that none leads out of the bundle, and what it says of a file holds only as far as the bytes
confirm it. A newer schema is refused by name; members that this version does not know are left out.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from typing import Annotated, Final, Literal, get_args

import msgspec

from analyzer.bundle.layout import parts_of
from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.version import VERSION

SCHEMA: Final = "lostwrite.bundle/v1"
NAME: Final = "manifest.json"
MOST_BYTES: Final = 64 << 20
"""Of a manifest: more than 100,000 files."""

Kind = Literal[
    "log",
    "update",
    "snapshot",
    "lock",
    "trail",
    "digest",
    "trails",
    "selectors",
    "status",
    "public_keys",
    "listing",
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]
_Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the bundle.

    Attributes:
        path: from the bundle's folder on, with `/`.
        source: where it is from: `s3://BUCKET/KEY`, `file:NAME`, or a call, as `cloudtrail:GetTrailStatus ARN`.
        kind: what it is; `log` is a deploy's, `trail` is CloudTrail's.
        size: bytes in the bundle.
        sha256: of these bytes.
        at: when it was copied, or the call was answered.
        etag: of the object.
        modified: when the object was stored.
        redacted: whether something was left out of it.
        context: of another deploy than those that were asked for: only said what it meant, and not reported.
    """

    path: str
    source: str
    kind: Kind
    size: _Size
    sha256: _Hash
    at: datetime
    etag: str | None = None
    modified: datetime | None = None
    redacted: bool = False
    context: bool = False

    def __post_init__(self) -> None:
        """Refuses a path that leads out of the bundle."""
        parts_of(self.path)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What was not given: an address or a call, and why."""

    what: str
    why: str


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be known when the bundle was made; and when it can be, where that is known."""

    what: str
    why: str
    when: datetime | None = None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A time for which the calls on a store were looked for."""

    store: str
    start: datetime
    end: datetime


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds.

    Attributes:
        schema: SCHEMA.
        tool: the version of the program that wrote it.
        made_at: when it was written.
        complete: false while it is being gathered, and of one whose making was ended from outside.
        asked: the request, by the names of its options.
        items: the files.
        refused: what was not given.
        open: what could not be known yet.
        spans: for which times the trail was looked through.
    """

    schema: str = SCHEMA
    tool: str = VERSION
    made_at: datetime | None = None
    complete: bool = True
    asked: dict[str, str | list[str]] = {}
    items: tuple[Item, ...] = ()
    refused: tuple[Refused, ...] = ()
    open: tuple[Open, ...] = ()
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        """Refuses a path that comes twice."""
        paths = [item.path.casefold() for item in self.items]
        if len(set(paths)) < len(paths):
            raise ValueError("a path that comes twice")


def read(data: bytes, place: str) -> Manifest:
    """The manifest in these bytes.

    Raises:
        InputError: it is of a newer schema, damaged, too large, or names a path that leads out of the bundle.
    """
    if len(data) > MOST_BYTES:
        raise InputError(place, f"is larger than {MOST_BYTES >> 20} MiB, which no manifest of a bundle is")
    return _FORM.read(data, place)


def written(manifest: Manifest) -> bytes:
    """Its bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


_FORM: Final = Form(SCHEMA, "manifest of a bundle", Manifest)
