"""The user's words → sources: files, globs, directories, standard input, and objects in S3.

Sources come in the order of the words, and below each in the order of the paths. The same file is given once.
"""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Collection
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import InputError
from analyzer.sources.folders import is_hidden
from analyzer.sources.input_stats import InputStats
from analyzer.sources.limits import IN_MEMORY, MIB
from analyzer.sources.paths import is_file, is_folder
from analyzer.sources.s3.address import is_s3
from analyzer.sources.source import Source
from analyzer.sources.walk import Tree, is_below, outside, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from analyzer.sources.s3.client import Connection
    from analyzer.sources.s3.objects import Objects

    Part = Sequence[Source] | Tree


class Sources(Collection[Source]):
    """Sources that can be iterated again and again. Those below a directory are made during the iteration."""

    def __init__(
        self,
        parts: Sequence[Part],
        again: Collection[tuple[int, int]] = (),
    ) -> None:
        self._parts = parts
        self._again = again  # the part, and the place in it, of sources that were given before

    def __len__(self) -> int:
        return sum(map(len, self._parts)) - len(self._again)

    def __iter__(self) -> Iterator[Source]:
        for place, part in enumerate(self._parts):
            for number, source in enumerate(_sources_of(part)):
                if not self._again or (place, number) not in self._again:
                    yield source

    def __contains__(self, source: object) -> bool:
        return any(source == own for own in self)

    def and_more(self, sources: Sequence[Source]) -> Sources:
        """These, and then `sources`."""
        return Sources([*self._parts, sources], self._again)


def find(
    words: Sequence[str | Path],
    stdin: Callable[[], bytes] | None = None,
    *,
    follow_links: bool = False,
    s3: Connection | None = None,
    spans: Sequence[tuple[datetime, datetime]] = (),
) -> tuple[Sources, list[InputStats]]:
    """The sources that `words` name, and stats (kind `unusable`) for each word or folder that gave none.

    A word is a file, a glob (`**` too), a directory (all files below it, but for names that begin with a dot, where
    `.sst` is entered, and for folders that surely hold no logs, which are reported) or `-`: standard input, which
    `stdin` reads. Of links below a directory, and of what a glob matches, those that lead out of the directory (or
    the folder that the glob begins with) are reported and not read, unless `follow_links`.

    `s3://BUCKET/PREFIX` names objects (`analyzer.sources.s3`), to which `s3` connects; of a trail that lies there, days
    that cannot matter to deploys that ran in `spans` are left out, and reported.
    """
    look = _Look(follow_links=follow_links, s3=s3, spans=spans)
    parts: list[Part] = []
    for word in map(str, words):
        try:
            parts += look.named(word, stdin)
        except InputError as error:
            look.unread.append(InputStats(printable(word), problems=[error.reason]))
        except (OSError, ValueError) as error:  # longer than a path may be, a NUL, half a character
            look.unread.append(InputStats(printable(word), problems=[_reason(error)]))
    parts = _apart(parts)
    return Sources(parts, _met_again(parts)), look.unread


def _reason(error: OSError | ValueError) -> str:
    """Why a word is no path, as one clause."""
    message = error.strerror if isinstance(error, OSError) else "not a path that can be read"
    return (message or "cannot be read").lower()


class _Look:
    """Looks up the files that words name.

    Attributes:
        unread: of what is not read, and why.
    """

    def __init__(
        self,
        *,
        follow_links: bool,
        s3: Connection | None = None,
        spans: Sequence[tuple[datetime, datetime]] = (),
    ) -> None:
        self.unread: list[InputStats] = []
        self._follow_links = follow_links
        self._s3 = s3
        self._spans = spans
        self._objects: list[Objects] = []

    def named(self, word: str, stdin: Callable[[], bytes] | None) -> list[Part]:
        """The sources that one word names.

        Raises:
            InputError: there is none.
        """
        if is_s3(word):
            return [self._of_bucket(word)]
        path = Path(word)
        if word == "-":
            if stdin is None:
                raise InputError(word, "standard input cannot be read here")
            return [[Source(word, None, _bounded(word, stdin()))]]
        if path.is_dir():
            trees = self._trees(word)
            if not any(map(len, trees)):
                raise InputError(word, "a directory without a file that can be read")
            return list(trees)
        if path.exists() or path.is_symlink():
            return [[_file(word)]]
        if glob.has_magic(word):
            return [[_source(file) for file in self._matches(word)]]
        raise InputError(word, "no such file or directory")

    def _of_bucket(self, word: str) -> Objects:
        """The objects that a word names, but for those that an earlier word did."""
        from analyzer.sources.s3.client import Connection
        from analyzer.sources.s3.objects import find_objects

        self._s3 = self._s3 or Connection()
        objects, unread = find_objects(word, self._s3, self._spans)
        self.unread += unread
        for earlier in self._objects:
            objects = objects.without(earlier)
        self._objects.append(objects)
        return objects

    def _trees(self, folder: str) -> list[Tree]:
        """The files below a folder, and below each folder elsewhere to which a link that is followed leads."""
        trees: list[Tree] = []
        reals: set[str] = set()
        left = [folder]
        while left:
            tree = Tree(left.pop(0), follow_links=self._follow_links)
            if not any(is_below(tree.real, real) for real in reals):
                reals.add(tree.real)
                trees.append(tree)
                left += tree.folders
                self.unread += tree.unread
        return trees

    def _matches(self, pattern: str) -> list[str]:
        """The files that match a glob, sorted; a directory that matches is read as if it were named."""
        anchor = Path(pattern).anchor
        named = set(Path(pattern).parts)
        try:
            matches = sorted(Path(anchor).glob(pattern.removeprefix(anchor)))
        except (ValueError, OSError) as error:
            raise InputError(pattern, "not a pattern that can be matched") from error
        files: dict[str, None] = {}
        folders: dict[str, str] = {}
        root = os.path.realpath(_fixed(pattern))
        left_out: list[str] = []
        for match in matches:
            if any(map(is_hidden, set(match.parts) - named)):
                continue
            if not (self._follow_links or is_below(_real(_source(str(match)), folders), root)):
                left_out.append(str(match))
            elif is_folder(match):
                files.update((file, None) for tree in self._trees(str(match)) for file in tree)
            elif is_file(match):
                files[str(match)] = None
        if left_out:
            self.unread.append(outside(left_out))
        elif not files:
            raise InputError(pattern, "no file matches")
        return list(files)


