"""The schema of every table that flows between the parts (docs/architecture.md#2-the-way-of-the-data), declared once.

Unknown is null, never an empty string. Times are UTC, with microseconds. A table only gains columns.
`empty(SCHEMA)` gives a table without rows; `conform(frame, SCHEMA)` gives the columns in order and refuses
a frame that lacks one or holds another type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME = pl.Datetime("us", "UTC")

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
    }
)
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

CALLS = pl.Schema(
    {
        "store": pl.String(),  # ARN
        "event_id": pl.String(),  # CloudTrail eventID: one record; its rows are one per key
        "request_id": pl.String(),
        "at": TIME,  # eventTime: whole seconds, when the request completed
        "api": pl.String(),  # PutKey, UpdateKeys, DeleteKey, GetKey, ListKeys, DescribeKeyValueStore
        "effect": pl.String(),  # put, delete, read; of this row
        "key": pl.String(),  # null where the call names none (ListKeys, DescribeKeyValueStore)
        "value": pl.String(),  # null where CloudTrail hides it, as it does as a rule
        "ok": pl.Boolean(),  # null: neither the record nor its form shows whether the call succeeded
        "error_code": pl.String(),
        "error_message": pl.String(),
        "if_match": pl.String(),
        "etag": pl.String(),  # responseElements.eTag of a successful write
        "item_count": pl.Int64(),  # responseElements.itemCount
        "caller": pl.String(),  # userIdentity.arn
        "access_key": pl.String(),  # userIdentity.accessKeyId: it distinguishes two runs of one session name
        "user_agent": pl.String(),
        "source_ip": pl.String(),
        "region": pl.String(),
        "account": pl.String(),
        "source": pl.String(),  # the file that held the record (the first one, if several did)
        "form": pl.String(),  # s3-log
        "degraded": pl.String(),  # what the form or the record lost; null if nothing
    }
)

CHAIN = pl.Schema(
    {
        "store": pl.String(),
        "event_id": pl.String(),  # one row per successful write record
        "at": TIME,
        "if_match": pl.String(),
        "etag": pl.String(),
        "run": pl.Int64(),  # records of one run are linked without a gap; runs count by time within the store
        "position": pl.Int64(),  # 0-based place in the run
        "source": pl.String(),
    }
)

REPLAY = pl.Schema(
    {
        "store": pl.String(),
        "key": pl.String(),
        "state": pl.String(),  # present, absent, unknown
        "why": pl.String(),  # why it is unknown; else null
        "at": TIME,  # of the last call that shows it
        "api": pl.String(),
        "caller": pl.String(),
        "event_id": pl.String(),
    }
)

SELECTORS = pl.Schema(
    {
        "trail": pl.String(),  # ARN; the name where no record says the ARN
        "at": TIME,  # since when it is so, if no record of a change is missing; null: as far back as one may look
        "known_at": TIME,  # when it was surely so
        "until": TIME,  # the next record that changes the trail; null: none is available
        "state": pl.String(),  # selects, stopped, deleted, unknown
        "selectors": pl.String(),  # JSON list of advanced selectors, or of basic ones
        "vouched": pl.Boolean(),  # the user says since when: no record of a change is missing
        "source": pl.String(),  # path#eventID, or the file that the user gave
        "what": pl.String(),  # the call that made it so, or "get-event-selectors"
    }
)

DIGESTS = pl.Schema(
    {
        "source": pl.String(),
        "account": pl.String(),
        "organisation": pl.Boolean(),  # delivered by an organisation's trail, which is of another account
        "region": pl.String(),  # of the log files that it lists
        "trail": pl.String(),  # the trail's name
        "home": pl.String(),  # its home Region
        "backfill": pl.Boolean(),
        "start": TIME,
        "end": TIME,
        "link": pl.String(),  # to the one before: first, linked, missing, altered, apart (it follows, but hours lack)
        "signature": pl.String(),  # valid, invalid, unsigned (no later digest has it), no_key, unchecked
        "files": pl.Int64(),  # log files that it lists
        "missing": pl.Int64(),  # of these, not available
        "altered": pl.Int64(),  # of these, with other bytes than CloudTrail wrote
        "unread": pl.Int64(),  # of these, available and right, but not read wholly
        "run": pl.Int64(),  # digests of one run follow each other and are whole; null where this one is not
        "problems": pl.List(pl.String()),
    }
)

COVERED = pl.Schema(
    {
        "store": pl.String(),
        "start": TIME,  # null: open
        "end": TIME,  # null: open
        "kind": pl.String(),  # covered (all writes are available), logged (selected, not shown complete), off
        "trail": pl.String(),
        "why": pl.String(),  # one clause
    }
)

STORE_LIVES = pl.Schema(
    {
        "store": pl.String(),  # ARN
        "account": pl.String(),  # in whose account it is, by its ARN
        "name": pl.String(),  # null where no record says it
        "created_at": TIME,  # null: no record of it is available
        "deleted_at": TIME,  # null: no record of it is available
        "imported": pl.Boolean(),  # created with keys that no call wrote; null where its creation is not available
        "first_at": TIME,  # of the calls on its keys
        "last_at": TIME,
    }
)
"""When each store that the trail names existed: another one of the same name or namespace is another store."""

STORES = pl.Schema(
    {
        "arn": pl.String(),
        "writes": pl.Int64(),  # write records (successful or not)
        "reads": pl.Int64(),
        "first_at": TIME,
        "last_at": TIME,
        "links": pl.Int64(),
        "gaps": pl.Int64(),  # ends of runs, but for the first beginning: an ifMatch that no available call made
        "state": pl.String(),  # proven, partial, none
        "reason": pl.String(),
    }
)

LISTINGS = pl.Schema(
    {
        "listing": pl.Int64(),  # 1, 2, ... in the order in which they were named
        "source": pl.String(),  # the file, or the first of its pages
        "pages": pl.Int64(),
        "store": pl.String(),  # ARN; null where neither the file nor the user says it
        "store_by": pl.String(),  # file, user, keys (the one store of the writes whose namespaces it holds)
        "at": TIME,  # when the store was listed; null where nothing says it
        "at_by": pl.String(),  # file, user, mtime; chain (it bears the ETag of a call, whose time that is)
        "items": pl.Int64(),
        "etag": pl.String(),  # of the store when it was listed; null where the form does not say it
        "bare": pl.Boolean(),  # a description of the store: it has the ETag, and not the keys; null: it has the keys
        "problem": pl.String(),  # why nothing may be concluded from it (cut, ...); null where it is whole
    }
)

KEYS = pl.Schema(
    {
        "listing": pl.Int64(),  # see LISTINGS
        "key": pl.String(),
        "value": pl.String(),
    }
)

MISFITS = pl.Schema(
    {
        "kind": pl.String(),  # keys, trail
        "source": pl.String(),  # the file, or the first of several
        "store": pl.String(),  # ARN, where the input names one
        "reason": pl.String(),  # one clause: why no verdict is built on it
    }
)

WRITER = pl.Struct(
    {
        "principal": pl.String(),  # the ARN without the session's name
        "session": pl.String(),
        "access_key": pl.String(),
        "ip": pl.String(),
        "user_agent": pl.String(),
    }
)
"""Who made a deploy's calls."""

