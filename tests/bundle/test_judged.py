"""A bundle is judged alone, as its files would be; a hole in it is told, and proves nothing."""

from __future__ import annotations

import tarfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import check, scan_logs, trail_report
from analyzer.bundle.manifest import NAME
from analyzer.bundle.open import opened
from tests.bundle.made import TRAIL, files_of, put_log, put_trail, writer_at
from tests.test_proof import LOG, PUT, SAMPLE, START, records
from tests.trail.signed import ADVANCED, Bucket, public_keys, write_selectors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer import Report

KEY = "ea01:routes"
PROVEN = ("dropped", "never_attempted", "high")


def bucket_of(*changes: dict[str, Any], hours: int = 4) -> Bucket:
    """As that of `tests.test_proof`: the deploy's calls, no later write, and a digest for each hour."""
    bucket = Bucket()
    bucket.deliver(START + timedelta(minutes=10), *changes)
    bucket.close(START, START + timedelta(hours=1), first=True)
    bucket.deliver(START + timedelta(hours=1, minutes=45), *records().values())
    for number in range(1, hours):
        bucket.close(START + timedelta(hours=number), START + timedelta(hours=number + 1))
    return bucket


def bundle(folder: Path, *changes: dict[str, Any], more: Callable[[Any], None] | None = None) -> Path:
    with writer_at(folder, START + timedelta(hours=5)) as writer:
        put_log(writer, LOG.read_bytes())
        put_trail(writer, bucket_of(*changes).files)
        if more:
            more(writer)
    return folder


def verdict(report: Report) -> tuple[str, str, str]:
    row = report.writes.filter(key=KEY).row(0, named=True)
    return row["verdict"], row["cause"], row["confidence"]


def problems(report: Report) -> list[str]:
    told = report.inputs.explode("problems").drop_nulls("problems")
    return [f"{source}: {problem}" for source, problem in told.select("source", "problems").iter_rows()]


def test_the_chain_proves_as_without_a_bundle(tmp_path: Path) -> None:
    with writer_at(tmp_path / "b", START) as writer:
        put_log(writer, LOG.read_bytes())
        put_trail(writer, files_of(SAMPLE / "trail"))
    alone, plain = check([tmp_path / "b"]), check([LOG], trail=[SAMPLE / "trail"])
    told = ["key", "verdict", "cause", "confidence", "leaning"]
    assert alone.writes.select(told).equals(plain.writes.select(told))
    assert alone.exit_code == plain.exit_code == 1
    assert not alone.unread
    assert not problems(alone)


def test_digests_and_a_change_of_selectors_prove_and_are_signed(tmp_path: Path) -> None:
    def keys(writer: Any) -> None:
        writer.put("public_keys", "cloudtrail:ListPublicKeys", public_keys())

    report = check([bundle(tmp_path, PUT, more=keys)])
    assert verdict(report) == PROVEN
    assert report.evidence["detail"].str.contains("(signed)", literal=True).any()


def test_selectors_hold_from_when_they_were_asked_for_also_when_they_are_asked_for_again(
    tmp_path: Path,
) -> None:
    """The time is that of the manifest: a copied file has another."""
    answer = write_selectors(tmp_path, START, ADVANCED).read_bytes()
    for name, hours, expected in (("b", (3.5, 30), "dropped"), ("c", (30,), "unverifiable")):
        bundle(tmp_path / name)
        for number in hours:
            with writer_at(tmp_path / name, START + timedelta(hours=number)) as writer:
                writer.put("selectors", f"cloudtrail:GetEventSelectors {TRAIL}", answer)
        assert verdict(check([tmp_path / name]))[0] == expected


def test_selectors_of_a_trail_that_does_not_log_prove_nothing(tmp_path: Path) -> None:
    answer = write_selectors(tmp_path, START, ADVANCED).read_bytes()
    bundle(tmp_path / "b")
    with writer_at(tmp_path / "b", START + timedelta(hours=3.5)) as writer:
        writer.put("selectors", f"cloudtrail:GetEventSelectors {TRAIL}", answer)
        writer.put("status", f"cloudtrail:GetTrailStatus {TRAIL}", b'{"IsLogging": false}')
    found = opened(tmp_path / "b")
    assert found.selectors == []
    assert any(f"not used: trail {TRAIL} did not log at" in problem for problem in found.rows[0].problems)


@pytest.mark.parametrize("ending", [".tar.zst", ".tar"])
def test_an_archive_of_it_is_judged_the_same(tmp_path: Path, ending: str) -> None:
    with writer_at(tmp_path / "b", START) as writer:
        put_log(writer, LOG.read_bytes())
        put_trail(writer, bucket_of(PUT).files)
    writer.pack(tmp_path / f"b{ending}")
    again = (tmp_path / f"b{ending}").read_bytes()
    writer.pack(tmp_path / f"b{ending}")
    assert (tmp_path / f"b{ending}").read_bytes() == again
    assert (tmp_path / f"b{ending}").stat().st_mode & 0o777 == 0o600
    report = check([tmp_path / f"b{ending}"])
    assert verdict(report) == PROVEN
    assert not problems(report)
    assert not report.unread


def test_an_archive_that_a_person_made_of_the_folder_is_one_too(tmp_path: Path) -> None:
    bundle(tmp_path / "evidence", PUT)
    with tarfile.open(tmp_path / "e.tgz", "w:gz") as tar:
        tar.add(tmp_path / "evidence/trail", "evidence/trail")
        tar.add(
            tmp_path / "evidence",
            "evidence",
            filter=lambda member: None if "/trail" in member.name else member,
        )
    assert verdict(check([tmp_path / "e.tgz"])) == PROVEN


