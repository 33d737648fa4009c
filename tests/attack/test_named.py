"""An input that was named and gives nothing is exit 3, with the report of the others; one that was met is a problem."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from tests.attack.command import LOG, PYTHON, TRAIL, lostwrite, shell
from tests.effort import combinations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Program = Callable[..., Outcome]

pytestmark = pytest.mark.attack


@pytest.fixture(autouse=True)
def here(tmp_path: Path) -> Path:
    """One good log and trail, and much that is none."""
    logs, junk, mixed = (tmp_path / name for name in ("logs", "junk", "mixed"))
    for folder in (logs, junk, mixed, tmp_path / "none"):
        folder.mkdir()
    (logs / "a.json").write_bytes(LOG.read_bytes())
    (mixed / "a.json").write_bytes(LOG.read_bytes())
    (mixed / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    (junk / "one.txt").write_text("nothing of interest\n")
    (junk / "two.txt").write_text("")
    shutil.copytree(TRAIL, tmp_path / "trail")
    shutil.copytree(TRAIL, tmp_path / "worse")
    (tmp_path / "worse" / "junk.json.gz").write_bytes(b"no gzip")
    (tmp_path / "digest.json").write_text(json.dumps(DIGEST))
    (tmp_path / "cut.json.gz").write_bytes(gzip.compress(LOG.read_bytes())[:-400])
    (tmp_path / "cut-keys.json").write_text('{"Items": [{"Key": "a", "Val')
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder").symlink_to("logs")
    with zipfile.ZipFile(tmp_path / "good-and-bad.zip", "w") as archive:
        archive.write(LOG, "a.json")
        archive.writestr("junk.txt", "nothing of interest\n")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("junk.txt", "nothing of interest\n")
    return tmp_path


DIGEST: Final[dict[str, object]] = {
    "digestStartTime": "2025-03-21T15:00:00Z",
    "digestEndTime": "2025-03-21T16:00:00Z",
    "digestS3Bucket": "b",
    "digestS3Object": (
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2025/03/21/"
        "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20250321T160000Z.json.gz"
    ),
    "digestPublicKeyFingerprint": "f",
    "digestSignatureAlgorithm": "SHA256withRSA",
    "previousDigestSignature": None,
    "logFiles": [],
}

NAMED = [
    ("check logs/a.json nowhere", "nowhere: no such file or directory"),
    ("check nowhere logs/a.json", "nowhere: no such file or directory"),
    ("check logs/a.json dangling", "dangling: no such file or directory"),
    ("check logs/a.json junk/one.txt", "junk/one.txt: not a deploy log"),
    ("check logs/a.json junk/two.txt", "junk/two.txt: not a deploy log"),
    ("check logs junk", "junk: nothing in it could be used (junk/one.txt: not a deploy log"),
    ("check logs none", "none: a directory without a file that can be read"),
    ("check logs *.log", "*.log: no file matches"),
    ("check logs junk/*.txt", "junk/*.txt: nothing in it could be used"),
    ("check logs bad.zip", "bad.zip: nothing in it could be used"),
    ("check logs /dev/null", "/dev/null: not a regular file"),
    ("check logs s3://b!/key", "s3://b!/key: not an address in S3"),
    ("check logs --trail trail --trail nowhere", "nowhere: no such file or directory"),
    ("check logs --trail nowhere", "nowhere: no such file or directory"),
    ("check logs --trail junk/one.txt", "junk/one.txt: not CloudTrail"),
    ("check logs --trail trail --trail logs", "logs: nothing in it could be used (logs/a.json: not CloudTrail"),
    ("check logs --trail logs/a.json", "logs/a.json: not CloudTrail"),
    ("check logs --trail trail --trail *.gz.json", "*.gz.json: no file matches"),
    ("check logs --trail digest.json", "digest.json: a digest, which lists log files and contains no records"),
    ("check logs --trail trail --keys nowhere", "nowhere: no such file or directory"),
    ("check logs --trail trail --keys arn:x=nowhere", "nowhere: no such file or directory"),
    ("check logs --trail trail --keys junk/one.txt", "junk/one.txt: not a key listing"),
    ("check logs --trail trail --keys cut-keys.json", "cut-keys.json: "),
    ("check logs --trail trail --selectors nowhere", "nowhere: no such file or directory"),
    ("check logs --trail trail --selectors junk", "junk: is a directory"),
    ("check logs --trail trail --selectors junk/one.txt", "junk/one.txt: not the output of aws cloudtrail get-"),
    ("check logs --trail trail --public-keys nowhere", "nowhere: no such file or directory"),
    ("check logs --trail trail --public-keys junk/one.txt", "junk/one.txt: "),
]  # fmt: skip


@pytest.mark.parametrize(("named", "zero"), combinations(NAMED, ["", "--exit-zero"], each=1), ids=repr)
def test_a_check_with_an_input_that_was_named(program: Program, named: tuple[str, str], zero: str) -> None:
    words, told = named
    outcome = program(*words.split(), *zero.split(), "--format", "json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["summary"]["exit_code"], report["summary"]["writes"]) == (3, 3, 4)
    assert outcome.err.startswith(f"lostwrite: {told}")
    assert outcome.err.count("\n") == 1
    source = told.partition(":")[0]
    if not told.startswith(("s3:", "junk:", "logs:", "bad.zip:", "junk/*")) or "is a directory" in told:
        assert source in [row["source"] for row in report["inputs"]]


@pytest.mark.parametrize(
    "words",
    [
        "check mixed --trail trail",
        "check mixed/* --trail trail",
        "check m*d --trail trail",
        "check logs junk/../mixed --trail trail",
        "check logs --trail worse",
        "check good-and-bad.zip --trail trail",
        "check logs ./logs/a.json folder --trail trail",
        "check logs trail",
        "check logs --trail trail --trail ./trail",
        "check .",
    ],
)
def test_what_was_only_met_is_a_problem_in_the_report(program: Program, words: str) -> None:
    outcome = program(*words.split(), "--exit-zero", "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["summary"]["exit_code"] in (0, 1)


def test_findings_are_1_beside_what_was_only_met(program: Program) -> None:
    assert program("check", "mixed", "--trail", "worse").code == 1


def test_nothing_to_judge_is_3_without_a_report(program: Program) -> None:
    for words in ("check nowhere", "check junk --exit-zero", "parse junk", "trail junk", "trail digest.json"):
        outcome = program(*words.split())
        assert (outcome.code, outcome.out) == (3, "")
        assert outcome.err.count("\n") == 1


def test_a_trail_that_cannot_be_used_proves_nothing(program: Program) -> None:
    """It must not look like a trail in which no call was found."""
    without = json.loads(program("check", "logs", "--format", "json").out)["writes"]
    for named in ("nowhere", "junk/one.txt", "digest.json"):
        with_it = json.loads(program("check", "logs", "--trail", named, "--format", "json").out)["writes"]
        assert [write["verdict"] for write in with_it] == [write["verdict"] for write in without]


BESIDE_A_TRAIL = (
    "trail nowhere",
    "trail junk/one.txt",
    "trail junk",
    "trail --selectors nowhere",
    "trail --public-keys nowhere",
)


@pytest.mark.parametrize(("words", "form"), combinations(BESIDE_A_TRAIL, ["text", "json", "ndjson"], each=1))
def test_a_trail_beside_an_input_that_was_named(program: Program, words: str, form: str) -> None:
    outcome = program("trail", *words.split(), "--format", form)
    assert outcome.code == 3
    assert "DescribeKeyValueStore" in outcome.out or "key-value-store" in outcome.out
    assert outcome.err.count("\n") == 1
    assert program("trail", "worse", "--format", form).code == 0


@pytest.mark.parametrize("form", ["table", "ndjson", "csv"])
def test_the_events_beside_a_log_that_was_named(program: Program, form: str) -> None:
    whole = program("parse", "logs", "--format", form)
    for named in ("nowhere", "junk/one.txt", "junk", "none", "*.log"):
        outcome = program("parse", "logs", named, "--format", form)
        assert (outcome.code, outcome.out) == (3, whole.out)
        assert named in outcome.err or "junk/one.txt" in outcome.err
    assert (whole.code, program("parse", "mixed", "--format", form).code) == (0, 0)


def test_a_log_that_is_cut_is_read_as_far_as_it_goes(program: Program) -> None:
    outcome = program("parse", "cut.json.gz", "--format", "ndjson")
    assert outcome.code == 0
    assert "cut short" in outcome.err


def test_what_a_log_is_said_to_be_does_not_make_it_readable(program: Program, here: Path) -> None:
    with zipfile.ZipFile(here / "broken.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(LOG, "a.json")
    data = bytearray((here / "broken.zip").read_bytes())
    data[60:90] = bytes(30)
    (here / "broken.zip").write_bytes(bytes(data))
    outcome = program("parse", "logs", "broken.zip", "--as", "engine-events", "--format", "ndjson")
    assert outcome.code == 3


def test_what_is_asked_of_a_log_may_be_that_it_is_none(program: Program) -> None:
    assert program("parse", "junk/one.txt", "--explain").code == 0
    assert program("parse", "logs", "nowhere", "--explain").code == 3


def test_many_inputs_that_were_named_are_counted(program: Program) -> None:
    outcome = program("check", "logs", *[f"nowhere{number}" for number in range(30)])
    assert outcome.code == 3
    assert outcome.err.count("\n") == 21
    assert outcome.err.endswith("lostwrite: and 10 more inputs that could not be used\n")


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        ("check logs/a.json {long}", "{long}"),
        ("check logs/a.json {longer}", "{longer}"),
        ("check logs --trail {longer}", "{longer}"),
        ("check logs --keys {long}", "{long}"),
        ("check logs --output o {long}", "{long}"),
        ("check logs --output o {longer}", "{longer}"),
        ("check logs --trail trail {long}/*.json", "{long}/*.json"),
        ("check bang!/good.json bang bang!/bad", "bang!/bad"),
        ("check bad bad!a.json", "bad"),
        ("check bad bad!*", "bad"),
        ("check good\udcff.json bad\udcfe.json", "bad\\xfe.json"),
        ("check good\udcff.json good\udcfe.json", "good\\xfe.json"),
        ("check logs/../logs/a.json junk/../junk", "junk/../junk"),
        ("check junk/../logs/a.json junk", "junk"),
    ],
)
def test_an_input_is_not_taken_for_another(program: Program, here: Path, words: str, unused: str) -> None:
    """By the names of others: what is too long for a path, holds a `!` or `..`, or is no UTF-8."""
    names = {"long": "a" * 300, "longer": "a/" * 3000 + "a"}
    (here / "bad").write_text("nothing of interest\n")
    (here / "bang!").mkdir()
    (here / "bang!" / "bad").write_text("nothing of interest\n")
    for name in ("bad!a.json", "bang!/good.json", "bang", "good\udcff.json"):
        (here / name).write_bytes(LOG.read_bytes())
    (here / "bad\udcfe.json").write_text("nothing of interest\n")
    outcome = program(*words.format(**names).split())
    assert outcome.code == 3
    assert outcome.err.startswith(f"lostwrite: {unused.format(**names)}: ")
    assert outcome.err.count("\n") == 1


def test_the_current_folder_gave_nothing_where_only_others_did(
    here: Path,
) -> None:
    for name in ("../logs/a.json", str(here / "logs" / "a.json")):
        outcome = lostwrite("check", name, ".", cwd=here / "junk")
        assert (outcome.returncode, outcome.stderr.count("\n")) == (3, 1)
        assert outcome.stderr.startswith("lostwrite: .: nothing in it could be used")
    with LOG.open("rb") as log:
        assert lostwrite("check", "-", ".", cwd=here / "junk", stdin=log).returncode == 3


def test_a_current_folder_that_was_deleted(here: Path) -> None:
    whole = here / "logs" / "a.json"
    done = shell(f"mkdir gone; cd gone; rmdir ../gone; $L check {whole}", here)
    assert (done.returncode, done.stderr) == (0, "")
    code = (
        "import os, sys\n"
        "from analyzer.cli.main import run\n"
        "os.mkdir('gone')\nos.chdir('gone')\nos.rmdir('../gone')\n"
        "for more in ([], ['nowhere'], ['*.x'], ['--output', 'o'], ['--output', sys.argv[2]], ['.']):\n"
        "    print('code', run(['check', sys.argv[1], *more]))\n"
    )
    words = [PYTHON, "-P", "-c", code, str(whole), str(here / "o")]
    done = subprocess.run(words, cwd=here, capture_output=True, text=True, check=False)
    codes = [line[-1] for line in done.stdout.splitlines() if line.startswith("code ")]
    assert (codes, done.stderr.count("\n")) == (["0", "3", "3", "2", "0", "3"], 4), done.stderr


def test_an_empty_word_is_not_the_current_folder(program: Program) -> None:
    """`lostwrite check "$LOG"`, where LOG is not set."""
    for words in (["check", ""], ["check", "logs", "--trail", ""], ["trail", ""], ["parse", "logs", ""]):
        outcome = program(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == "lostwrite: an empty argument names no input\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_folder_that_may_not_be_looked_at(here: Path) -> None:
    """On Python 3.11 `Path.is_dir` raises there."""
    (here / "secret").mkdir(mode=0o700)
    (here / "secret" / "a.json").write_bytes(LOG.read_bytes())
    code = (
        "import os\n"
        "from analyzer import api\nfrom analyzer.cli.main import run\nimport polars, typer\n"
        "run(['check', 'logs/a.json', 'nowhere'])\n"
        "os.setuid(65534)\n"
        "for word in ('secret/a.json', 'secret/b/c', 'secret/*.json'):\n"
        "    for more in ([], ['--output', os.devnull]):\n"
        "        assert run(['check', 'logs/a.json', word, *more]) == 3, (word, more)\n"
    )
    here.chmod(0o755)
    done = subprocess.run([PYTHON, "-P", "-c", code], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1 + 6
    assert "internal" not in done.stderr


def test_standard_input_that_never_ends(here: Path) -> None:
    done = shell("ulimit -v 4000000; $L check - < /dev/zero", here)
    assert (done.returncode, done.stderr) == (
        3,
        "lostwrite: -: more than 512 MiB from a pipe: write them to a file first\n",
    )
