"""The connection to an endpoint that speaks S3, by botocore: pages of listings, and ranges of objects. It only reads.

Credentials come from botocore's chain: the environment, the profile (SSO and processes too), web identity, and the
metadata of the container or the machine. No redirect is followed but to another Region of AWS, which botocore resolves
itself. Each answer is read under a limit of bytes, and waited for under one of seconds: a thread that waits for an
endpoint which never ends its answer is left behind, and ends with the process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from analyzer.moments import in_utc
from analyzer.sources.s3.answer import Answer, Result, S3Error, tried
from analyzer.sources.s3.session import Sessions, client_of
from analyzer.sources.s3.settings import S3Settings
from analyzer.sources.s3.words import Failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from analyzer.sources.s3.budget import Budget

_MOST: Final = 1000  # keys of a page (ListObjectsV2)
_LARGEST: Final = 1 << 53  # bytes: more than any object has
_CHANGED: Final = "the object was changed after it was listed: it was not read"
_LENGTH: Final = "the endpoint gave another number of bytes than the listing says: it was not read"
_GIVEN_UP: Final = "not asked for: the endpoint had failed for {count} objects in a row"


@dataclass(frozen=True, slots=True)
class Object:
    """One object, as a listing says."""

    key: str
    size: int
    etag: str | None
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: objects, prefixes that stand for those below them, and the token of the next page."""

    objects: tuple[Object, ...]
    prefixes: tuple[str, ...]
    token: str | None


class Connection:
    """Calls on an endpoint. In another process it is made anew from its settings, once."""

    def __init__(
        self,
        settings: S3Settings | None = None,
        sessions: Sessions | None = None,
        budget: Budget | None = None,
    ) -> None:
        """A connection that is not made yet.

        Args:
            settings: how the endpoint is reached; None: as the environment says.
            sessions: those of other clients; None: it has its own.
            budget: of the run; None: only each call is bounded.
        """
        self.settings = settings or S3Settings()
        self._sessions = sessions
        self._budget = budget
        self._client: Any = None
        self._lock = threading.Lock()
        self._failed = 0

    def __reduce__(self) -> tuple[Callable[[S3Settings], Connection], tuple[S3Settings]]:
        return connection_of, (self.settings,)

    def __repr__(self) -> str:
        return "Connection()"

    def page(
        self, bucket: str, prefix: str, *, levels: bool = False, after: str = "", token: str | None = None
    ) -> Page:
        """One page of a listing: what comes after `after`, or the page of `token`; with `levels` only the next level.

        Raises:
            S3Error: the endpoint does not give it.
            ExtraError: botocore is not installed.
            UsageError: the profile, the Region or the endpoint makes no sense.
        """
        self._made()
        options = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": _MOST}
        options |= {"Delimiter": "/"} if levels else {}
        options |= {"ContinuationToken": token} if token else {"StartAfter": after} if after else {}
        return self._answer(lambda: _page(self._call("list_objects_v2", options))).result()

    def get(self, bucket: str, object_: Object, start: int, end: int) -> Answer[bytes]:
        """The bytes of an object from `start` to `end`, if it has still the ETag of the listing."""
        options: dict[str, Any] = {"Bucket": bucket, "Key": object_.key}
        options |= {"IfMatch": object_.etag} if object_.etag else {}
        options |= {"Range": f"bytes={start}-{end - 1}"} if end - start < object_.size else {}

        def get() -> bytes:
            if self._failed >= self.settings.limits.failures:
                raise S3Error(
                    Failure(_GIVEN_UP.format(count=self.settings.limits.failures), of_endpoint=True)
                )
            answer = self._call("get_object", options)
            if object_.etag and answer.get("ETag", object_.etag).strip('"') != object_.etag.strip('"'):
                raise S3Error(Failure(_CHANGED))
            data: bytes = answer["Body"].read()
            if self._budget is not None:
                self._budget.fetched += len(data)
            if len(data) != end - start:
                raise S3Error(Failure(_LENGTH))
            return data

        return self._answer(get)

    def _call(self, name: str, options: dict[str, Any]) -> Any:
        spent = self._budget.why_not() if self._budget is not None else None
        if spent is not None:
            raise S3Error(Failure(spent))
        payer = {"RequestPayer": "requester"} if self.settings.requester_pays else {}
        return getattr(self._made(), name)(**options, **payer)

    def _made(self) -> Any:
        """The client; it is made once."""
        with self._lock:
            if self._client is None:
                self._client = _client(self.settings, self._sessions)
            return self._client

    def _answer(self, work: Callable[[], Result]) -> Answer[Result]:
        return Answer(lambda: tried(work, self.settings.limits), self.settings.limits.answer, self._count)

    def _count(self, failure: Failure | None) -> None:
        """Counts failures of the endpoint in a row."""
        self._failed = self._failed + 1 if failure and failure.of_endpoint else 0


@lru_cache(maxsize=4)
def connection_of(settings: S3Settings) -> Connection:
    """The connection of a process that was sent one: all objects share it."""
    return Connection(settings)


def _page(answer: Any) -> Page:
    """A page, as an answer says.

    Raises:
        S3Error: it is not what S3 answers.
    """
    try:
        objects = tuple(
            Object(
                str(each["Key"]), _size(each["Size"]), each.get("ETag") or None, in_utc(each["LastModified"])
            )
            for each in answer.get("Contents", ())
        )
        prefixes = tuple(str(each["Prefix"]) for each in answer.get("CommonPrefixes", ()))
        token = answer.get("NextContinuationToken") if answer.get("IsTruncated") else None
        if answer.get("IsTruncated") and not token:
            raise ValueError  # a page that says that more follow, and not where
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise S3Error(Failure("the endpoint does not answer as S3 does", of_endpoint=True)) from error
    return Page(objects, prefixes, token)


def _size(size: Any) -> int:
    if not isinstance(size, int) or not 0 <= size < _LARGEST:
        raise ValueError
    return size


def _client(settings: S3Settings, sessions: Sessions | None) -> Any:
    """A client of S3; what it raises is in `client_of`."""
    return client_of(
        "s3",
        settings,
        sessions=sessions,
        response_checksum_validation="when_required",
        s3={"addressing_style": "auto" if settings.endpoint_url is None else "path"},
    )
