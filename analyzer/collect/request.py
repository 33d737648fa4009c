"""What a user asks to be gathered: of which app and stage or log, which updates, and which stores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

BOOTSTRAP: Final = "/sst/bootstrap"
"""The parameter of SSM in which SST says the name of its state bucket (docs/facts/sst-output.md#13-state-bucket)."""
MOST_UPDATES: Final = 200
NAME: Final = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"
"""Of an app, or of a stage."""
_NAME: Final = re.compile(NAME)
_LAST: Final = re.compile(r"last:([1-9][0-9]{0,3})")
_ID: Final = re.compile(r"[0-9a-f]{24}|[0-9a-f]{6,8}")


@dataclass(frozen=True, slots=True)
class Home:
    """A stage of an app of SST."""

    app: str
    stage: str

    @classmethod
    def of(cls, word: str) -> Self:
        """The stage that `APP/STAGE` names.

        Raises:
            UsageError: it is none.
        """
        app, _, stage = word.partition("/")
        if not _NAME.fullmatch(app) or not _NAME.fullmatch(stage):
            raise UsageError(f"{word!r}: write the app and the stage as APP/STAGE, such as shop/production")
        return cls(app, stage)

    def __str__(self) -> str:
        return f"{self.app}/{self.stage}"


@dataclass(frozen=True, slots=True)
class Updates:
    """Which updates of a stage.

    Attributes:
        id: this one: its id, or the last 6 to 8 digits of it, as SST's permalink has them.
        last: at most so many, the newest.
        since: only those that began then or later.
        until: only those that began then or earlier.
    """

    id: str | None = None
    last: int = MOST_UPDATES
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, word: str | None, since: datetime | None, until: datetime | None) -> Self:
        """What `--update WORD`, `--since` and `--until` mean; without any of them the newest.

        Raises:
            UsageError: it is neither `latest`, nor `last:N`, nor an id; or an id with a time.
        """
        if word is None:
            return cls(None, MOST_UPDATES if since or until else 1, since, until)
        if word == "latest":
            return cls(None, 1, since, until)
        last = _LAST.fullmatch(word)
        if last and int(last[1]) <= MOST_UPDATES:
            return cls(None, int(last[1]), since, until)
        if last:
            raise UsageError(f"--update {word}: no more than {MOST_UPDATES} updates are gathered at once")
        folded = word.rpartition("/")[2].lower()
        if not _ID.fullmatch(folded):
            raise UsageError(
                f"--update {word}: give latest, last:N, or an id (24 hex digits, or the last 8 of its permalink)"
            )
        if since or until:
            raise UsageError("--update ID already says which update: leave out --since and --until")
        return cls(folded, 1)

    def __str__(self) -> str:
        if self.id:
            return self.id
        return "latest" if self.last == 1 else f"last:{self.last}"


@dataclass(frozen=True, slots=True)
class Request:
    """What is gathered.

    Attributes:
        home: the stage; None: logs are given.
        updates: which of its updates.
        bucket: its state bucket, for those who may not read the parameter; None: as the parameter says.
        logs: deploy logs, instead of or beside those of the stage.
        stores: ARNs of stores, beside those that the logs name.
        since: when the deploys of `logs` began, where these have no times.
        until: when they ended.
    """

    home: Home | None = None
    updates: Updates = Updates(last=1)
    bucket: str | None = None
    logs: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
