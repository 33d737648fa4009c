"""Whether an operation rightly wrote nothing, or may have: what it wanted was so already.

In come FACTS; out go conditions on their rows (docs/facts/sst-output.md#42-calls-per-operation).
"""

from __future__ import annotations

import polars as pl

from analyzer.verdicts.causes import cause_of

SKIPPING = ("create", "create-replacement", "delete", "delete-replaced")
"""Operations that leave a list alone, by SST 3.10.1 to 3.12.4, which is as they want it. An update always wrote."""


def nothing_to_do() -> pl.Expr:
    """A delete whose key was not there any more: the store is as the deploy wanted it, or says so itself."""
    unbroken = pl.col("last_run") == pl.col("before_run")
    gone_before = ((pl.col("last_effect") == "delete") & unbroken).fill_null(False)
    by_other = pl.col("contested").fill_null(False) & (pl.col("end_effect") == "delete").fill_null(False)
    empty_list = (pl.col("action") == "remove") & pl.col("absent_read").is_not_null()
    refused = cause_of(pl.col("failed_code"), pl.col("failed_message")) == "not_found"
    key_absent = gone_before | by_other | refused.fill_null(False)
    return ((pl.col("action") == "delete") & key_absent) | empty_list


def found_gone() -> pl.Expr:
    """Whether the deploy's own call found that there is nothing to take away: no chain is needed then."""
    refused = cause_of(pl.col("failed_code"), pl.col("failed_message")) == "not_found"
    empty_list = (pl.col("action") == "remove") & pl.col("absent_read").is_not_null() & pl.col("read_owned")
    return (refused | empty_list).fill_null(False)


def unchanged() -> pl.Expr:
    """Whether an update adds the entry that it had added before, by the deploy's state: the list should have it.

    So it does where only the provider's code changed, as after an upgrade of SST: Pulumi then updates every resource.
    """
    same = (pl.col("was") == pl.col("entry")).fill_null(False)
    return (pl.col("op") == "update").fill_null(False) & (pl.col("action") == "append") & same


def maybe_nothing() -> pl.Expr:
    """Whether the operation may rightly have written nothing, or nothing is missing although it did not write.

    A delete finds its keys by listing, so a delete whose key the trail does not show as present proves
    nothing. SST 3.10.1 to 3.12.4 read the list of routes and left it alone where an entry to add was in it, or one
    to remove was not; the trail hides what it read, and may not show that it read at all. An update always
    wrote; where it did not, the list is as it was, and that is right if the entry is the same.
    Of an update of keys SST's terminal does not say whether any of them had changed.
    """
    was_there = (pl.col("last_effect") == "put") & (pl.col("last_run") == pl.col("before_run"))
    unknown_key = (pl.col("action") == "delete") & ~was_there.fill_null(False)
    listed = pl.col("op").is_in(SKIPPING)
    may_have_read = (
        (pl.col("spare_reads") > 0).fill_null(False)
        | (pl.col("own_reads") > 0).fill_null(False)
        | pl.col("reads_unlogged").fill_null(False)
    )
    failed_to = pl.col("absent_read").is_not_null() | pl.col("failed_read").is_not_null()
    of_list = pl.col("action").is_in(["append", "remove"])
    may_skip = ~pl.col("always_writes").fill_null(False)
    unsure = pl.col("unsure").fill_null(False)
    # An update that moves to another store takes its keys out of the old one, which may be gone.
    moves = pl.col("op") == "update"
    moved = (
        moves
        & pl.col("action").is_in(["remove", "delete"])
        & (pl.col("store").n_unique().over("operation") > 1)
    )
    # Somebody else deleted the key just before, or meanwhile.
    gone = (pl.col("action") == "delete") & (pl.col("end_effect") == "delete").fill_null(False)
    # A store that no later call shows may have been deleted, with all that was in it.
    leaves = pl.col("action").is_in(["remove", "delete"])
    unseen = leaves & pl.col("after").is_null() & pl.col("failed_read").is_null()
    return (
        unsure
        | moved
        | gone
        | unseen
        | unchanged()
        | unknown_key
        | (of_list & listed & may_skip & may_have_read & ~failed_to)
    )
