"""The strip: to scale, with a link at each item, wherever they crowd."""

from __future__ import annotations

import itertools
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from analyzer.reports.page.build import build
from analyzer.reports.redacted import redacted_report
from tests.reports.page.scenes import many

if TYPE_CHECKING:
    from analyzer.reports.page.strip import Part

STYLE = files("analyzer.reports.page").joinpath("templates", "page.css").read_text(encoding="utf-8")


def part(holes: int) -> Part:
    (frame,) = build(redacted_report(many(holes=holes))).frames
    assert frame.strip is not None
    (only,) = frame.strip.parts
    return only


def test_a_pin_stands_at_its_hole() -> None:
    """Six steps of keys take 12 s, then the route of which nothing came: its block stands above its pin."""
    shown = part(1)
    (bad,) = (block for block in shown.blocks if block[2] == "bad")
    (pin,) = shown.pins
    assert abs(pin.slot * 10 - (bad[0] + bad[1])) <= 20
    assert pin.words == "To missing write 1"
    assert len(shown.blocks) == 16, "all steps of the deploy are there, those of groups too"


@pytest.mark.parametrize("holes", [5, 8, 10])
def test_pins_do_not_touch_and_the_style_knows_their_places(holes: int) -> None:
    pins = part(holes).pins
    assert len(pins) == min(holes, 8)
    for one, next_one in itertools.pairwise(pins):
        assert next_one.slot - one.slot >= 4
        assert next_one.narrow - one.narrow >= 8
    for pin in pins:
        assert f".p{pin.slot}{{" in STYLE
        assert f".q{pin.narrow}{{" in STYLE


def test_a_picture_whose_rows_show_all_has_no_strip() -> None:
    (frame,) = build(redacted_report(many(foreign=4, steps=2, batch=2, holes=1))).frames
    assert frame.strip is None
