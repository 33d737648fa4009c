"""What the logs give: events, deploys, and the writes that were meant."""

from __future__ import annotations

import polars as pl

from analyzer.tables.frames import TIME

EVENTS = pl.Schema(
    {
        "deploy": pl.String(),  # id of the deploy, see DEPLOYS
        "source": pl.String(),  # the file, as the user named it
        "line": pl.Int64(),  # 1-based line in the source
        "seq": pl.Int64(),  # 0-based order of the event in its source; null for noise and unrecognised lines
        "at": TIME,  # when the log says it happened; null where the form has no times
        "kind": pl.String(),  # one of EVENT_KINDS
        "op": pl.String(),  # Pulumi's own word (create, update, delete-replaced, ...); for a header: the action
        "urn": pl.String(),
        "type": pl.String(),  # Pulumi type token, as the form prints it
        "name": pl.String(),  # resource name (the last part of a URN); for a header: the stage
        "outcome": pl.String(),  # one of OUTCOMES
        "seconds": pl.Float64(),  # duration, where the form prints one
        "message": pl.String(),  # the text of a console line, diagnostic, header, or of the unrecognised line
        "request_id": pl.String(),  # of an AWS SDK error in the message
        "error_code": pl.String(),  # of an AWS SDK error in the message
        "planning": pl.Boolean(),  # true: of a preview, in which nothing was done
        "new": pl.String(),  # JSON {"inputs": …, "outputs": …} of the new state: key-value resources only
        "old": pl.String(),  # the same of the old state, and "retainOnDelete"
        "run": pl.Int64(),  # 1, 2, ...: the number of the deploy within its source; null where the form holds one
        "severity": pl.String(),  # of a diagnostic: one of LOG_SEVERITIES; null where the form does not say
        "error_api": pl.String(),  # the API operation that an AWS SDK error in the message names
        "http_status": pl.Int64(),  # of that error
        "fact": pl.String(),  # what a header or summary says of the deploy: one of FACTS
        "value": pl.String(),  # the fact's value
        "tick": pl.Int64(),  # seconds since Pulumi's display began, by its dots; null: none so far
        # Of engine events alone, of the kinds in `logs/documents/told_state.py`:
        "identity": pl.String(),  # JSON list: what it is in the cloud (`s3://BUCKET/KEY`); null at its end: and more
        "unwritten": pl.String(),  # how the state of a step that is done shows that it wrote nothing: UNWRITTEN
        "changed": pl.String(),  # what of a site an update changed: one of CHANGED
    }
)
UNWRITTEN = ("no_outputs", "no_id", "existed")
CHANGED = ("files", "entries", "code")
LOG_SEVERITIES = ("error", "warning", "info", "debug")
FACTS = (
    "tool",
    "tool_version",
    "app",
    "stage",
    "command",
    "update_id",
    "permalink",
    "result",
    "locked",
    "promise_leak",
    "pulumi_version",
    "console",
    "ended_clean",
    "run_id",
    "told_errors",
)
WRITING_OPS = ("create", "update", "delete", "create-replacement", "delete-replaced")
"""The operations of a resource that call its provider (`replace` is logical, `same` and reads write nothing)."""

EVENT_KINDS = (
    "header",
    "started",
    "done",
    "failed",
    "console",
    "diagnostic",
    "output",
    "summary",
    "noise",
    "unrecognised",
)
OUTCOMES = ("started", "done", "failed", "interrupted")

DEPLOYS = pl.Schema(
    {
        "id": pl.String(),
        "app": pl.String(),
        "stage": pl.String(),
        "stack": pl.String(),  # "APP-STAGE", the name of the Stack resource: namespaces are hashed from it
        "tool": pl.String(),  # "pulumi" or "sst"
        "tool_version": pl.String(),
        "command": pl.String(),  # update, destroy, refresh, preview, import
        "started_at": TIME,
        "ended_at": TIME,
        "result": pl.String(),  # succeeded, failed, interrupted; null: unknown
        "form": pl.String(),  # "exact" (engine events) or "text"
        "sources": pl.List(pl.String()),
        "update_id": pl.String(),  # SST's: 24 hex digits, or the last ones of them, where only a permalink is available
        "permalink": pl.String(),
        "duration": pl.Int64(),  # seconds, as the log says them (`Duration: 1m2s`)
        "ticks": pl.Int64(),  # seconds that Pulumi's display ran, by its dots; null where it printed none
        "modified_at": TIME,  # when the file of a text log was last changed: about when the deploy ended, unless copied
        "times": pl.String(),  # where its times come from: one of TIMES; null where it has none
    }
)
TIMES = ("events", "stamps", "dots", "flushed")
"""`events`: of the engine. `stamps`: of a CI system or the log. `dots`: stamps were held back, so that the times follow
from Pulumi's dots, one a second. `flushed`: they were held back, and nothing shows when anything happened."""

WRITES = pl.Schema(
    {
        "id": pl.String(),  # w1, w2, ... in the order of the logs
        "deploy": pl.String(),
        "operation": pl.Int64(),  # one operation of one resource: its writes stand or fall by the same calls
        "urn": pl.String(),
        "type": pl.String(),  # the TYPE of a kind of `resources/`: sst:aws:KvKeys
        "name": pl.String(),
        "op": pl.String(),
        "action": pl.String(),  # put, append (an entry into a list), remove (an entry from it), delete
        "store": pl.String(),  # ARN; null where the log does not say
        "key": pl.String(),  # the key; with a `*` where `pattern`
        "pattern": pl.Boolean(),  # the log names no key: `key` is a pattern that calls must fit
        "entry": pl.String(),  # the route entry of an append or remove
        "value": pl.String(),  # the value that was meant, where the log has it; never in a report but as a remedy
        # What the key held before, by the log's old outputs; of an append, the entry that it replaces in the list.
        "was": pl.String(),  # never in a report but as a remedy
        "reported": pl.String(),  # succeeded, failed, unfinished
        "start": TIME,  # when the operation began, by the log's clock; null where the form has no times
        "end": TIME,  # when it ended
        "unset": pl.Boolean(),  # the log's outputs show that the operation returned before it wrote
        "unsure": pl.Boolean(),  # a text does not say whether the operation had anything to write; null: it had
        "exact": pl.Boolean(),  # from engine events; else derived from text
        "source": pl.String(),
        "line": pl.Int64(),  # of the event that ended the operation, else of the one that began it
        "request_id": pl.String(),  # of the SDK error that the log ties to the operation
        "error_code": pl.String(),
        "error_api": pl.String(),  # the API operation that the error names
        "error_message": pl.String(),
        "tick_start": pl.Int64(),  # seconds from the beginning of Pulumi's display to the operation's, by its dots
        "tick_end": pl.Int64(),  # the same to its end
    }
)
ACTIONS = ("put", "append", "remove", "delete")
