"""What `pip install .` gives: a command that works from any folder, with its grammars and its data inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network by the build backend that is installed."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("lostwrite-*.whl"))


def test_the_wheel_holds_grammars_schema_advisories_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    grammars = {f"analyzer/grammars/{path.name}" for path in (ROOT / "grammars").glob("*.lark")}
    assert grammars
    assert grammars <= names
    assert {"analyzer/py.typed", "analyzer/reports/report-v1.schema.json"} <= names
    assert "analyzer/advisories/advisories.toml" in names
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
