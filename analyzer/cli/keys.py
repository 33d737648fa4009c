"""`lostwrite keys`: what a live key-value store holds, as a file that `lostwrite check --keys` takes."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.cli.options import Output
from analyzer.cli.s3 import EndpointUrl, Region
from analyzer.cli.streams import guard, write


def keys(
    arn: Annotated[str, typer.Argument(metavar="ARN", help="The key-value store. Needs lostwrite[aws].")],
    *,
    output: Output = None,
    endpoint_url: EndpointUrl = None,
    region: Region = None,
) -> None:
    """List a live store's keys and values; reads only."""
    guard(output, [])

    from analyzer.store.live import list_store

    write([list_store(arn, endpoint_url=endpoint_url, region=region).decode()], output)
