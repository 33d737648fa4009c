"""Finds the configuration file, reads it and the environment: what holds for this run.

A file is data here: nothing in it is run, and reading it writes nothing. Which keys it may have is for
`analyzer/config/keys.py` to say.
"""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Final

from analyzer.config.file import OWN, SHARED, read_config
from analyzer.config.resolve import resolve, unknown_variables
from analyzer.config.shown import Configuration
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.config.file import ConfigFile
    from analyzer.config.keys import Value

_LARGEST: Final = 1 << 20  # bytes


def configured(
    given: Mapping[str, Value], *, config: str | None = None, no_config: bool = False
) -> Configuration:
    """What holds for this run.

    Args:
        given: options of the command line, by key; None is not given.
        config: the file that `--config` names; None: the nearest one upward from the current folder.
        no_config: whether no file is looked for.

    Raises:
        UsageError: the file cannot be used, or a variable has a wrong value.
    """
    if config is not None and no_config:
        raise UsageError("--config and --no-config contradict each other")
    file, passed_over = (None, []) if no_config else _named(config) if config is not None else _nearest()
    settings = resolve(given, os.environ, file)
    return Configuration(file, passed_over, settings, unknown_variables(os.environ))


def _named(path: str) -> tuple[ConfigFile | None, list[str]]:
    text = _text(Path(path), path)
    if text is None:
        raise UsageError(f"--config {path}: there is no such file")
    shared = os.path.basename(path) == SHARED  # noqa: PTH119 - a Path would lose a slash at the end
    found = read_config(text, path, shared=shared)
    if found is None:
        raise UsageError(f"--config {path}: has no table [tool.lostwrite]")
    return found, []


def _nearest() -> tuple[ConfigFile | None, list[str]]:
    """The file of the nearest folder that has one, and the other one of that folder."""
    for folder in _upward():
        found = [file for name in (OWN, SHARED) if (file := _read(folder / name)) is not None]
        if found:
            return found[0], [file.path for file in found[1:]]
    return None, []


def _upward() -> Iterator[Path]:
    """The current folder and those that it is in, up to the one that is a repository."""
    try:
        here = Path.cwd()
    except OSError:  # it was deleted
        return
    for folder in (here, *here.parents):
        yield folder
        if os.path.lexists(folder / ".git"):
            return


def _read(path: Path) -> ConfigFile | None:
    try:
        path.lstat()
    except OSError:  # there is none, or nobody may look whether there is
        return None
    named = os.path.relpath(path)
    text = _text(path, named)
    if text is None:  # what it says would be missed without a word
        raise UsageError(f"{named}: is a link that leads to no file")
    found = read_config(text, named, shared=path.name == SHARED)
    if found is not None:
        _require_own(path, named)
    return found


def _require_own(path: Path, named: str) -> None:
    """Refuses what another user has laid in a folder above, as anyone may in /tmp.

    Raises:
        UsageError: it belongs to neither the user, the superuser, nor the owner of the current folder.
    """
    if not hasattr(os, "geteuid"):
        return
    owner = path.stat().st_uid
    if owner not in {os.geteuid(), 0, Path.cwd().stat().st_uid}:
        raise UsageError(f"{named}: belongs to another user: name it with --config, or give --no-config")


def _text(path: Path, named: str) -> str | None:
    """The text of a regular file; None where there is none.

    Raises:
        UsageError: it cannot be read, is too large, or is no text.
    """
    try:
        if not S_ISREG(path.stat().st_mode):
            raise UsageError(f"{named}: is no file")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"{named}: is larger than 1 MiB, which no configuration is")
        return data.decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise UsageError(f"{named}: is no UTF-8") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is no name of a file"
        raise UsageError(f"{named}: cannot be read: {reason.lower()}") from error
