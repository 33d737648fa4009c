"""Bytes in and out: standard input, standard output and the file of `--output`, always UTF-8."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final

import typer

from analyzer.cli.apart import clash, is_same
from analyzer.cli.place import opened, problem_of
from analyzer.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from analyzer.sources.source import Source


_MOST: Final = 20  # sentences of one kind


def read_stdin() -> bytes:
    """All of standard input.

    Raises:
        InputError: it is closed, or cannot be read.
    """
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise InputError("-", f"standard input cannot be read: {_reason(error)}") from error


def guard(output: str | None, inputs: Sequence[str]) -> None:
    """Sees to it, before any work, that the output can be written and is none of the inputs.

    Raises:
        UsageError: it is not so.
    """
    if output is None:
        _guard_stdout(inputs)
        return
    problem = problem_of(output) or clash(output, inputs)
    if problem:
        raise UsageError(f"--output {output}: {problem}")


def _guard_stdout(inputs: Sequence[str]) -> None:
    """Refuses `lostwrite parse a.log >> a.log`; a file that is met in a folder is left out instead (`is_stdout`)."""
    own = _regular_stdout()
    for word in inputs if own else ():
        if word != "-" and is_same(word, own):
            raise UsageError(f"{word}: is an input, and standard output writes to it")


def own_output() -> Callable[[Source], bool] | None:
    """Tells whether a source is the file that standard output goes to; None where that is no file."""
    own = _regular_stdout()
    if own is None:
        return None
    return lambda source: source.path is not None and is_same(source.path, own)


def _regular_stdout() -> os.stat_result | None:
    try:
        found = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or no file of the system
        return None
    from stat import S_ISREG

    return found if S_ISREG(found.st_mode) else None


def write(chunks: Iterable[str], output: str | None) -> None:
    """Writes texts to the file, or to standard output. A reader that has gone away ends it, quietly.

    Raises:
        UsageError: the output cannot be written.
    """
    if output is not None:
        write_file(output, lambda file: file.writelines(chunk.encode() for chunk in chunks))
        return
    try:
        _to_stdout(chunks)
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        raise UsageError(f"standard output: cannot be written: {_reason(error)}") from error


def write_file(output: str, fill: Callable[[BinaryIO], object]) -> None:
    """Lets `fill` write the file of `--output`, which takes its place when it is whole.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with opened(output) as file:
            fill(file)
    except BrokenPipeError:  # a pipe or a FIFO, whose reader has gone away
        return
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {_reason(error)}") from error


def tell_unread(unread: Sequence[tuple[str, str]]) -> None:
    """A sentence on standard error for each input that was named and could not be used: the reason of the exit code."""
    from analyzer.redaction.redact import redacted_text
    from analyzer.reports.clean import clean

    for word, reason in unread[:_MOST]:
        typer.echo(f"lostwrite: {clean(redacted_text(f'{word}: {reason}'))}", err=True)
    if len(unread) > _MOST:
        typer.echo(f"lostwrite: and {len(unread) - _MOST} more inputs that could not be used", err=True)


def _reason(error: OSError) -> str:
    return "it is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()


def _to_stdout(chunks: Iterable[str]) -> None:
    out = sys.stdout.buffer
    for chunk in chunks:
        out.write(chunk.encode())
        if getattr(getattr(out, "raw", None), "gone", False):  # nobody reads what would come
            return
    out.flush()


def _forget_stdout() -> None:
    """Lets what Python still wants to flush at its end go nowhere, instead of to the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
