"""Near a right clock: which of the offsets at which a log fits is taken, and how far windows are moved by it."""

from __future__ import annotations

import polars as pl

from analyzer.resources import keyvaluestore_key, keyvaluestore_keys_exclusive
from tests.build import CI, Tape, at
from tests.verdicts.alignment.laid import OTHER, laid, offsets, route, row, site, state

ROUTES = "r:routes"
ADMIN = "arn:aws:sts::111122223333:assumed-role/admin/somebody"


def test_an_interval_that_holds_zero_moves_no_window() -> None:
    """The operation took 15 s and its call fits from -3 to 13 s: of these a right clock says 0."""
    tape = Tape()
    tape.write(2, puts=[ROUTES])
    found = laid(tape, route(ROUTES, 0, 14, 1))
    assert found.times.row(0)[1:] == (at(0), at(14), 0)
    assert offsets(found) == [(-3, 4)]
    assert row(found)["note"] is None


def test_one_that_only_comes_near_zero_moves_it_by_what_is_near() -> None:
    """The call is 3 s late: -6 to -2 s; a clock is not off by more than 3.5 s without more to show for it."""
    tape = Tape()
    tape.write(5, puts=[ROUTES])
    assert offsets(laid(tape, route(ROUTES, 0, 2, 1))) == [(-4, -2)]


def test_operations_on_one_list_are_laid_at_zero_and_not_in_another_order() -> None:
    """At -2 s the first operation could have the second one's call: the log says that it failed before that."""
    tape = Tape()
    tape.read(1, ROUTES, error="ThrottlingException")
    tape.read(5, ROUTES)
    tape.write(5, puts=[ROUTES])
    found = laid(tape, route(ROUTES, 0, 2, 1), route(ROUTES, 4, 6, 2))
    assert (row(found)["state"], offsets(found), state(found)["tied"]) == ("aligned", [(-2, 2)], False)
    assert not state(found)["shifted"]


def test_without_reads_the_other_order_is_a_tie() -> None:
    """The same calls fit as many operations at -2 s: whichever is dropped, only the clock says so."""
    tape = Tape()
    tape.write(5, puts=[ROUTES])
    found = laid(tape, route(ROUTES, 0, 2, 1), route(ROUTES, 4, 6, 2))
    assert (row(found)["state"], offsets(found), state(found)["tied"]) == ("aligned", [(-2, 2)], True)
    assert state(found)["shifted"]


def test_many_operations_on_one_list_at_once_with_a_wrong_clock() -> None:
    """All begin together and end one after the other: in any order they fit for 40 s, one for one only at 600."""
    tape = Tape()
    for n in range(40):
        tape.write(n, puts=[ROUTES])
    sites = [[f"{name}:metadata", f"{name}:/index.js"] for name in ("a", "b")]
    for keys in sites:
        tape.write(100, puts=keys)
    routes = [route(ROUTES, 600, 600 + n, n + 1) for n in range(40)]
    found = laid(tape, *routes, *(site(keys, 699, 701, 41 + n) for n, keys in enumerate(sites)))
    assert (row(found)["state"], row(found)["matched"], offsets(found)) == ("aligned", 42, [(599, 601)])


def test_each_party_has_its_own_writer() -> None:
    """SST's calls are by CI, the provider's PutKey by another principal: no miss, and no extra."""
    tape = Tape()
    tape.write(0, puts=["a:metadata", "a:/index.1f.js"])
    tape.write(3, puts=["k"], caller=ADMIN)
    api = pl.when(pl.col("key") == "k").then(pl.lit("PutKey")).otherwise("api")
    provider = route("k", 2, 4, 2, action="put", op="create", type=keyvaluestore_key.TYPE)
    found = laid(
        tape.calls().with_columns(api=api), site(["a:metadata", "a:/index.1f.js"], 0, 1, 1), provider
    )
    assert (row(found)["matched"], row(found)["misses"], row(found)["extras"]) == (2, 0, 0)
    assert sorted(found.writers["caller"]) == sorted([CI, ADMIN])


def test_the_other_partys_writer_is_not_taken_for_operations_of_sst() -> None:
    """The second site's keys were put by somebody who makes the provider's calls: not by this deploy."""
    tape = Tape()
    tape.write(0, puts=["a:metadata", "a:/index.1f.js"])
    tape.write(3, puts=["k"], caller=ADMIN)
    tape.write(6, puts=["b:metadata"], caller=ADMIN)
    api = pl.when(pl.col("key") == "k").then(pl.lit("PutKey")).otherwise("api")
    provider = route("k", 2, 4, 2, action="put", op="create", type=keyvaluestore_key.TYPE)
    operations = [site(["a:metadata", "a:/index.1f.js"], 0, 1, 1), provider, site("b:metadata", 5, 7, 3)]
    found = laid(tape.calls().with_columns(api=api), *operations)
    assert (row(found)["matched"], row(found)["misses"]) == (2, 1)


def test_two_deploys_on_one_list_are_each_of_their_own_principal() -> None:
    """Another stack writes the shared list in the same second: the first deploy's own key tells who it is."""
    tape = Tape()
    tape.write(1, puts=["a:metadata"])
    tape.write(2, puts=[ROUTES])
    tape.write(2, puts=[ROUTES], caller=OTHER)
    first = [site("a:metadata", 0, 1, 1), route(ROUTES, 1, 3, 2)]
    found = laid(tape, *first, route(ROUTES, 1, 3, 3, deploy="d2"))
    assert found.writers.select("deploy", "caller").rows() == [("d1", CI), ("d2", OTHER)]


