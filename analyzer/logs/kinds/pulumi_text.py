"""The text that Pulumi prints, and nothing else: `pulumi.log` (SST keeps it in `.sst/log`), a terminal's tree, a diff.

Rows give `started`, `done` or `failed` with Pulumi's own word as `op`; what the program printed is `console`;
`Diagnostics:` and policies give `diagnostic` with the resource's type and name. `request_id` and `error_code` stay
null (`analyzer.grammar.nested.sdk_errors` reads them out of messages), and so do `new` and `at`. An interrupted row
is `failed` with outcome `interrupted`. A second header begins a new `run`.

- A row without a glyph is `same`: done, unless it still says something (`started`) or `**failed**`: that may be a
  resource whose steps never began.
- A refresh is `started` as `refresh` and ends as what it found: `same`, `update`, `delete`.
- Of a tree that was drawn again and again the last drawing counts; what was drawn over is noise. A tree under
  `Plan` plans. A resource has one row: `replace` stands for the steps of a replacement that ended well.
- A step of `--diff` and `--urns` is `started`, at the line that says its URN; it is `done` or `failed` on the line
  after the totals, where these prove it (`analyzer.logs.languages.pulumi.diff`). Its properties are noise. What
  `Changes:` repeats is `summary`, with the URN.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.text.kind import TextKind
from analyzer.logs.text.parse import Dialect
from analyzer.logs.text.prefilter import CountedLines, Prefilter

_DOUBTFUL: Final = ("failed", "errored", "error: ", "response error")
"""Words of lines that must be read, understood or not: they may forbid that the deploy is taken as succeeded."""


def prefilter() -> Prefilter:
    """What may be left out where only key-value writes matter."""
    derived = Prefilter.of(
        DIALECT.languages,
        ends=CountedLines(telling=pulumi.TELLING_ROWS),
        passes=CountedLines(telling=pulumi.TELLING_LINES, ending=pulumi.UNSAID),
    )
    return replace(derived, doubtful=dict.fromkeys(_DOUBTFUL, "|".join(_DOUBTFUL)))


DIALECT: Final = Dialect((pulumi,), prefilter=prefilter, wrapped=True)
_TEXT: Final = TextKind("pulumi-text", DIALECT)
KIND: str = _TEXT.kind
GRAMMARS: tuple[str, ...] = _TEXT.grammars
read = _TEXT.read
prefiltered = _TEXT.prefiltered
