"""Pulumi's verbose log (`-v=9 --logtostderr`, or its file), perhaps with Pulumi's text between.

Each record is a diagnostic; slog's have times, glog's lack year and zone.
"""

from __future__ import annotations

from typing import Final

from analyzer.logs.languages.glog import language as glog
from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.text.kind import TextKind
from analyzer.logs.text.parse import Dialect

_OURS: Final = r'^(?:[IWEF][0-9]{4} [0-9]{2}:|\{"time":"[0-9]{4}-)'
DIALECT: Final = Dialect((glog, pulumi), _OURS)
_TEXT: Final = TextKind("pulumi-verbose", DIALECT)
KIND: str = _TEXT.kind
GRAMMARS: tuple[str, ...] = _TEXT.grammars
read = _TEXT.read
