"""`check --collect`: gathers the evidence into a bundle, and judges that; with `--wait` again and again."""

from __future__ import annotations

import glob
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.gathering import Asked, gather_into, run_budget, store_lister
from analyzer.cli.wait import prospect
from analyzer.errors import InputError, UsageError
from analyzer.sources.s3.address import is_s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analyzer.cli.s3 import S3Options
    from analyzer.collect.request import Request
    from analyzer.reports.report import Report
    from analyzer.sources.s3.budget import Budget
    from analyzer.store.lister import Lister

Collect = Annotated[
    bool,
    typer.Option(
        "--collect",
        help="LOG may also be APP/STAGE of SST: its newest deploy. Gather the evidence from AWS first, into a bundle as"
        " lostwrite collect does; reads only, needs lostwrite[aws].",
    ),
]
Update = Annotated[
    str | None,
    typer.Option(
        metavar="ID|latest|last:N", help="With --collect APP/STAGE: which updates; default: latest."
    ),
]
Bundle = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="With --collect: keep what is gathered in this folder; default: a temporary one, which is removed.",
    ),
]


@dataclass(frozen=True, slots=True)
class Collecting:
    """What is gathered before each judgement.

    Attributes:
        request: what.
        asked: the same in the user's words.
        options: how AWS is reached.
        bundle: the folder to keep; None: a temporary one.
        quiet: whether nothing is said of the progress.
    """

    request: Request
    asked: Asked
    options: S3Options
    bundle: str | None
    quiet: bool

    @contextmanager
    def judging(self, check: Callable[..., Report]) -> Iterator[Callable[..., Report]]:
        """A function that gathers what is new, and then checks it; it takes what `check` takes."""
        with tempfile.TemporaryDirectory(prefix="lostwrite-") as folder:
            place = self.bundle or os.path.join(folder, "bundle")  # noqa: PTH118 - a text

            request, lister, again = self.request, store_lister(self.options), False
            budget = run_budget()

            def judged(_: Sequence[str], **options: Any) -> Report:
                nonlocal request, again
                request, has_listings = self._gathered(place, request, lister, budget, again=again)
                again = True
                if self.asked.home is not None:
                    return check([place], **options | {"stores": ()})
                more = {"trail": [*options["trail"], place], "stores": ()}
                if has_listings:
                    more["keys"] = [*options["keys"], place]
                return check(self.asked.logs, **options | more)

            yield judged

    def _gathered(
        self, place: str, request: Request, lister: Lister, budget: Budget, *, again: bool
    ) -> tuple[Request, bool]:
        """Gathers into the bundle; gives what is asked for the next time, and whether there are listings.

        The next time the same deploy is asked for, even if a newer one began. What is refused then takes nothing away
        of what is in the bundle.

        Args:
            place: the bundle.
            request: what is gathered.
            lister: lists stores.
            budget: of all rounds.
            again: whether a log was given before.

        Raises:
            InputError: no log was given.
        """
        from analyzer.bundle.writer import Writer
        from analyzer.collect.request import Updates

        with Writer.open(place) as writer:
            writer.ask(self.asked.words())
            gathered = gather_into(writer, request, self.options, lister, quiet=self.quiet, budget=budget)
        if not gathered.deploys.count and self.asked.home is not None and not again:
            reasons = [f"{one.what}: {one.why}" for one in writer.refused]
            raise InputError(self.asked.home, reasons[0] if reasons else "no log of a deploy was found")
        if len(gathered.updates) == request.updates.last == 1:
            request = replace(request, updates=Updates(gathered.updates[0], 1))
        return request, bool(writer.paths("listing"))

    def tell(self, report: Report, *, waited: bool) -> None:
        """Says on standard error what is open, and when it can be decided."""
        sentence = prospect(report)
        if sentence and not self.quiet:
            more = "" if waited else " (--wait 45m waits for that)"
            typer.echo(f"lostwrite: {sentence}{more}", err=True)


def collecting(  # noqa: PLR0913 - the options of the command
    words: Sequence[str],
    *,
    collect: bool,
    update: str | None,
    bundle: str | None,
    stores: Sequence[str],
    since: str | None,
    until: str | None,
    options: S3Options,
    live: bool,
    quiet: bool,
) -> Collecting | None:
    """What is gathered first; None without `--collect`.

    Raises:
        UsageError: an option needs it, or contradicts it, or a word makes no sense.
    """
    if not collect:
        for option, given in {"--update": update, "--bundle": bundle}.items():
            if given:
                raise UsageError(f"{option} needs --collect")
        return None
    if live:
        raise UsageError("--collect lists the stores itself: leave out --live")
    if "-" in words:
        raise UsageError("--collect reads no log from standard input: name a file")
    logs = tuple(word for word in words if _is_log(word))
    homes = [word for word in words if not _is_log(word)]
    if len(homes) > 1:
        raise UsageError(f"--collect: one APP/STAGE at a time, not {' and '.join(homes[:2])}")
    if homes and homes[0].count("/") != 1:
        raise UsageError(f"{homes[0]}: there is no such file, and APP/STAGE is written as in shop/production")
    asked = Asked(homes[0] if homes else None, logs, update, since, until, stores)
    return Collecting(asked.request(), asked, options, bundle, quiet)


def _is_log(word: str) -> bool:
    """Whether a word names files: a path that exists always does."""
    return os.path.lexists(word) or is_s3(word) or glob.has_magic(word)
