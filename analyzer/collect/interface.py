"""What the parts of `collect` ask of each other: the calls of AWS, the bundle that is filled, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from analyzer.sources.s3.client import Connection
    from analyzer.store.lister import Lister


class RefusedError(InputError):
    """AWS did not give something: `source` says what, `reason` why, in one clause."""


class Cloud(Protocol):
    """Calls of SSM and CloudTrail. Each reads, is tried again where that helps, and ends in bounded time and memory.

    Every method raises `RefusedError` where AWS does not give what was asked for, `ExtraError` where botocore is not
    installed, and `UsageError` where the profile, the Region or the endpoint makes no sense. What they return has the
    types and the members of the documented answers; all texts in it are to be taken for hostile.
    """

    def parameter(self, name: str) -> str:
        """The value of a parameter of SSM (GetParameter)."""
        ...

    def describe_trails(self) -> Sequence[Mapping[str, Any]]:
        """The trails that apply here, those of other Regions and of the organisation too (DescribeTrails)."""
        ...

    def trail_status(self, arn: str) -> Mapping[str, Any]:
        """The status of a trail, asked in the Region of its ARN (GetTrailStatus); without ResponseMetadata."""
        ...

    def event_selectors(self, arn: str) -> Mapping[str, Any]:
        """What a trail records (GetEventSelectors), the same way."""
        ...

    def public_keys(self, start: datetime, end: datetime) -> Sequence[Mapping[str, Any]]:
        """The public keys of digests that were valid at some time of a span (ListPublicKeys), in us-east-1."""
        ...


class Keep(Protocol):
    """The bundle, as those see it who fill it (`analyzer.bundle.writer.Writer`)."""

    def has(self, source: str, etag: str | None, *, context: bool = False) -> Path | None:
        """The file that has this version of an object, if it is in the bundle already; no longer as mere context."""
        ...

    def put(  # noqa: PLR0913 - what stands in the manifest
        self,
        kind: str,
        source: str,
        data: bytes,
        *,
        etag: str | None = None,
        modified: datetime | None = None,
        context: bool = False,
    ) -> Path:
        """Keeps what `source` (`s3://BUCKET/KEY`, or a call such as `cloudtrail:GetTrailStatus NAME`) gave.

        `context`: it is of a deploy that was not asked for.
        """
        ...

    def source(self, path: Path) -> str:
        """Of what a file of the bundle is a copy."""
        ...

    def asked_logs(self) -> Sequence[str]:
        """The sources of the deploy logs in the bundle that were asked for, in this run or an earlier one."""
        ...

    def drop(self, kind: str) -> None:
        """Takes the files of a kind out of the bundle."""
        ...

    def refuse(self, what: str, why: str) -> None:
        """Notes what AWS did not give."""
        ...

    def leave_open(self, what: str, why: str, when: datetime | None = None) -> None:
        """Notes what cannot be known yet or with what is there, and when it can."""
        ...


class Told(Protocol):
    """Is told of the progress, often; it prints, or does nothing."""

    def __call__(self, what: str, done: int, of: int | None, size: int) -> None:
        """`done` of `of` (None: not known) of what is fetched, and how many bytes came since the last time."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """With what is gathered.

    Attributes:
        cloud: calls of SSM and CloudTrail.
        connection: to buckets.
        lister: lists a store; None: no store is listed.
        keep: the bundle.
        told: is told of the progress.
        now: the time.
    """

    cloud: Cloud
    connection: Connection
    lister: Lister | None
    keep: Keep
    told: Told
    now: datetime
