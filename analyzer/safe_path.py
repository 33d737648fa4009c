"""Where modules are imported from: never from the folder where the user stands.

This module comes before any other one of the program, so it imports only what Python itself has loaded by then: not
even `__future__`, which is a file that is looked for like any other.
"""

import os
import site
import sys

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is no part of Python's start


def safe_path() -> list[str]:
    """`sys.path` without the current folder, which `python -m` and an empty word in PYTHONPATH put there.

    What Python itself is installed in stays, wherever the user stands. The folder that holds this package comes last
    where it would be missing otherwise: so it is in a checkout that is not installed.
    """
    here = _here()
    kept = [entry for entry in sys.path if entry and (_real(entry) != here or _is_of_python(entry))]
    return kept if _PACKAGE in kept else [*kept, _PACKAGE]


def _here() -> str | None:
    try:
        return _real(os.getcwd())  # noqa: PTH109 - as above
    except OSError:  # it was deleted
        return None


def _is_of_python(entry: str) -> bool:
    library = os.path.dirname(os.__file__)  # noqa: PTH120 - as above
    return _real(entry) in {
        _real(path)
        for path in (library, os.path.join(library, "lib-dynload"), *site.getsitepackages())  # noqa: PTH118 - as above
    }


def _real(path: str) -> str:
    return os.path.realpath(path)
