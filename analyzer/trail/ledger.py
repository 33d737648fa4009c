"""The accounts of the files of a trail: a row for each, and where there are very many, one for those of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources.account import Account

ROWS: Final = 10_000
"""From so many files on those that were read wholly, and of which there is nothing to tell, share a row."""

_SUMS: Final = ("files", "bytes", "lines", "recognised", "noise", "unrecognised", "records", "duplicates")


class Ledger:
    """Takes in accounts, by the number of the file, which counts from 0.

    Each file has its own row up to `ROWS` files. Where there are more, files of one form in one folder share a row,
    with sums; but a file with a problem always has its own. Where even the folders are more than that, they share the
    row of the folder above. Rows stand where the first of their files would. So memory does not grow with the files.
    """

    def __init__(self) -> None:
        self.count = 0
        self._own: dict[int, Account] = {}
        self._open: set[int] = set()
        self._shared: dict[tuple[str, str], tuple[int, Account]] = {}
        self._depth = 1 << 20  # folders of a path by which files are told apart

    def add(self, account: Account, *, is_open: bool) -> None:
        """The account of the next file; more may be told of it later only where it `is_open`."""
        number, self.count = self.count, self.count + 1
        self._own[number] = account
        if is_open:
            self._open.add(number)
        if self.count == ROWS + 1:
            self._share(sorted(self._own.keys() - self._open))
        elif self.count > ROWS and not is_open:
            self._share([number])

    def of(self, number: int) -> Account:
        """That of an open file."""
        return self._own[number]

    def opened(self) -> Iterable[Account]:
        """Those of all open files."""
        return [self._own[number] for number in sorted(self._open)]

    def rows(self) -> list[Account]:
        """All, when nothing more is told."""
        if self.count > ROWS:
            self._share(sorted(self._open))
        self._open.clear()
        numbered = [*self._own.items(), *self._shared.values()]
        return [account for _, account in sorted(numbered, key=lambda row: row[0])]

    def _share(self, numbers: Iterable[int]) -> None:
        """Lets those that are clean share rows."""
        for number in numbers:
            if _is_clean(self._own[number]):
                account = self._own.pop(number)
                self._put(number, account, _folder(account.source))

    def _put(self, number: int, account: Account, folder: str) -> None:
        key = (_cut(folder, self._depth), account.kind)
        if key in self._shared:
            first, row = self._shared[key]
            self._shared[key] = (min(first, number), _together(row, account, key[0]))
        else:
            if account.files > 1:
                account.source = key[0] or "./"
            self._shared[key] = (number, account)
        while len(self._shared) > ROWS:
            self._fold_up()

    def _fold_up(self) -> None:
        """Lets the deepest folders share the row of the one above."""
        shared = self._shared
        self._shared = {}
        self._depth = max(folder.count("/") for folder, _ in shared) - 1
        for (folder, _), (number, account) in shared.items():
            self._put(number, account, folder)


def _is_clean(account: Account) -> bool:
    unread = account.undecodable or account.unrecognised
    return account.usable and not unread and not account.problems


def _folder(source: str) -> str:
    return source[: source.rfind("/") + 1]


def _cut(folder: str, depth: int) -> str:
    """The folder, or the one above it that is `depth` deep."""
    return "/".join([*folder.split("/")[:depth], ""]) if folder.count("/") > depth else folder


def _together(row: Account, account: Account, folder: str) -> Account:
    """A row for the files of both; the accounts of single files stay as they are."""
    both = replace(row) if row.files == 1 else row
    both.source = folder or "./"
    for name in _SUMS:
        told = [count for count in (getattr(row, name), getattr(account, name)) if count is not None]
        setattr(both, name, sum(told) if told else None)
    return both
