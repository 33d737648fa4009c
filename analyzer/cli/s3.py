"""The options of `s3://` inputs, and what is made of them: for each command that reads.

A command takes them in three steps: it has parameters `endpoint_url: EndpointUrl`, `region: Region`,
`profile: Profile`, `no_sign_request: NoSignRequest` and `request_payer: RequestPayer` (all with the default None or
False), calls

    s3 = s3_settings(words, S3Options(endpoint_url, region, profile, no_sign_request, request_payer))

with all words that name inputs, and passes `s3` on to the function of `analyzer.api` (or to `Connection(s3)`, for
`analyzer.sources.find.find(words, s3=...)`). `GROUP` names them for `grouped.GROUPS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analyzer.errors import UsageError
from analyzer.sources.s3.address import is_s3

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources.s3.settings import S3Settings

GROUP: Final = ("--profile", "--region", "--endpoint-url", "--no-sign-request", "--request-payer")
"""The names of all, in the order of `--help`."""

EndpointUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="An endpoint other than that of AWS."),
]
Region = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="The Region of the bucket, or to sign for; default: the profile's, or us-east-1.",
    ),
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="The profile of the AWS configuration.")]
NoSignRequest = Annotated[
    bool, typer.Option("--no-sign-request", help="Read a public bucket without credentials, for s3://.")
]
RequestPayer = Annotated[
    bool, typer.Option("--request-payer", help="Pay for what is read (requester pays), for s3://.")
]


@dataclass(frozen=True, slots=True)
class S3Options:
    """What the user gave."""

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    no_sign_request: bool = False
    request_payer: bool = False


def s3_settings(
    words: Iterable[str], given: S3Options, *, live: bool = False, gathers: bool = False
) -> S3Settings | None:
    """How the buckets are reached that words name; None where no word is an address in S3.

    Args:
        words: all words that name inputs.
        given: the options.
        live: whether live stores are read too, which some of the options are also for.
        gathers: whether AWS is read in any case, which most of the options are also for.

    Raises:
        UsageError: an option is given that no word needs, two contradict each other, or the endpoint is no URL.
    """
    if not any(map(is_s3, words)):
        unused = {
            "--profile": None if gathers else given.profile,
            "--no-sign-request": given.no_sign_request,
            "--request-payer": given.request_payer,
        }
        unused |= {} if live or gathers else {"--endpoint-url": given.endpoint_url, "--region": given.region}
        for option, value in unused.items():
            if value:
                raise UsageError(f"{option} needs an input that begins with s3://")
        return None
    if given.no_sign_request and (given.profile or given.request_payer):
        other = "--profile" if given.profile else "--request-payer"
        raise UsageError(f"--no-sign-request cannot be combined with {other}")

    from analyzer.sources.endpoint import require_endpoint
    from analyzer.sources.s3.settings import S3Settings

    if given.endpoint_url is not None:
        require_endpoint(given.endpoint_url)
    return S3Settings(
        profile=given.profile,
        region=given.region,
        endpoint_url=given.endpoint_url,
        sign=not given.no_sign_request,
        requester_pays=given.request_payer,
    )
