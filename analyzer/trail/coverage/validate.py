"""Compares digests with the available files → DIGESTS: which hours are complete, which files are missing or altered.

What this proves (docs/facts/cloudtrail.md#21-digests): a log file that a digest lists, and that is available with the
listed hash, is what CloudTrail wrote, if the digest is. A digest whose hash the next digest holds is what CloudTrail
wrote, if the next one is; with a valid signature it surely is. It cannot be detected that the newest digests were taken
away, or that a signature is missing which no later available digest holds: such a digest is `unsigned`.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from analyzer.tables import DIGESTS, from_columns
from analyzer.trail.coverage.log_file_index import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from analyzer.trail.coverage.digest import Digest
    from analyzer.trail.coverage.log_file_index import LogFileIndex
    from analyzer.trail.coverage.public_keys import PublicKeys

_MOST_NAMED: Final = 5  # files named in one problem; the others are counted


def validated(
    digests: Sequence[Digest], log_files: LogFileIndex, keys: PublicKeys | None = None
) -> pl.DataFrame:
    """DIGESTS: a row per digest, by chain and time.

    Args:
        digests: the available ones.
        log_files: the available log files.
        keys: to check signatures with.
    """
    ordered = sorted(digests, key=lambda digest: (digest.chain, digest.end, digest.key, digest.source))
    rows: list[dict[str, object]] = []
    for _, chain in groupby(ordered, key=lambda digest: digest.chain):
        rows += _chain_rows(list(chain), log_files, keys)
    return from_columns({name: [row[name] for row in rows] for name in DIGESTS}, DIGESTS)


def _chain_rows(
    chain: list[Digest], log_files: LogFileIndex, keys: PublicKeys | None
) -> list[dict[str, object]]:
    once, doubled = _once(chain)
    by_key = {digest.key: digest for digest in once}
    vouched = {digest.previous: digest for digest in once if digest.previous in by_key}
    rows = [_row(digest, by_key, vouched.get(digest.key), log_files, keys) for digest in once]
    for row, digest in zip(rows, once, strict=True):
        if digest.key in doubled:
            _spoil(row, "two available files claim to be this digest, and differ")
        if rows[0] is not row and row["link"] == "missing":
            _tell(row, f"the digest before it is missing: {stem(digest.previous or '')}")
    _number_runs(rows, once)
    return rows


def _once(chain: list[Digest]) -> tuple[list[Digest], set[str]]:
    """Each digest once, and the keys under which there are several that differ."""
    first: dict[str, Digest] = {}
    doubled = {digest.key for digest in chain if first.setdefault(digest.key, digest).sha256 != digest.sha256}
    return list(first.values()), doubled


def _row(
    digest: Digest,
    by_key: Mapping[str, Digest],
    after: Digest | None,
    log_files: LogFileIndex,
    keys: PublicKeys | None,
) -> dict[str, object]:
    states = [log_files.state(*file) for file in digest.files]
    row: dict[str, object] = digest.chain._asdict() | {
        "source": digest.source,
        "start": digest.start,
        "end": digest.end,
        "link": _link(digest, by_key),
        "signature": _signature(digest, after, keys),
        "files": len(states),
        **{state: states.count(state) for state in ("missing", "altered", "unread")},
        "run": 0,
        "problems": [],
    }
    for state, words in _WORDS.items():
        bad = [
            stem(file.key)
            for file, file_state in zip(digest.files, states, strict=True)
            if file_state == state
        ]
        if bad:
            _spoil(row, f"{words}: {_named(bad)}")
    if after is not None and after.previous_sha256 != digest.sha256:
        _spoil(row, "the digest itself is altered: the next one gives another hash for it")
    if row["signature"] == "invalid":
        _spoil(row, "its signature is invalid: it, or the next digest, is not what CloudTrail wrote")
    if row["link"] == "apart":
        _tell(row, "hours are missing between the digest before it and this one")
    if "CloudTrail-Digest" in digest.source and stem(digest.source) != stem(digest.key):
        _spoil(row, f"it lies under another name than its own: {stem(digest.key)}")
    return row


_WORDS: Final = {
    "missing": "log files are missing",
    "altered": "log files are altered or cut",
    "unread": "log files could not be read completely",
}


def _link(digest: Digest, by_key: Mapping[str, Digest]) -> str:
    if digest.previous is None:
        return "first"
    before = by_key.get(digest.previous)
    if before is None:
        return "missing"
    if before.sha256 != digest.previous_sha256:
        return "altered"
    return "linked" if before.end == digest.start or digest.chain.backfill else "apart"


def _signature(digest: Digest, after: Digest | None, keys: PublicKeys | None) -> str:
    if after is None or after.previous_signature is None:
        return "unsigned"
    return "unchecked" if keys is None else keys.check(digest, after.previous_signature)


def _tell(row: dict[str, object], problem: str) -> None:
    problems = row["problems"]
    if isinstance(problems, list):
        problems.append(problem)


def _spoil(row: dict[str, object], problem: str) -> None:
    """Adds a problem because of which the hour is not whole."""
    row["run"] = None
    _tell(row, problem)


def _number_runs(rows: list[dict[str, object]], digests: list[Digest]) -> None:
    """Numbers the runs: a whole digest belongs to the run of the whole digest to which it is linked."""
    runs: dict[str | None, int] = {}
    for row, digest in zip(rows, digests, strict=True):
        if row["run"] is None:
            continue
        linked = runs.get(digest.previous) if row["link"] == "linked" else None
        row["run"] = runs[digest.key] = len(set(runs.values())) if linked is None else linked


def _named(names: Iterable[str]) -> str:
    ordered = list(names)
    more = f" and {len(ordered) - _MOST_NAMED} more" if len(ordered) > _MOST_NAMED else ""
    return ", ".join(ordered[:_MOST_NAMED]) + more
