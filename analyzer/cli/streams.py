"""Bytes in and out: standard input, standard output and the file of `--output`, always UTF-8."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def read_stdin() -> bytes:
    """All of standard input."""
    return sys.stdin.buffer.read()


def guard(output: str | None, inputs: Sequence[str]) -> None:
    """Sees to it, before any work, that the output can be written and is none of the inputs.

    Raises:
        UsageError: it is not so.
    """
    if output is None:
        return
    path = Path(output)
    if path.is_dir():
        raise UsageError(f"--output {output}: is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"--output {output}: its folder does not exist")
    if path.exists() and any(Path(name).exists() and path.samefile(name) for name in inputs):
        raise UsageError(f"--output {output}: is an input, and would be overwritten")


def write(chunks: Iterable[str], output: str | None) -> None:
    """Writes texts to the file, or to standard output. A reader that has gone away ends it, quietly.

    Raises:
        UsageError: the output cannot be written.
    """
    try:
        if output is None:
            _to_stdout(chunks)
        else:
            _to_file(chunks, output)
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        where = "standard output" if output is None else f"--output {output}"
        raise UsageError(f"{where}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def _to_stdout(chunks: Iterable[str]) -> None:
    for chunk in chunks:
        sys.stdout.buffer.write(chunk.encode())
    sys.stdout.buffer.flush()


def _to_file(chunks: Iterable[str], output: str) -> None:
    with Path(output).open("wb") as file:
        for chunk in chunks:
            file.write(chunk.encode())


def _forget_stdout() -> None:
    """Lets what Python still wants to flush at its end go nowhere, instead of to the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
