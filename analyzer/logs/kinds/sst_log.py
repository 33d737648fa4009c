"""`sst.log` and its panes (`ui-*.log`, `sst-*.log` of the temporary folder): SST's own log.

Facts of the deploy are `header`, its end is `summary`, every other record a `diagnostic` of its level; `at` is the
record's time. It has no steps but for lines of SST's terminal: before v3.7 that of a failed run holds what Pulumi
printed. With `--print-logs` lines of SST's terminal may stand among the records, as far down as is not looked at
beforehand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.logs.kinds import terminal
from analyzer.logs.text.kind import TextKind

if TYPE_CHECKING:
    from analyzer.logs.text.prefilter import Prefilter

_OURS: Final = r"^(?:time=|level=|\|  [^ ]|SST [^ ]+ .*ready!|➜  |↗  |~  |✕  )"


def prefilter() -> Prefilter:
    """What may be left out where only key-value writes matter."""
    return replace(terminal.prefilter(), ours=_OURS)


DIALECT: Final = replace(terminal.DIALECT, ours=_OURS, prefilter=prefilter, wrapped=False)
_TEXT: Final = TextKind("sst-log", DIALECT)
KIND: str = _TEXT.kind
GRAMMARS: tuple[str, ...] = _TEXT.grammars
read = _TEXT.read
prefiltered = _TEXT.prefiltered
