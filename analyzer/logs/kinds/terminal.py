"""What a terminal or a CI job shows of a deploy by SST or Pulumi, between lines of others.

The lines of SST give the events that Pulumi's give in `pulumi_text`, as far as they say them: `name` and `type` are
the URN's, `Created` is `create`. A failed step prints no operation: `failed` with the error as its message. What
stands before each line (a CI system's time, a task's name) is taken off; its time is `at`. A new `run` begins with
each header of SST, each further command of `sst dev`, and each header of Pulumi.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.languages.pulumi import shown
from analyzer.logs.languages.runner import language as runner
from analyzer.logs.languages.slog import language as slog
from analyzer.logs.languages.sst import language as sst
from analyzer.logs.text.kind import TextKind
from analyzer.logs.text.parse import Dialect
from analyzer.logs.text.prefilter import CountedLines, Prefilter

# Begins of lines of SST's, and of Pulumi's rows and trees, whatever is wrong with the rest.
_BEGINS: Final = (
    r"^(?:\|  [^ ]|SST [^ ]+ .*ready!|➜  |↗  |~  |✕  |time=[0-9-]+T[^ ]* level="
    r"|[ \t]{0,12}(?:[+~<>=-]{1,2}|\*) +(?:[│├└─] *)*[a-z][a-z0-9-]*:[A-Za-z][^: ]*:[A-Za-z][^ :]* [^ ])"
)
# What no other program prints, wherever it begins in a line: something may stand before it. Each holds the text.
_WITHIN: Final = {
    "**": r"\*\*(?:[a-z]+ )?failed",
    "|  ": r"\|  (?:Created|Updated|Deleted|Imported|Refreshed|Error|Locked) +[^ ]",
    "s)": r"[+~<>=-] {1,3}[a-z][a-z0-9-]*:[^ :]+:[^ :]+ [^ ]+ [a-z]+(?: [a-z]+)* \([0-9.]+s\)",
    "ready!": r"SST [^ ]+ .*ready!",
}
_OURS: Final = "|".join((_BEGINS, *_WITHIN.values()))


def prefilter() -> Prefilter:
    """What may be left out where only key-value writes matter."""
    derived = Prefilter.of(
        DIALECT.languages,
        ends=CountedLines(telling=f"{pulumi.TELLING}|{sst.TELLING}", ending=pulumi.UNSAID),
        passes=CountedLines(telling=slog.TELLING, opening=slog.OPENING),
    )
    return replace(derived, repeating=slog.REPEATING, stamp=slog.STAMP, ours=_BEGINS, doubtful=_WITHIN)


DIALECT: Final = Dialect(
    # A record comes first: the spinner that it may stand behind is a line of SST's.
    (slog, sst, runner, shown),
    ours=_OURS,
    prefilter=prefilter,
    wrapped=True,
    printed=Dialect((pulumi,)),
)
_TEXT: Final = TextKind("terminal", DIALECT)
KIND: str = _TEXT.kind
GRAMMARS: tuple[str, ...] = _TEXT.grammars
read = _TEXT.read
prefiltered = _TEXT.prefiltered
