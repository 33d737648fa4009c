"""`python -m benchmarks [startup] [deploy] [text] [trail] [files] [audit]`: all of them where none is named."""

from __future__ import annotations

import compileall
import platform
import sys
from pathlib import Path

import analyzer
from benchmarks import audit, many_files, one_deploy, startup, text_log, trail

_PARTS = {
    "startup": startup.main,
    "deploy": one_deploy.main,
    "text": text_log.main,
    "trail": trail.main,
    "files": many_files.main,
    "audit": audit.main,
}

compileall.compile_dir(Path(analyzer.__file__).parent, quiet=1)  # as pip leaves it
print(
    f"Python {platform.python_version()}, medians; absolute figures move with the machine, ratios carry over"
)
for part in sys.argv[1:] or _PARTS:
    _PARTS[part]()
