"""`--live`, `--store` and `--wait` of `lostwrite check`: the options, and what is made of them."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analyzer.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.store.lister import Lister

TOTAL: Final = 60.0
"""Seconds for the listings of all stores."""

Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="List the stores that the logs name, now, and judge by that. Reads only; needs lostwrite[aws].",
    ),
]
Stores = Annotated[
    list[str] | None,
    typer.Option(
        "--store", metavar="ARN", help="With --live or --collect: this store too (text names none); repeat."
    ),
]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        help="Wait up to this long (90s, 45m, 1h30m) for the trail, while another step syncs it; with --live, only "
        "for what the listing leaves open. With --collect it is gathered again.",
    ),
]


def lister(
    stores: Sequence[str],
    endpoint_url: str | None,
    region: str | None,
    *,
    live: bool,
    buckets: bool = False,
) -> Lister | None:
    """What lists the live stores; None without `--live`.

    Args:
        stores: ARNs of `--store`.
        endpoint_url: see `Once`.
        region: see `Once`.
        live: whether stores are listed.
        buckets: whether inputs lie in S3, which the endpoint and the Region are for too.

    Raises:
        UsageError: an option needs `--live`, or a store is named by no ARN.
    """
    if not live:
        unused: dict[str, object] = {"--store": stores}
        unused |= {} if buckets else {"--endpoint-url": endpoint_url, "--region": region}
        for option, given in unused.items():
            if given:
                more = "" if option == "--store" else ", or an input that begins with s3://"
                raise UsageError(f"{option} needs --live{more}")
        return None

    from analyzer.store.live import is_arn

    for store in stores:
        if not is_arn(store):
            raise UsageError(
                f"--store {store}: is no ARN of a key-value store (arn:aws:cloudfront::ACCOUNT:key-value-store/ID)"
            )
    return Once(endpoint_url, region)


class Once:
    """Lists each store once, all of them within a time; with `--wait` the first answer counts, also a refusal."""

    def __init__(
        self,
        endpoint_url: str | None,
        region: str | None,
        clock: Callable[[], float] = monotonic,
        profile: str | None = None,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._region = region
        self._clock = clock
        self._profile = profile
        self._end: float | None = None
        self._answers: dict[str, bytes | InputError] = {}

    def __call__(self, arn: str, /) -> bytes:
        """The listing (see `Lister`)."""
        if arn not in self._answers:
            try:
                self._answers[arn] = self._listing(arn)
            except InputError as error:
                self._answers[arn] = error
        answer = self._answers[arn]
        if isinstance(answer, InputError):
            raise answer
        return answer

    def _listing(self, arn: str) -> bytes:
        from dataclasses import replace

        from analyzer.store.endpoint import Limits
        from analyzer.store.live import list_store

        if self._end is None:
            self._end = self._clock() + TOTAL
        left = self._end - self._clock()
        if left <= 0:
            raise InputError(arn, f"was not listed: the {TOTAL:g} s for the listings of all stores are over")
        limits = replace(Limits(), seconds=min(Limits().seconds, left))
        return list_store(
            arn,
            endpoint_url=self._endpoint_url,
            region=self._region,
            limits=limits,
            profile=self._profile,
        )