OFFSET = pl.Struct({"low": pl.Int64(), "high": pl.Int64()})
"""The log's clock minus CloudTrail's, in whole seconds: positive where the log is ahead."""

ALIGNMENTS = pl.Schema(
    {
        "deploy": pl.String(),
        "state": pl.String(),  # aligned, ambiguous, unaligned
        "offsets": pl.List(OFFSET),  # two where the clock steps within the deploy; empty where unaligned
        "basis": pl.String(),  # request_id, own_keys, births, moments, group, clock, order; null where unaligned
        "matched": pl.Int64(),  # operations that a call of the writers matches
        "of": pl.Int64(),  # operations that the log says made calls
        "misses": pl.Int64(),  # of these, those that no call matches
        "extras": pl.Int64(),  # write attempts of the writers within the deploy that no operation explains
        "writers": pl.List(WRITER),
        "rivals": pl.List(
            pl.Struct(
                {
                    "writer": pl.String(),
                    "offset": pl.Int64(),
                    "at": TIME,
                    "until": TIME,
                    "matched": pl.Int64(),
                }
            )
        ),  # other runs in the trail that fit, best first
        "at": TIME,  # the first call that an operation of the deploy has, or may have where ambiguous; else null
        "until": TIME,  # the last one
        "note": pl.String(),  # sentences for the report; null where there is nothing to say
    }
)
"""Where each deploy lies in the trail, as `deploys[].clock` shows it (docs/facts/alignment.md)."""

