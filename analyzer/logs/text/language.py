"""The Protocol `Language`: what a line language of text logs must give. `engine` runs one or several languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.logs.text.forms import Meaning

MARKS = pl.Schema(
    {
        "row": pl.UInt32(),
        "section": pl.String(),
        "planning": pl.Boolean(),
        "group_type": pl.String(),
        "group_name": pl.String(),
        "begins": pl.Boolean(),
        "unless": pl.String(),
        "loose": pl.Boolean(),
        "within": pl.String(),
        "display": pl.Boolean(),
        "mode": pl.String(),
    }
)
"""What lines change the context to, a row per such line: `row` (its place in the batch); the section that it opens;
whether a preview runs from there on; the resource that the following lines are about; whether a deploy begins with
it, and the section in which it does not; whether all that holds only outside of sections, or in one that yields; the
one section within which all that holds; whether the display of the engine runs from there on; the command of the
deploy. Null: as before. The empty text: none."""

MESSAGE_LINES = pl.Schema(
    {
        "line": pl.Int64(),
        "at": pl.Datetime("us", "UTC"),
        "run": pl.Int64(),
        "planning": pl.Boolean(),
        "type": pl.String(),
        "name": pl.String(),
        "severity": pl.String(),
        "head": pl.Boolean(),
        "text": pl.String(),
    }
)
"""Lines of diagnostics, in the order of the log: a message may take several of them. `head` is for a
language that knows where a message begins. A null text adds none."""

NOISE, DIAGNOSTIC = "noise", "diagnostic"
"""The roles that all languages share; every other role is a language's own."""

STARTING = "starting"
"""The section that all languages share: a deploy has begun in it, and its header may follow."""

LOST_EVENT: Final = "failed to unmarshal event"
"""What SST says where it lost an event of the engine: no step failed (docs/facts/sst-output.md#0-main-points)."""

Settling = Callable[[Iterable[pl.DataFrame]], Iterator[pl.DataFrame]]
"""Goes over the EVENTS of a whole log, batch by batch: what only later lines show of those before."""


class Language(Protocol):
    """A line language. Names of forms, sections and roles are unique among languages that are read together."""

    GRAMMAR: str
    """Its file in `grammars/`, without the ending."""

    FORMS: Mapping[str, Meaning]
    """What a line of each of its forms means; in the order of the grammar."""

    ACTING: Collection[str]
    """The roles in which the form of a step is one: in a section it may be some of a message, or of a value."""

    OPEN: Collection[str]
    """The sections in which a message may go on below lines that are none of it."""

    YIELDING: Collection[str]
    """The sections in which a loose line may open another: nothing that they hold begins so."""

    SETTLING: Sequence[Settling]
    """What goes over the events of the whole log, in this order; a step for steps whose outcome comes later."""

    def marks(self, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
        """Tables with some columns of MARKS, from the captures of the forms that change the context."""
        ...

    def role(self) -> pl.Expr:
        """What a line is, by its `form` (null: none) and the `section` it stands in; always the same expression.

        `plain` says whether the form goes on with a message of another language.

        NOISE, DIAGNOSTIC, a word of the language, or null: the line is not of this language.
        """
        ...

    def message_lines(self, lines: pl.DataFrame) -> pl.DataFrame:
        """MESSAGE_LINES of the lines whose role is DIAGNOSTIC and that are of this language.

        The column `head` may be left out.
        """
        ...

    def messages(self, lines: pl.DataFrame) -> pl.Series:
        """For each line of MESSAGE_LINES the number of the message that it belongs to, ascending."""
        ...

    def finished(self, messages: pl.DataFrame) -> pl.DataFrame:
        """Events of whole messages, in the order of the log.

        Args:
            messages: a `diagnostic` per message, with `line`, `message` and the columns of MESSAGE_LINES but `text`.
        """
        ...

    def events(self, lines: pl.DataFrame, parts: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
        """Tables with `line` and other columns of EVENTS, for the lines of this language's own roles.

        What holds for every line of a log (source, `at`, `run`, `planning`, `seq`) is filled in where it is lacking.
        What another program printed, and a line holds as a whole, is the text of a column `printed`, in a table with
        `at` and `run`: the dialect says how it is read.
        A table of this method or of `finished` that has `run` may have a column `once`: an event with a text there that
        an earlier event of the run had is left out, since the log says the same thing again.

        Args:
            lines: every line of the batch: `row`, `line`, `at`, `run`, `text`, `form`, `role`, and the context.
            parts: `row` and the captures of each form that occurs.
        """
        ...


def shown(parts: Mapping[str, pl.DataFrame], forms: Collection[str], *, display: bool) -> list[pl.DataFrame]:
    """Marks of some forms: whether the display of the engine runs from there on."""
    rows = [parts[form]["row"] for form in forms if form in parts]
    return [pl.concat(rows).to_frame().with_columns(display=pl.lit(display))] if rows else []
