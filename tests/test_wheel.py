"""What `pip install .` gives: a command that works from any folder, with its grammars and its data inside."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from analyzer.rules.words.word import KINDS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, and beside it the wheel that is built from it, without the network."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("lostwrite-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """The wheel."""
    return next(sdist.parent.glob("lostwrite-*.whl"))


def test_the_index_would_take_both(sdist: Path, wheel: Path) -> None:
    from twine.commands.check import check

    assert check([str(sdist), str(wheel)], strict=True) is False, "twine found something to complain about"


def test_the_source_distribution_has_what_is_needed_and_no_samples(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "analyzer/cli/main.py", "grammars/sst.lark"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"tests", "samples", "benchmarks", ".ci", ".venv", "requirements"}


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
        assert name.replace("METADATA", "licenses/LICENSE") in archive.namelist()
    assert "License-Expression: Apache-2.0\n" in metadata


def test_the_wheel_holds_grammars_schema_advisories_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    grammars = {f"analyzer/grammars/{path.name}" for path in (ROOT / "grammars").glob("*.lark")}
    assert grammars
    assert grammars <= names
    assert {"analyzer/py.typed", "analyzer/reports/report-v1.schema.json"} <= names
    assert "analyzer/advisories/advisories.toml" in names
    assert {f"analyzer/rules/words/{file}.toml" for file in KINDS} <= names
    page = ROOT / "analyzer" / "reports" / "page"
    templates = {str(path.relative_to(ROOT)) for path in page.glob("templates/**/*") if path.is_file()}
    assert len(templates) > 10
    assert templates <= names
    assert not [name for name in names if name.startswith(("tests/", "samples/", "benchmarks/"))]


def test_the_installed_command_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    sample = ROOT / "samples" / "console-lines-only"
    (tmp_path / "pulumi.log").write_bytes((sample / "deploy" / "pulumi.log").read_bytes())
    run = subprocess.run(
        [sys.executable, "-P", str(site / "bin" / "lostwrite"), "parse", "pulumi.log", "--format", "ndjson"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "RouterRoute/RoutesUpdate.sst.aws.KvRoutesUpdate" in run.stdout
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import analyzer; print(analyzer.__file__)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(site), "the checkout was run instead of the wheel"