def _fixed(pattern: str) -> Path:
    """The folder with which a glob begins."""
    parts = Path(pattern).parts
    return Path(*takewhile(lambda part: not glob.has_magic(part), parts))


def _bounded(word: str, content: bytes) -> bytes:
    """The bytes that were read from a pipe.

    Raises:
        InputError: it is more than may be held.
    """
    if len(content) > IN_MEMORY:
        raise InputError(word, f"more than {IN_MEMORY // MIB} MiB from a pipe: write them to a file first")
    return content


def _file(word: str) -> Source:
    """The file that the user named, whatever its name."""
    path = Path(word)
    try:
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode):  # a shell's <(command), which can be read only once
            with path.open("rb") as pipe:
                return Source(printable(word), None, _bounded(word, pipe.read(IN_MEMORY + 1)))
    except OSError as error:
        raise InputError(word, _reason(error)) from error
    if not stat.S_ISREG(mode):
        raise InputError(word, "not a regular file")
    return Source(printable(word), word)


def _apart(parts: Sequence[Part]) -> list[Part]:
    """The parts, where a directory within another one, or named again, is a list of its files."""
    roots = _roots(parts)
    return [
        list(map(_source, part))
        if isinstance(part, Tree) and (roots[part.real] != place or _is_below(part.real, roots))
        else part
        for place, part in enumerate(parts)
    ]


def _roots(parts: Sequence[Part]) -> dict[str, int]:
    """The trees by their folders, each the first one."""
    roots: dict[str, int] = {}
    for place, part in enumerate(parts):
        if isinstance(part, Tree):
            roots.setdefault(part.real, place)
    return roots


def _is_below(real: str, roots: Collection[str]) -> bool:
    return bool(roots) and any(str(parent) in roots for parent in Path(real).parents)


def _met_again(parts: Sequence[Part]) -> frozenset[tuple[int, int]]:
    """The part, and the place in it, of each source that was met before.

    Trees are apart, so a file of one can be met again only as a link or by its own name: of others nothing is kept.
    """
    folders: dict[str, str] = {}
    named = Counter(real for part in parts for real in _named_in(part, folders))
    roots = _roots(parts)
    watched = {real for real, times in named.items() if times > 1 or _is_below(real, roots)}
    paths: set[str] = set()
    again: set[tuple[int, int]] = set()
    for place, part in enumerate(parts if watched else ()):
        reals = map(part.real_path, part) if isinstance(part, Tree) else _named_in(part, folders)
        for number, real in enumerate(reals):
            if real in paths:
                again.add((place, number))
            elif real in watched:
                paths.add(real)
    return frozenset(again)


def _named_in(part: Part, folders: dict[str, str]) -> Iterator[str]:
    """Files, without symbolic links, that are named or that links lead to. An object is named once as it is."""
    if not isinstance(part, (Tree, list)):
        return iter(())
    if isinstance(part, Tree):
        return map(part.real_path, sorted(part.links))
    return (_real(source, folders) for source in part)


def _real(source: Source, folders: dict[str, str]) -> str:
    """The file without symbolic links; what is no file gets a name of its own. `folders` is a cache."""
    if source.path is None:
        return f"\0{source.name}"
    path = Path(source.path)
    if path.is_symlink():
        return os.path.realpath(path)
    folder = str(path.parent)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return f"{folders[folder].removesuffix('/')}/{path.name}"


def _sources_of(part: Part) -> Iterator[Source]:
    return map(_source, part) if isinstance(part, Tree) else iter(part)


def _source(file: str) -> Source:
    return Source(printable(file), file)
