"""What the judgement gives: alignments, verdicts, what would settle them, evidence and findings."""

from __future__ import annotations

import polars as pl

from analyzer.tables.frames import TIME

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
        "listed": pl.String(),  # what a listing shows: there, missing, ... (verdicts/listed.py); null: nothing
        "leaning": pl.String(),  # of `unverifiable`: dropped, landed, lost or errored, where one is likely; else null
        "leaning_reason": pl.String(),  # one clause
        "status": pl.String(),  # of a write that is not in place: open, maybe_repaired, healed; else null
        "healed_by": pl.String(),  # of these: by which deploy, or by whose call and when
        "healed_at": TIME,  # when, at the latest; null: not healed, or unknown
        "healed_how": pl.String(),  # one of HEALS_OF; of `maybe_repaired` what may have done it; null: open
        "healer": pl.String(),  # the id of that deploy, else the caller's ARN; null: unknown
        "missing_since": TIME,  # of a write that is not in place: the earliest time at which that is known
        "taken_by": pl.String(),  # of a lost write: the ARN of whose call took it away; null: unknown
    }
)
LEANINGS = ("dropped", "landed", "lost", "errored")
STATUSES = ("open", "maybe_repaired", "healed")
HEALS_OF = ("deploy", "call", "listing", "removal")
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
        "suppression": pl.String(),  # the reason that was given for it; null where it is not suppressed
        "baseline_state": pl.String(),  # new, unchanged; null where no baseline was given
        "store": pl.String(),  # ARN of the store that it, or its write, is about
        "help": pl.String(),  # a text to copy that removes the cause, such as an IAM statement in JSON; else null
    }
)
