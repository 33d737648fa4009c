"""Several processes read a trail as one does."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.sources.source import Source
from analyzer.trail import processes, read
from analyzer.trail.processes import in_order, shares, worth
from analyzer.trail.read import Reading, read_trail
from tests.trail.cloudtrail import log, other, record
from tests.trail.signed import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.trail.trail import Trail

TABLES = ("calls", "inputs", "digests", "selectors")
VALUES = ("first", "reach", "accounts", "regions", "outages")


def assert_same(one: Trail, two: Trail) -> None:
    for name in TABLES:
        assert getattr(one, name).equals(getattr(two, name)), name
    for name in VALUES:
        assert getattr(one, name) == getattr(two, name), name


def mixed(seed: int) -> list[Source]:
    """Files with repeats across and within files, bodies that differ, addenda, unusual records, damage, and digests."""
    chance = random.Random(seed)  # noqa: S311 - a test's data
    sources = day(4).sources()
    for number in range(30):
        records: list[dict[str, Any]] = [other(f"o{number}")]
        for _ in range(chance.randrange(4)):
            event = f"e{chance.randrange(20)}"
            made = record(event, requestID=f"r{chance.randrange(2)}")
            if chance.random() < 0.2:
                made |= {"sharedEventID": f"s{chance.randrange(3)}"}
            if chance.random() < 0.2:
                reason = chance.choice(["UPDATED_DATA", "SERVICE_OUTAGE"])
                fields = "requestID" if reason == "UPDATED_DATA" else None
                made |= {
                    "eventID": f"a{number}",
                    "addendum": {"reason": reason, "originalEventID": event, "updatedFields": fields},
                }
            if chance.random() < 0.1:
                made["eventTime"] = "never"
            records.append(made)
        data = log(*records)
        data = chance.choice([data, gzip.compress(data), gzip.compress(data)[:-40], b"no trail"])
        sources.insert(chance.randrange(len(sources)), Source(f"f{number}", None, data))
    return sources


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("piece", [1, 3, 7])
def test_pieces_that_are_absorbed_give_the_same_as_one_reading(
    monkeypatch: pytest.MonkeyPatch, seed: int, piece: int
) -> None:
    """The work of the processes, done here: starting them for each case would take minutes."""
    monkeypatch.setattr(read, "_FEW", 0)
    monkeypatch.setattr(processes, "_FEWEST", piece)
    monkeypatch.setattr(
        read, "in_order", lambda work, pieces, _jobs: ((piece, work(piece)) for piece in pieces)
    )
    sources = mixed(seed)
    assert_same(read_trail(sources), read_trail(sources, (), Reading(jobs=2)))


def test_real_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_FEW", 6)
    seen: list[tuple[int, int]] = []
    sources = mixed(99)
    two = read_trail(sources, (), Reading(jobs=2, progress=lambda files, size: seen.append((files, size))))
    assert_same(read_trail(sources), two)
    assert sum(files for files, _ in seen) == len(sources)
    assert sum(size for _, size in seen) == sum(len(source.content) for source in sources)


def test_the_order_is_that_of_the_work_and_no_piece_is_lost() -> None:
    assert list(in_order(abs, list(range(-20, 0)), 2)) == [(n, -n) for n in range(-20, 0)]


def test_no_more_is_held_than_may_be_where_a_process_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_MOST_WAITING", 3)
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    for number, (piece, _) in enumerate(in_order(abs, pieces(), 2)):
        assert piece == number
        # The one that is yielded, those held, those given away.
        assert len(taken) <= number + 1 + 3 + processes._AHEAD


def test_the_shares_end_small_so_that_no_process_waits_for_long() -> None:
    sizes = [len(share) for share in shares(range(10_000), 10_000, 2)]
    assert sum(sizes) == 10_000
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) == 250
    assert sizes[-2] == 4


def test_a_process_that_reads_files_starts_without_what_it_does_not_need() -> None:
    script = (
        "import sys, analyzer.trail.files as files; files.forms();"
        "print({'polars', 'lark', 'typer', 'rich', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_defect_in_a_process_is_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(in_order(int, ["text"], 1))


def test_small_inputs_are_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert worth([Source("f", None, b"x" * 100)]) == 1
    monkeypatch.setattr(processes, "_LARGE", 150)
    assert worth([Source("f", None, b"x" * 100)] * 2) == 5
