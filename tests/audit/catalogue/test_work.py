"""The journal: what a killed run had judged is given back as it was, and what is damaged is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.audit.catalogue.folder import Folder
from analyzer.audit.catalogue.manifest import Place, Rests, Unit
from analyzer.audit.catalogue.work import Work
from analyzer.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

PACK = "a" * 64
FILES = {Place("writes", "unknown", "unknown"): b"first", Place("calls", "unknown", "2026-01"): b"second one"}


def journal(folder: Path) -> Work:
    work = Work(Folder(folder))
    work.put(PACK, {"u": Unit(rests=Rests("b" * 64, ""), places=tuple(FILES))}, FILES)
    return work


def test_each_partition_has_its_own_bytes(tmp_path: Path) -> None:
    work = journal(tmp_path)
    places = work.places(PACK)
    assert {at: work.file(PACK, span) for at, span in places.items()} == {
        place.partition(): data for place, data in FILES.items()
    }


def test_rows_that_are_cut_are_named(tmp_path: Path) -> None:
    work = journal(tmp_path)
    rows = tmp_path / ".work" / PACK / "rows"
    rows.write_bytes(rows.read_bytes()[:-1])
    last = work.places(PACK)[Place("calls", "unknown", "2026-01").partition()]
    with pytest.raises(InputError, match="is damaged"):
        work.file(PACK, last)
