"""What a line of each form of Pulumi's text means: one row a form, in the order of `grammars/pulumi.lark`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from analyzer.logs.text.forms import Alone, Meaning
from analyzer.logs.text.language import DIAGNOSTIC, NOISE

if TYPE_CHECKING:
    from collections.abc import Mapping


class Elsewhere(Enum):
    """What a line does in the log of something else, where Pulumi's display is not shown."""

    HIDDEN = auto()
    """It means nothing: any program may print it."""
    COUNTS = auto()
    """It means the same as in Pulumi's text, and shows no display."""
    SHOWS = auto()
    """No other program prints it: the display is shown from there on."""
    ENDS = auto()
    """As SHOWS, and it ends a section. No form but these does so there."""


class Kin(Enum):
    """Forms that mean the same in one section, and something else in others."""

    GROUP = auto()
    """The resource that the messages below are about."""
    POLICY = auto()
    TOTAL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PulumiForm(Meaning):
    """A row of the table.

    Attributes:
        values: it may hold a value of a configuration or a resource: its text is no message where it only frames.
        plain: see `Meaning`.
        inside: an open section says what it is.
        kin: what else is special about it in some section.
        elsewhere: what it does in the log of something else.
        also_in: a section in which it counts there, although the display is not shown.
    """

    values: bool
    plain: bool
    inside: bool = False
    kin: Kin | None = None
    elsewhere: Elsewhere = Elsewhere.HIDDEN
    also_in: str = ""


OVER: Final = "shown"
"""The section below the duration, where the display has its last lines."""

_Form = PulumiForm
_E = Elsewhere
FORMS: Final[Mapping[str, PulumiForm]] = {
    "urn_row": _Form(
        role="row", values=False, plain=False, ends=True, step=True, alone=Alone.TELLS, elsewhere=_E.ENDS
    ),
    "timed_row": _Form(
        role="row", values=False, plain=False, ends=True, step=True, alone=Alone.COUNTED, elsewhere=_E.ENDS
    ),
    "row": _Form(
        role="row", values=False, plain=False, ends=True, step=True, alone=Alone.TELLS, elsewhere=_E.ENDS
    ),
    "stack_running": _Form(
        role="quiet", values=True, plain=False, step=True, inside=True, alone=Alone.COUNTED, elsewhere=_E.ENDS
    ),
    "urn_running": _Form(
        role="quiet_urn", values=True, plain=False, step=True, inside=True, elsewhere=_E.SHOWS
    ),
    "urn_failed": _Form(role="quiet_urn", values=True, plain=False, inside=True, elsewhere=_E.SHOWS),
    "urn_quiet": _Form(role="quiet_urn", values=True, plain=True, inside=True),
    "blank_row": _Form(role="quiet", values=True, plain=False, inside=True, elsewhere=_E.SHOWS),
    "component_row": _Form(role="quiet", values=True, plain=False, inside=True, elsewhere=_E.SHOWS),
    "count": _Form(role="frame", values=False, plain=True, inside=True, kin=Kin.TOTAL, also_in="Resources"),
    "tally": _Form(role="frame", values=False, plain=True, inside=True, kin=Kin.TOTAL, also_in="Resources"),
    "stack_totals": _Form(role="quiet", values=True, plain=False, inside=True, elsewhere=_E.SHOWS),
    "diff_place": _Form(role=None, values=True, plain=False, step=True, inside=True),
    "diff_urn_step": _Form(role=None, values=True, plain=False, step=True, inside=True),
    "diff_step": _Form(role=None, values=True, plain=False, inside=True),
    "config": _Form(role=None, values=True, plain=False, inside=True, alone=Alone.NOTHING),
    "signless_row": _Form(role="signless", values=True, plain=False, step=True, inside=True),
    "quiet": _Form(role="quiet", values=True, plain=True, inside=True),
    "tree_head": _Form(role="frame", values=False, plain=False, elsewhere=_E.SHOWS),
    "old_tree_head": _Form(role="frame", values=False, plain=False),
    "old_tree_row": _Form(role=None, values=True, plain=False, step=True, inside=True, alone=Alone.NOTHING),
    "tree_row": _Form(role="tree", values=True, plain=False, step=True, inside=True),
    "tree_branch_row": _Form(role="tree", values=True, plain=False, inside=True),
    "tree_root": _Form(role=None, values=True, plain=False, inside=True, alone=Alone.NOTHING),
    "policy": _Form(role="frame", values=True, plain=False, inside=True, kin=Kin.POLICY),
    "pack_policy": _Form(role="frame", values=False, plain=False, inside=True, kin=Kin.POLICY),
    "spinner": _Form(role=NOISE, values=False, plain=False, ends=True, alone=Alone.NOISE, elsewhere=_E.ENDS),
    "dots": _Form(role=NOISE, values=False, plain=False, alone=Alone.NOISE),
    "blank": _Form(role=NOISE, values=False, plain=False, alone=Alone.NOISE, elsewhere=_E.COUNTS),
    "header": _Form(role="frame", values=False, plain=False, ends=True, elsewhere=_E.ENDS),
    "section": _Form(role="frame", values=False, plain=False),
    "duration": _Form(role="frame", values=False, plain=False, ends=True),
    "exit": _Form(role="frame", values=False, plain=False, ends=True, also_in=OVER),
    "fault": _Form(role=DIAGNOSTIC, values=False, plain=False),
    "fault_item": _Form(role=None, values=False, plain=False, alone=Alone.NOTHING),
    "view": _Form(role="frame", values=False, plain=False, ends=True, also_in=OVER),
    "plugin": _Form(role="frame", values=False, plain=False, ends=True),
    "signal": _Form(role="frame", values=False, plain=False, ends=True),
    "prompt": _Form(role="frame", values=False, plain=False, ends=True),
    "choice": _Form(role="frame", values=True, plain=False, inside=True),
    "advice": _Form(role="frame", values=False, plain=False, ends=True),
    "old_header": _Form(role="frame", values=False, plain=False, ends=True),
    "old_frame": _Form(role="frame", values=False, plain=False),
    "old_row": _Form(role="frame", values=False, plain=False),
    "urn_group": _Form(role=None, values=False, plain=False, inside=True, kin=Kin.GROUP),
    "group": _Form(role=None, values=False, plain=True, inside=True, kin=Kin.GROUP),
    "old_group": _Form(role=None, values=False, plain=False, inside=True, kin=Kin.GROUP),
    "field": _Form(role=None, values=True, plain=True, inside=True, alone=Alone.NOTHING),
    "body": _Form(role=None, values=True, plain=True, inside=True, alone=Alone.NOTHING),
}
"""The forms by name. `values` and `plain` have no default: who adds a form says whether it may hold a secret."""