VERDICTS = pl.Schema(
    {
        "write": pl.String(),
        "verdict": pl.String(),  # one of VERDICTS_OF
        "cause": pl.String(),
        "confidence": pl.String(),  # proven, high, low
        "event_id": pl.String(),  # the call that answers for the write (landed, lost, mismatched); else null
        "recovered": pl.Int64(),  # failed calls before the one that landed
        "leaning": pl.String(),  # of `unverifiable`: dropped, landed, lost or errored, where one is likely; else null
        "leaning_reason": pl.String(),  # one clause
        "status": pl.String(),  # of a write that is not in place: open, maybe_repaired, healed; else null
        "healed_by": pl.String(),  # of these: by which deploy, or by whose call and when
    }
)
LEANINGS = ("dropped", "landed", "lost", "errored")
STATUSES = ("open", "maybe_repaired", "healed")
VERDICTS_OF = ("landed", "lost", "mismatched", "errored", "dropped", "unfinished", "unverifiable")
CONFIDENCES = ("proven", "high", "low")

SETTLE = pl.Schema(
    {
        "write": pl.String(),
        "order": pl.Int64(),  # the cheapest first
        "what": pl.String(),  # the evidence that would decide, one clause
        "command": pl.String(),  # to copy; null where there is none
        "when": TIME,  # from when on it is available; null: now
    }
)
"""What would decide a write in doubt, or a landing of low confidence."""

EVIDENCE = pl.Schema(
    {
        "write": pl.String(),
        "order": pl.Int64(),
        "kind": pl.String(),  # log, call, chain, keys, coverage
        "at": TIME,
        "source": pl.String(),  # path:line or path#eventID
        "detail": pl.String(),
    }
)

FINDINGS = pl.Schema(
    {
        "code": pl.String(),
        "name": pl.String(),
        "severity": pl.String(),  # one of SEVERITIES
        "confidence": pl.String(),
        "write": pl.String(),
        "deploy": pl.String(),
        "message": pl.String(),
        "source": pl.String(),
        "line": pl.Int64(),
        "fingerprint": pl.String(),  # 16 hex; the same for the same finding about the same deploy's same key
        "suppressed": pl.Boolean(),
    }
)

INPUTS = pl.Schema(
    {
        "source": pl.String(),  # the file; a folder, with a slash at its end, where very many trail files share rows
        "files": pl.Int64(),  # that the row stands for: 1, but for a folder
        "kind": pl.String(),  # pulumi-text, engine-events, ... (docs/formats.md), cloudtrail-s3, key-listing, unusable
        "bytes": pl.Int64(),  # as stored
        "lines": pl.Int64(),  # text inputs: read = recognised + noise + unrecognised
        "recognised": pl.Int64(),
        "noise": pl.Int64(),
        "unrecognised": pl.Int64(),
        "records": pl.Int64(),  # CloudTrail records in the file; keys of a listing
        "duplicates": pl.Int64(),  # records whose eventID another file had first
        "undecodable": pl.Int64(),  # records, or spans of bytes, that could not be read
        "problems": pl.List(pl.String()),
    }
)


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` without rows."""
    return pl.DataFrame(schema=schema)


def from_columns(columns: Mapping[str, Sequence[object] | pl.Series], schema: pl.Schema) -> pl.DataFrame:
    """A table of `schema` from column lists or series; columns that are not given are null."""
    height = len(next(iter(columns.values()), ()))
    nothing = [None] * height
    series = [pl.Series(name, columns.get(name, nothing), dtype) for name, dtype in schema.items()]
    return pl.DataFrame(series)


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """`frame` with the columns of `schema`, in that order.

    Raises:
        TypeError: a column is missing or has another type (a defect of this project).
    """
    actual = frame.schema
    wrong = [
        f"{name}: {actual.get(name)} instead of {dtype}"
        for name, dtype in schema.items()
        if actual.get(name) != dtype
    ]
    if wrong:
        raise TypeError("table does not have its declared schema: " + "; ".join(wrong))
    return frame[schema.names()]
