"""How buckets are reached: what the user chose, and the limits. It can be sent to other processes: no credentials."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class S3Limits:
    """How long an endpoint is waited for, and how much is taken from it.

    Attributes:
        connect: seconds for a connection.
        silence: seconds without a byte.
        answer: seconds for one answer, whole: a listing's page, or a range of an object.
        attempts: how often a call is made that fails in a way that may pass.
        pause: seconds before the second attempt; twice as much before each later one.
        longest_pause: seconds at most between two attempts.
        failures: objects in a row that the endpoint did not give, after which no more are asked for.
        listing: seconds for all that one word names.
        objects: objects that one word may name: each takes some 250 bytes of memory.
        empty_pages: pages in a row without an object.
        page: bytes of a page: 1,000 keys of 1,024 bytes, in XML and percent-encoded.
        range: bytes of an object that are asked for at a time; a smaller one is one GET.
        ahead: bytes of objects that are fetched before they are asked for.
        in_flight: objects that are fetched at the same time.
    """

    connect: float = 5
    silence: float = 20
    answer: float = 60
    attempts: int = 5
    pause: float = 0.2
    longest_pause: float = 10
    failures: int = 5
    listing: float = 900
    objects: int = 2_000_000
    empty_pages: int = 100
    page: int = 8 * MIB
    range: int = 8 * MIB
    ahead: int = 64 * MIB
    in_flight: int = 8


@dataclass(frozen=True, slots=True)
class S3Settings:
    """What the user chose; None: as the environment and the profile say.

    Attributes:
        profile: of the AWS configuration.
        region: of the bucket.
        endpoint_url: of a server that speaks S3, with http or https.
        sign: whether calls are signed; a public bucket needs no credentials.
        requester_pays: whether the caller pays for what is read.
        limits: how long is waited, and how much is taken.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    sign: bool = True
    requester_pays: bool = False
    limits: S3Limits = field(default=S3Limits())
