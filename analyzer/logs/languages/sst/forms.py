"""What a line of each form of SST's terminal means: one row a form, in the order of `grammars/sst.lark`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.logs.text.forms import Alone, Meaning
from analyzer.logs.text.language import DIAGNOSTIC, NOISE

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUTS: Final = "sst outputs"
CHANGES: Final = "sst changes"
LEAK: Final = "sst leak"
_ROLE: Final = "sst"


@dataclass(frozen=True, slots=True, kw_only=True)
class SstForm(Meaning):
    """A row of the table.

    Attributes:
        within: the one section in which the form means something.
        head: a message begins with it.
        names: it is the bare name of a resource: what an error below `Failed` is about. Elsewhere other programs
            print such lines, and steps are cut to them.
        captures: of a form that begins, plans or ends a step: what its captures are in a step that is done.
    """

    within: str = ""
    head: bool = False
    names: bool = False
    captures: Mapping[str, str] | None = None


FORMS: Final[Mapping[str, SstForm]] = {
    "ui_header": SstForm(role=_ROLE),
    "ui_app": SstForm(role=_ROLE),
    "ui_stage": SstForm(role=_ROLE),
    "ui_console": SstForm(role=_ROLE),
    "ui_command": SstForm(role=_ROLE, ends=True),
    "ui_skip": SstForm(role=NOISE, ends=True),
    "ui_child_step": SstForm(role=_ROLE, ends=True, step=True, alone=Alone.COUNTED, captures={}),
    "ui_root_step": SstForm(role=_ROLE, ends=True, step=True, alone=Alone.COUNTED, captures={}),
    "ui_step": SstForm(role=_ROLE, ends=True, step=True, alone=Alone.COUNTED, captures={}),
    "ui_doing": SstForm(role=_ROLE, captures={"doing": "verb", "doing_name": "name", "doing_type": "type"}),
    "ui_waiting": SstForm(role=NOISE),
    "ui_error_of": SstForm(role=DIAGNOSTIC, head=True),
    "ui_error_line": SstForm(role=DIAGNOSTIC, head=True),
    "ui_error": SstForm(role=DIAGNOSTIC, head=True),
    "ui_locked": SstForm(role=_ROLE, ends=True),
    "ui_warning": SstForm(role=_ROLE, ends=True),
    "ui_info": SstForm(role=_ROLE, ends=True),
    "ui_log": SstForm(role=_ROLE, ends=True),
    "ui_build_error": SstForm(role=DIAGNOSTIC, head=True),
    "ui_dev": SstForm(role=NOISE, ends=True),
    "ui_bar": SstForm(role=None, alone=Alone.NOTHING),
    "ui_permalink": SstForm(role=_ROLE, ends=True),
    "ui_done": SstForm(role=_ROLE),
    "ui_failed": SstForm(role=DIAGNOSTIC, head=True),
    "ui_interrupted": SstForm(role=_ROLE, ends=True),
    "ui_cross": SstForm(role=DIAGNOSTIC, ends=True, head=True),
    "ui_check": SstForm(role=NOISE),
    "ui_rule": SstForm(role=None, within=OUTPUTS, alone=Alone.NOTHING),
    "ui_property": SstForm(role=None, within=CHANGES, alone=Alone.NOTHING),
    "ui_output": SstForm(role=None, within=OUTPUTS, alone=Alone.NOTHING),
    "ui_change": SstForm(
        role=None,
        within=CHANGES,
        alone=Alone.NOTHING,
        captures={"changed": "verb", "of_name": "name", "of_type": "type"},
    ),
    "ui_unchanged": SstForm(role=_ROLE, ends=True),
    "ui_trailer": SstForm(role=_ROLE, ends=True),
    "ui_exit": SstForm(role=_ROLE, ends=True),
    "ui_sdk": SstForm(role=DIAGNOSTIC),
    "ui_sdk_bare": SstForm(role=DIAGNOSTIC, among=", https response error"),
    "ui_sdk_within": SstForm(role=None, among=": operation error "),
    "ui_promises": SstForm(role=_ROLE),
    "ui_promise_text": SstForm(role=_ROLE),
    "ui_leak": SstForm(role=_ROLE),
    "ui_leak_at": SstForm(role=None, within=LEAK, alone=Alone.NOTHING),
    "ui_leak_of": SstForm(role=_ROLE),
    "ui_leak_context": SstForm(role=_ROLE),
    "ui_what": SstForm(role=None, names=True, among="→"),
    "ui_of": SstForm(role=None, names=True),
    "ui_building": SstForm(role=_ROLE),
    "ui_routed": SstForm(role=_ROLE),
    "ui_note": SstForm(role=NOISE),
}
