"""What the trail gives: calls, the chain of their ETags, and what the trail covers."""

from __future__ import annotations

import polars as pl

from analyzer.tables.frames import TIME

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
