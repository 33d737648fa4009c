"""What Pulumi's displays say of a run: a model of its three ways to print, for comparison with what a reader finds.

Reasoned from pulumi/pulumi pkg/backend/display/{progress,rows,diff}.go and pkg/engine/{update,events,diff}.go, not from
the readers. Each function takes the engine events of a run (as JSON objects) and gives what the display prints of its
steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Event = dict[str, Any]
Step = tuple[str, str, str]  # type, name, op
Said = dict[Step, str]  # the last that is said of it: started, done, failed, interrupted

STACK = "pulumi:pulumi:Stack"
_TAKES_NO_ROW = ("remove-pending-replace", "extend-parameterize", "diff")
_PARTS_OF_REPLACE = ("create-replacement", "delete-replaced", "discard-replaced")


def display_name(token: str) -> str:
    """Type.DisplayName(): sdk/go/common/tokens/tokens.go. `pkg:mod/file:Name` is `pkg:mod:Name` where file is name."""
    parts = token.split(":")
    if len(parts) != 3:
        return token
    package, module, name = parts
    base, slash, file = module.rpartition("/")
    return f"{package}:{base}:{name}" if slash and file == name[:1].lower() + name[1:] else token


def of_urn(urn: str) -> tuple[str, str]:
    """The type and the name that a display shows: urn.URN.Type() and Name()."""
    qualified, name = urn.split("::", 3)[2:]
    return qualified.rpartition("$")[2], name


@dataclass
class Row:
    """A row of the progress display: one per URN."""

    urn: str
    op: str = "same"
    custom: bool = False
    stepped: bool = False
    ended: set[str] = field(default_factory=set)  # the operations that have an outputs event
    failed: bool = False
    errors: int = 0

    @property
    def is_stack(self) -> bool:
        return of_urn(self.urn)[0] == STACK


def steps_of(events: list[Event]) -> Iterator[tuple[str, Event, bool]]:
    """`pre`, `outputs` or `failed`, the metadata, and whether the resource is custom; internal steps are hidden."""
    kinds = {"resourcePreEvent": "pre", "resOutputsEvent": "outputs", "resOpFailedEvent": "failed"}
    for event in events:
        for key, kind in kinds.items():
            if key in event:
                about = event[key]["metadata"]
                if not _internal(about):
                    state = about.get("new") or about.get("old") or {}
                    yield kind, about, bool(state.get("custom"))


def _internal(about: Event) -> bool:
    """E/update.go isInternalStep: steps of default providers, and steps that only mend the state."""
    type_, name = of_urn(about["urn"])
    default = type_.startswith("pulumi:providers:") and (name == "default" or name.startswith("default_"))
    return default or about["op"] in _TAKES_NO_ROW


class Progress:
    """The progress display: rows as they are printed without a terminal, and as they stand at the end on one."""

    def __init__(self, events: list[Event], *, interactive: bool) -> None:
        self.rows: dict[str, Row] = {}
        self.printed: list[tuple[Step, str]] = []
        self.interactive = interactive
        self.any_failed = False
        stack_errors = 0
        for event in events:
            if diagnostic := event.get("diagnosticEvent"):
                if diagnostic["severity"] == "debug":
                    continue
                if urn := diagnostic.get("urn"):
                    row = self._row(urn)
                    row.errors += diagnostic["severity"] == "error"
                    self._print(row, says=True)
                else:
                    stack_errors += diagnostic["severity"] == "error"
            for kind, about, custom in steps_of([event]):
                self._step(kind, about, custom=custom)
        if self.rows or stack_errors:  # the stack's row is made with the first row
            self._end(stack_errors)

    def _row(self, urn: str) -> Row:
        return self.rows.setdefault(urn, Row(urn))

    def _step(self, kind: str, about: Event, *, custom: bool) -> None:
        row = self._row(about["urn"])
        if kind == "pre":
            row.op, row.custom, row.stepped, row.failed = about["op"], custom, True, False
            row.ended.discard(row.op)
            self._print(row, says=False)
            return
        refreshed = row.op == "refresh"
        row.op, row.stepped = about["op"], True
        if kind == "failed":
            row.failed = self.any_failed = True
            self._print(row, says=False)
            return
        row.ended.add(row.op)
        if refreshed or (custom and row.op != "same"):
            self._print(row, says=False)

    def _done(self, row: Row) -> bool:
        return row.failed or (not row.is_stack and row.op in row.ended)

    def _print(self, row: Row, *, says: bool) -> None:
        """A row while the run goes on. `same` has no words of its own: it is over once it stands there."""
        silent = row.op == "same" and not row.is_stack
        if row.failed:
            state = "failed"
        elif self._done(row):
            state = "failed" if row.errors else "done"
        elif silent and not says:
            state = "done"
        else:
            state = "started"
        self.printed.append(((*self._shown(row.urn), row.op), state))

    @staticmethod
    def _shown(urn: str) -> tuple[str, str]:
        type_, name = of_urn(urn)
        return display_name(type_), name

    def _end(self, stack_errors: int) -> None:
        """Every row counts as over now. Without a terminal those are printed that were not over yet."""
        stacks = [row for row in self.rows.values() if row.is_stack]
        stack = (
            stacks[0]
            if stacks
            else self._row("urn:pulumi:stack::project::pulumi:pulumi:Stack::project-stack")
        )
        stack.errors += stack_errors
        for row in self.rows.values():
            if self.interactive or not self._done(row):
                self.printed.append(((*self._shown(row.urn), self._last_op(row)), self._at_the_end(row)))

    def _last_op(self, row: Row) -> str:
        whole = self.interactive and not self.any_failed and row.op in _PARTS_OF_REPLACE
        return "replace" if whole else row.op

    def _at_the_end(self, row: Row) -> str:
        """v3.247 and later say of a custom resource whose step did not end that it was interrupted."""
        if row.failed or row.errors:
            return "failed"
        if row.custom and row.op != "same" and row.op not in row.ended:
            return "interrupted"
        return "done"


def rows(events: list[Event]) -> Said:
    """The non-interactive rows."""
    return last_said(Progress(events, interactive=False).printed)


def tree(events: list[Event]) -> Said:
    """The rows of the last tree on a terminal: one per resource."""
    display = Progress(events, interactive=True)
    return last_said(display.printed[-len(display.rows) :])


def last_said(said: list[tuple[Step, str]]) -> Said:
    """How each step ended, if it did: what is printed again as running takes nothing back, nor does a late error."""
    found: Said = {}
    before: Said = {}
    for step, state in said:
        late = state == "failed" and before.get(step) == "done"
        if not late and (state != "started" or step not in found):
            found[step] = state
        before[step] = state
    return found


def diff(events: list[Event]) -> Said:
    """`--diff` and `--urns`: a step as it begins (a refresh or an import: as it ends), and what the totals prove.

    Where the totals leave it open, a step is `started`; a step whose end they do prove must have it.
    """
    seen: dict[str, str] = {}
    printed: list[Step] = []
    for kind, about, _ in steps_of(events):
        urn, op = about["urn"], about["op"]
        step = _plain_step(about)
        if kind == "pre":
            seen[urn] = op
            if op not in ("refresh", "import"):
                printed.append(step)
        elif kind == "outputs" and (op == "import" or (seen.get(urn) == "refresh" and _refresh_shows(about))):
            printed.append(step)
    return dict.fromkeys(printed, "started")


def _plain_step(about: Event) -> Step:
    """A step by its own type; its name is what the URN holds behind it (a type may hold `::`, as a name may)."""
    name = of_urn(about["urn"])[1]
    return about["type"], name.removeprefix(about["type"].partition("::")[2] + "::"), about["op"]


def _refresh_shows(about: Event) -> bool:
    """A refresh that is a step of an update is printed only where it changed the outputs."""
    outputs = [(about.get(key) or {}).get("outputs") for key in ("old", "new")]
    return about["op"] != "refresh" or outputs[0] != outputs[1]


def truth(events: list[Event]) -> Said:
    """How each step really ended. A component without an outputs event has ended too: it is not told."""
    ended = {"outputs": "done", "failed": "failed", "pre": "started"}
    return last_said(
        [
            (_plain_step(about), ended[kind] if custom or kind != "pre" else "done")
            for kind, about, custom in steps_of(events)
        ]
    )
