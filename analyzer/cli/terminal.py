"""What the terminal and the environment say of width and colour."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.cli.options import Color

_WIDTH, _LEAST, _MOST = 100, 40, 400


def width(*, to_file: bool) -> int:
    """Columns: COLUMNS if set, else the terminal's; 100 where standard output is no terminal."""
    if to_file:
        return _WIDTH
    return min(max(shutil.get_terminal_size((_WIDTH, 24)).columns, _LEAST), _MOST)


def colored(choice: Color, *, to_file: bool) -> bool:
    """Whether to colour: as `--color` says; with `auto`, by NO_COLOR, FORCE_COLOR, TERM and the terminal."""
    if choice != "auto":
        return choice == "always"
    if to_file or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
