"""The command `lostwrite`: makes the process safe, and then loads the program.

As in `safe_path`, nothing is imported here before the path is safe but what Python has loaded by then.
"""

import sys

from analyzer.safe_path import safe_path

_INTERRUPTED = 130


def main() -> None:
    """Runs the program with the process's arguments and exits."""
    sys.path[:] = safe_path()
    try:
        from analyzer.cli.signals import handle
        from analyzer.cli.standard import open_standard

        open_standard()
        handle()
        from analyzer.cli.main import main as program

        program()
    except KeyboardInterrupt:  # while it was loaded, or once more while it ended
        sys.exit(_INTERRUPTED)
