"""`lostwrite trail` on a sample of every form, whole outputs; `REGOLD=1 pytest` writes them anew, to be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.api import scan_trail
from analyzer.trail.registry import forms
from tests.trail.forms.forms import LOSSLESS
from tests.trail.forms.test_damaged import BEGINNINGS
from tests.trail.forms.test_forms import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

HERE = Path(__file__).parent
GOLDEN = HERE / "golden_forms"
SAMPLES = HERE.parent / "trail" / "forms" / "samples"
MADE = {name: write(SAMPLE) for name, write in LOSSLESS.items()} | {
    name: data
    for name, data in BEGINNINGS.items()
    if name not in LOSSLESS and name != "cloudtrail-cwl-subscription"
}
NAMES = {name.removeprefix("cloudtrail-").replace(" ", "-"): name for name in MADE}


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_of_a_form(lostwrite: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    sample, golden = SAMPLES / name, GOLDEN / f"{name}.txt"
    if os.environ.get("REGOLD") == "1":
        sample.write_bytes(MADE[NAMES[name]])
    monkeypatch.chdir(SAMPLES)
    outcome = lostwrite("trail", name)
    assert (outcome.code, outcome.err) == (0, "")
    if os.environ.get("REGOLD") == "1":
        golden.write_text(outcome.out, encoding="utf-8")
    assert outcome.out == golden.read_text(encoding="utf-8")


def test_there_is_a_sample_of_every_form_and_no_other() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(NAMES)
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.txt" for name in NAMES}
    assert {form.split()[0] for form in NAMES.values()} == set(forms())


def test_the_samples_of_forms_that_lose_nothing_hold_the_same_calls() -> None:
    tables = {
        name: scan_trail([SAMPLES / name]).calls.drop("source", "form")
        for name, form in NAMES.items()
        if form in LOSSLESS
    }
    first = tables["s3"]
    assert first.height == 5
    assert [name for name, table in tables.items() if not table.equals(first)] == []
