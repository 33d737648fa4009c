"""The command `lostwrite`: makes the process safe, and then loads the program.

As in `safe_path`, nothing is imported here before the path is safe but what Python has loaded by then, or is built in.
"""

import gc
import sys

from analyzer.safe_path import safe_path

_INTERRUPTED = 130
_YOUNG = 200_000
"""Objects that are made before garbage is looked for: what imports make stays, which is half as many, and to search it
for garbage is wasted."""


def main() -> None:
    """Runs the program with the process's arguments and exits."""
    sys.path[:] = safe_path()
    gc.set_threshold(_YOUNG, 20, 100)
    try:
        _run()
    except KeyboardInterrupt:  # while it was loaded
        sys.exit(_INTERRUPTED)


def _run() -> None:
    from analyzer.cli.signals import Ending
    from analyzer.cli.standard import open_standard

    open_standard()
    ending = Ending()
    ending.handle()
    try:
        from analyzer.cli.main import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = _INTERRUPTED
    ending.leave(code)