def test_one_list_alone_does_not_tell_two_principals_apart() -> None:
    """Both wrote the list within the operation, and either may be the deploy."""
    tape = Tape()
    tape.write(1, puts=[ROUTES])
    tape.write(2, puts=[ROUTES], caller=OTHER)
    assert row(laid(tape, route(ROUTES, 0, 3, 1)))["state"] == "ambiguous"


def test_a_call_that_a_right_clock_rules_out_is_no_rival_but_a_tie() -> None:
    """The second call would need a clock that is 2 s behind at least."""
    tape = Tape()
    tape.write(1, puts=[ROUTES])
    tape.write(5, puts=[ROUTES], caller=OTHER)
    found = laid(tape, route(ROUTES, 0, 2, 1))
    assert (state(found)["state"], state(found)["basis"], state(found)["tied"]) == ("aligned", "clock", True)
    assert found.writers["caller"].to_list() == [CI]


def test_a_reader_that_wrote_the_list_itself_is_not_the_deploy() -> None:
    """Its read within the operation's time belongs to its own write, two seconds after the operation ended."""
    tape = Tape()
    tape.read(1, ROUTES, caller=OTHER)
    tape.write(1, puts=[ROUTES])
    tape.write(5, puts=[ROUTES], caller=OTHER)
    assert row(laid(tape, route(ROUTES, 0, 2, 1)))["state"] == "aligned"


def test_a_call_that_does_not_say_who_made_it_may_be_the_writers() -> None:
    tape = Tape()
    tape.write(1, puts=["a:metadata"])
    anonymous = tape.write(6, puts=[ROUTES])
    calls = tape.calls().with_columns(caller=pl.when(pl.col("event_id") != anonymous).then("caller"))
    found = laid(calls, site("a:metadata", 0, 1, 1), route(ROUTES, 5, 7, 2))
    assert (row(found)["matched"], found.writers["caller"].to_list()) == (2, [CI])


def test_an_exclusive_set_deletes_what_its_listing_found() -> None:
    """The log names the puts; which keys the listing showed as unwanted it does not (sst-resources 3.1)."""
    tape = Tape()
    tape.write(1, puts=["a", "b"], deletes=["left-over"])
    exclusive = {"op": "create", "type": keyvaluestore_keys_exclusive.TYPE}
    found = row(laid(tape, site(["a", "b"], 0, 2, 1, **exclusive)))
    assert (found["state"], found["matched"], found["extras"]) == ("aligned", 1, 0)
    assert row(laid(tape, site(["a", "b"], 0, 2, 1)))["state"] == "unaligned"


def test_two_operations_at_one_moment_are_more_than_the_clock() -> None:
    """Another run of the stack cannot write both in the same seconds: Pulumi locks the state."""
    tape = Tape()
    tape.write(1, puts=["a:metadata"])
    tape.write(2, puts=["b:metadata"])
    assert state(laid(tape, site("a:metadata", 0, 2, 1), site("b:metadata", 0, 2, 2)))["basis"] == "moments"
    assert state(laid(tape, site("a:metadata", 0, 2, 1)))["basis"] == "clock"


def test_a_trail_that_is_known_for_hours_does_not_know_what_was_deployed_before() -> None:
    """An update whose call is the first on its namespace: the stack was deployed before the trail begins."""
    tape = Tape()
    tape.write(-5 * 3600, puts=["other"])
    tape.write(1, puts=["a:metadata"])
    tape.write(2, puts=["b:metadata"])
    found = row(laid(tape, site("a:metadata", 0, 2, 1), site("b:metadata", 1, 3, 2)))
    assert (found["state"], found["matched"]) == ("aligned", 2)


def test_several_creates_in_one_namespace_are_one_birth() -> None:
    tape = Tape()
    tape.write(90, puts=["a:metadata"])
    tape.write(91, puts=["a:/b"])
    found = laid(tape, site("a:metadata", 0, 1, 1, op="create"), site("a:/b", 1, 2, 2, op="create"))
    assert (row(found)["state"], row(found)["basis"]) == ("aligned", "births")


def test_a_swallowed_refusal_is_the_deploys_where_its_writer_read_the_list_too() -> None:
    """Nobody else tried within the operation, and SST reads the list before it writes it."""
    tape = Tape()
    tape.read(1, ROUTES)
    tape.write(1, puts=[ROUTES], error="AccessDeniedException")
    found = laid(tape, route(ROUTES, 0, 2, 1))
    assert (state(found)["state"], state(found)["tied"], row(found)["matched"]) == ("aligned", True, 0)
    assert found.writers["caller"].to_list() == [CI]


def test_a_bots_refusal_is_not() -> None:
    tape = Tape()
    tape.read(1, ROUTES)
    tape.write(1, puts=[ROUTES], error="AccessDeniedException", caller=OTHER)
    assert row(laid(tape, route(ROUTES, 0, 2, 1)))["state"] == "unaligned"


def test_two_that_were_refused_are_not_told_apart() -> None:
    tape = Tape()
    for caller in (CI, OTHER):
        tape.read(1, ROUTES, caller=caller)
        tape.write(1, puts=[ROUTES], error="AccessDeniedException", caller=caller)
    assert row(laid(tape, route(ROUTES, 0, 2, 1)))["state"] == "unaligned"


def test_a_reader_that_is_another_deploy_is_known() -> None:
    """The first deploy read the list and wrote nothing; the call is the second deploy's, for all that."""
    tape = Tape()
    tape.write(0, puts=["a:metadata"])
    tape.read(1, ROUTES)
    tape.write(2, puts=[ROUTES], caller=OTHER)
    first = [site("a:metadata", 0, 1, 1), route(ROUTES, 0, 3, 2)]
    found = laid(tape, *first, route(ROUTES, 1, 2, 3, deploy="d2"))
    assert found.writers.select("deploy", "caller").rows() == [("d1", CI), ("d2", OTHER)]