def test_a_bundle_beside_another_log_and_as_the_trail_alone(tmp_path: Path) -> None:
    bundle(tmp_path / "b", PUT)
    assert verdict(check([LOG], trail=[tmp_path / "b"])) == PROVEN
    twice = check([tmp_path / "b", tmp_path / "b", LOG], trail=[tmp_path / "b"], keys=[tmp_path / "b"])
    assert verdict(twice) == PROVEN
    assert twice.writes.height == 4


def test_parse_reads_its_logs_and_trail_its_trail(tmp_path: Path) -> None:
    bundle(tmp_path / "b", PUT)
    scan = scan_logs([tmp_path / "b"])
    assert sum(batch.height for batch in scan)
    assert scan.inputs["kind"].to_list() == ["engine-events"]
    report = trail_report([tmp_path / "b"])
    assert report.exit_code == 0
    assert report.stores.height == 1


@pytest.mark.parametrize(
    ("damage", "what"),
    [("missing", "_20250321T160000Z"), ("altered", "_CloudTrail_us-east-1_20250321T1545Z")],
)
def test_a_file_that_is_not_as_it_was_copied_is_told_and_takes_the_proof_away(
    tmp_path: Path, damage: str, what: str
) -> None:
    folder = bundle(tmp_path / "b", PUT)
    path = next(path for path in folder.rglob("*") if what in path.name)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data + b" ")
    report = check([folder])
    assert verdict(report)[0] == "unverifiable"
    words = "the file is missing" if damage == "missing" else "it is not as it was copied"
    assert any(path.name in problem and words in problem for problem in problems(report))


def test_a_file_that_the_manifest_does_not_name_is_told_and_not_read(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "b", PUT)
    (folder / "trail/strange.json").write_bytes(b'{"Records": []}')
    report = check([folder])
    assert verdict(report) == PROVEN
    assert problems(report) == [
        f"{folder / NAME}: trail/strange.json: not read: the manifest does not name it"
    ]


def test_a_refused_file_is_told_and_takes_the_proof_away(tmp_path: Path) -> None:
    files = bucket_of(PUT).files
    refused = next(key for key in files if "T1545Z" in key)
    del files[refused]
    with writer_at(tmp_path / "b", START) as writer:
        put_log(writer, LOG.read_bytes())
        put_trail(writer, files)
        writer.refuse(f"s3://trail-bucket/{refused}", "AccessDenied: KMS does not let you decrypt")
        writer.leave_open("deliveries", "files may come until the horizon", START + timedelta(hours=6))
    report = check([tmp_path / "b"])
    assert set(report.writes["verdict"]) == {"unverifiable"}
    told = problems(report)
    assert (
        f"s3://trail-bucket/{refused}: not in the bundle: AccessDenied: KMS does not let you decrypt" in told
    )
    horizon = "open: deliveries: files may come until the horizon (from 2025-03-21 20:00:00Z on)"
    assert any(problem.endswith(horizon) for problem in told)


BACKFILL = (
    "s3://trail-bucket/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2025/03/21/"
    "111122223333_CloudTrail-Digest_us-east-1_audit_us-east-1_20250321T170000Z_backfill.json.gz"
)


@pytest.mark.parametrize(
    ("how", "hole"),
    [
        ("refuse", BACKFILL),
        ("refuse", "s3://trail-bucket/"),
        ("leave_open", "s3://trail-bucket/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2025/03/21/"),
    ],
)
def test_where_a_digest_of_late_files_may_be_missing_no_digest_proves(
    tmp_path: Path, hole: str, how: str
) -> None:
    found = opened(bundle(tmp_path, PUT, more=lambda writer: getattr(writer, how)(hole, "denied")))
    assert not any("Digest" in source.name for source in found.trail)
    assert "4 digests not used: one that may list more files is missing" in found.rows[0].problems


def test_a_refused_regular_digest_breaks_its_run_and_no_other(tmp_path: Path) -> None:
    later = BACKFILL.replace("T170000Z_backfill", "T230000Z")
    found = opened(bundle(tmp_path, PUT, more=lambda writer: writer.refuse(later, "denied")))
    assert sum("Digest" in source.name for source in found.trail) == 4


def test_digests_of_a_bundle_whose_gathering_did_not_end_prove_nothing(tmp_path: Path) -> None:
    bundle(tmp_path, PUT)
    writer_at(tmp_path, START)
    found = opened(tmp_path)
    assert not any("Digest" in source.name for source in found.trail)
    assert any("its gathering did not end" in told for told in found.rows[0].problems)


def test_a_bundle_without_a_log_says_why(tmp_path: Path) -> None:
    from analyzer import InputError

    with writer_at(tmp_path / "b", START) as writer:
        writer.refuse("s3://sst-state-abc/eventlog/shop/prod/1.json", "AccessDenied")
    with pytest.raises(
        InputError, match=r"s3://sst-state-abc/eventlog/shop/prod/1\.json: not in the bundle: AccessDenied"
    ):
        check([tmp_path / "b"])


def test_a_bundle_that_cannot_be_used_is_told_for_whatever_it_was_named(tmp_path: Path) -> None:
    newer = tmp_path / "b"
    newer.mkdir()
    (newer / NAME).write_text('{"schema": "lostwrite.bundle/v2"}')
    report = check([LOG], trail=[newer], keys=[newer])
    assert report.exit_code == 3
    is_newer = (
        "is lostwrite.bundle/v2, and lostwrite.bundle/v1 is what can be read; it needs a newer lostwrite"
    )
    why = f"{newer / NAME}: {is_newer}: nothing of it was read"
    assert report.unread == ((str(newer), why),)
