"""Bytes in and out: standard input, standard output and the file of `--output`, always UTF-8."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

from analyzer.cli.apart import clash, is_same
from analyzer.cli.place import opened, problem_of
from analyzer.errors import InputError, UsageError
from analyzer.sources.limits import IN_MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO, TextIO

    from analyzer.sources.source import Source


_MOST: Final = 20  # sentences of one kind


def read_stdin() -> bytes:
    """All of standard input; no more than one byte beyond what may be held (`find` refuses it then).

    Raises:
        InputError: it is closed, or cannot be read.
    """
    try:
        return sys.stdin.buffer.read(IN_MEMORY + 1)
    except OSError as error:
        raise InputError("-", f"standard input cannot be read: {_reason(error)}") from error


def guard(output: str | None, inputs: Sequence[str], option: str = "--output ") -> None:
    """Sees to it, before any work, that the output can be written and is none of the inputs.

    Args:
        output: the file; None for standard output.
        inputs: the words that name inputs.
        option: what stands before the file in a sentence about it.

    Raises:
        UsageError: it is not so.
    """
    if "" in inputs:  # `"$LOG"` where LOG is not set: `Path` would take it for the current folder
        raise UsageError("an empty argument names no input")
    _guard_stderr(inputs)
    if output is None:
        _guard_stdout(inputs)
        return
    problem = problem_of(output) or clash(output, inputs)
    if problem:
        raise UsageError(f"{option}{output}: {problem}")


def _guard_stdout(inputs: Sequence[str]) -> None:
    """Refuses `lostwrite parse a.log >> a.log`; a file that is met in a folder is left out instead (`is_stdout`)."""
    own = _regular(sys.stdout)
    for word in inputs if own else ():
        if word != "-" and is_same(word, own):
            raise UsageError(f"{word}: is an input, and standard output writes to it")


def _guard_stderr(inputs: Sequence[str]) -> None:
    """Refuses `lostwrite check a.log 2>> a.log`; the sentence that says so must not be written there either."""
    own = _regular(sys.stderr)
    for word in inputs if own else ():
        if word != "-" and is_same(word, own):
            _to_nowhere(sys.stderr)
            raise UsageError(f"{word}: is an input, and standard error writes to it")


def own_output() -> Callable[[Source], bool] | None:
    """Tells whether a source is the file that standard output goes to; None where that is no file."""
    own = _regular(sys.stdout)
    if own is None:
        return None
    return lambda source: source.path is not None and is_same(source.path, own)


def _regular(stream: TextIO) -> os.stat_result | None:
    """The regular file that a stream writes to; None where it writes to something else."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or no file of the system
        return None
    from stat import S_ISREG

    return found if S_ISREG(found.st_mode) else None


def write(chunks: Iterable[str], output: str | None, option: str = "--output ") -> None:
    """Writes texts to the file, or to standard output. A reader that has gone away ends it, quietly.

    Raises:
        UsageError: the output cannot be written.
    """
    if output is not None:
        write_file(output, lambda file: file.writelines(chunk.encode() for chunk in chunks), option)
        return
    try:
        _to_stdout(chunks)
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
    except OSError as error:
        raise UsageError(f"standard output: cannot be written: {_reason(error)}") from error


def write_file(output: str, fill: Callable[[BinaryIO], object], option: str = "--output ") -> None:
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
        raise UsageError(f"{option}{output}: cannot be written: {_reason(error)}") from error


@contextmanager
def staged(output: str, text: str, option: str) -> Iterator[None]:
    """The file of an output, written beside its place; at the end of the block it takes its place, unless that fails.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with opened(output) as file:
            file.write(text.encode())
            file.flush()
            yield
    except OSError as error:
        raise UsageError(f"{option}{output}: cannot be written: {_reason(error)}") from error


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


def _to_nowhere(stream: TextIO) -> None:
    """Lets what is still written to the stream, also by Python at its end, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
