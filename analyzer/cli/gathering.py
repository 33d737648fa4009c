"""What `collect` and `check --collect` share: the request of their options, and the gathering itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from analyzer.cli.gather_progress import shown
from analyzer.cli.times import window
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.bundle.writer import Writer
    from analyzer.cli.s3 import S3Options
    from analyzer.collect.gather import Gathered
    from analyzer.collect.request import Request
    from analyzer.sources.s3.budget import Budget
    from analyzer.store.lister import Lister


LONGEST: Final = 4 * 3600
"""Seconds of one run. What it may fetch at most takes no hour at 10 MB a second."""
MOST_BYTES: Final = 16 << 30
"""That one run fetches."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for, in his words.

    Attributes:
        home: APP/STAGE.
        logs: words that name deploy logs.
        update: latest, last:N or an id.
        since: a time.
        until: a time.
        stores: ARNs.
        bucket: the state bucket.
    """

    home: str | None = None
    logs: Sequence[str] = ()
    update: str | None = None
    since: str | None = None
    until: str | None = None
    stores: Sequence[str] = ()
    bucket: str | None = None

    def request(self) -> Request:
        """The request.

        Raises:
            UsageError: it makes no sense.
        """
        from analyzer.collect.request import Home, Request, Updates
        from analyzer.store.live import is_arn

        if self.home is None and not self.logs:
            raise UsageError("give APP/STAGE, as in shop/production, or --log FILE")
        if self.home is None and (self.update or self.bucket):
            raise UsageError(f"{'--update' if self.update else '--bucket'} needs APP/STAGE")
        for store in self.stores:
            if not is_arn(store):
                raise UsageError(
                    f"--store {store}: is no ARN of a key-value store (arn:aws:cloudfront::ACCOUNT:key-value-store/ID)"
                )
        since, until = window(self.since, self.until)
        return Request(
            home=None if self.home is None else Home.of(self.home),
            updates=Updates.of(self.update, since, until),
            bucket=None if self.bucket is None else _bucket(self.bucket),
            logs=tuple(self.logs),
            stores=tuple(self.stores),
            since=since,
            until=until,
        )

    def words(self) -> dict[str, str | list[str]]:
        """The options by their names, for the bundle's manifest."""
        given: dict[str, str | Sequence[str] | None] = {
            "home": self.home,
            "log": self.logs,
            "update": self.update,
            "since": self.since,
            "until": self.until,
            "store": self.stores,
            "bucket": self.bucket,
        }
        return {name: word if isinstance(word, str) else [*word] for name, word in given.items() if word}


def _bucket(word: str) -> str:
    """The bucket that `NAME` or `s3://NAME` names.

    Raises:
        UsageError: it is none.
    """
    from analyzer.errors import InputError
    from analyzer.sources.s3.address import SCHEME, address

    try:
        found = address(word if word.startswith(SCHEME) else f"{SCHEME}{word}")
    except InputError:
        found = None
    if found is None or found.key:
        raise UsageError(f"--bucket {word}: is no name of a bucket")
    return found.bucket


def store_lister(options: S3Options) -> Lister:
    """Lists each store once."""
    from analyzer.cli.live import Once

    return Once(options.endpoint_url, None, profile=options.profile)


def run_budget() -> Budget:
    """What one run may take, however often it gathers; it begins now."""
    from analyzer.sources.s3.budget import Budget

    return Budget(LONGEST, MOST_BYTES)


def gather_into(  # noqa: PLR0913 - what a run has
    writer: Writer,
    request: Request,
    options: S3Options,
    lister: Lister,
    *,
    quiet: bool,
    budget: Budget | None = None,
) -> Gathered:
    """Gathers into a bundle.

    Args:
        writer: the bundle; the caller closes it.
        request: what is gathered.
        options: how AWS is reached.
        lister: lists the stores.
        quiet: whether nothing is said of the progress.
        budget: of the whole run, where it gathers again; None: one of its own.

    Raises:
        UsageError: an option makes no sense, or an extra is not installed.
        InputError: the bundle cannot be written.
    """
    from analyzer.collect.calls import Aws
    from analyzer.collect.gather import gather
    from analyzer.collect.interface import Means
    from analyzer.sources.endpoint import require_endpoint
    from analyzer.sources.s3.client import Connection
    from analyzer.sources.s3.session import Sessions
    from analyzer.sources.s3.settings import S3Settings

    if options.endpoint_url is not None:
        require_endpoint(options.endpoint_url)
    sessions, budget = Sessions(), budget or run_budget()
    settings = S3Settings(options.profile, options.region, options.endpoint_url)
    with shown(quiet=quiet) as told:
        means = Means(
            cloud=Aws(settings, sessions, budget),
            connection=Connection(settings, sessions, budget),
            lister=lister,
            keep=writer,
            told=told,
            now=datetime.now(UTC),
        )
        return gather(request, means)
