"""Many at once, hosts killed under load, two hosts on one storage: in CI some rounds, by `make races` all of them."""

import os
import random
from collections.abc import AsyncIterator
from typing import Literal

import pytest

from tests.races.arena import PARTNERS, Arena
from tests.races.reader import Reader
from tests.races.rounds import Tally, decision_round, key_round, kill_round, silence_round, slot_round

PERCENT = float({"": "0", "full": "100"}.get(os.environ.get("RACES", ""), os.environ.get("RACES", "")))
"""How much of it all: nothing but a taste in CI, everything by `make races`, or so many percent."""


def rounds(full: int, taste: int = 1) -> int:
    """How many rounds of a kind are run."""
    return max(taste, round(full * PERCENT / 100))


FEW, BATCH, DECIDED = (PARTNERS, 20, PARTNERS) if PERCENT else (4, 4, 4)
RATE = 20.0
SEED = 20261123
ACKNOWLEDGED = (10, 40) if PERCENT else (5, 5)
"""A host is killed after so many acknowledged claims, between these two."""
WITHOUT = ("if-match", "compare-and-swap", "ticket", "intent") if PERCENT else ("if-match",)
TRIES = 5
"""A race is lost by chance: without its safeguard something breaks in one of so many rounds."""
SIDES = ("noes heard", "noes too late")
"""Whoever wins the race against silence. A race that one side always wins shows nothing: both must, in some rounds."""


SHARED: Literal["function", "module"] = "function" if PERCENT else "module"
"""The storage emulator slows down with thousands of claims, so that whoever waits gives up: each race gets its own."""


@pytest.fixture(scope=SHARED)
async def arena(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    """A product that only this module works with: it is killed, and its clock is moved."""
    async with Arena(tmp_path_factory.mktemp("races")) as made:
        yield made


@pytest.fixture(scope=SHARED)
async def reader(arena: Arena) -> AsyncIterator[Reader]:
    """Eyes of the test's own."""
    eyes = Reader(arena)
    yield eyes
    await eyes.close()


async def nothing_broken(reader: Reader, tally: Tally, *, crashes: int = 0) -> None:
    """Hold the rows against the invariants, and say what was counted."""
    found = [*tally.wrong, *await reader.findings(tally.tenants, crashes=crashes)]
    tally.tenants.clear()
    assert not found, "\n".join(found)


def say(what: str, tally: Tally, reader: Reader) -> None:
    """The line of counts."""
    counts = ", ".join(f"{number} {name}" for name, number in tally.counts.items())
    print(f"\n{what}: {counts}; {reader.checked} claims held against 12 invariants so far, 0 broken")


async def test_sixteen_partners_race_for_one_slot(arena: Arena, reader: Reader) -> None:
    """One is pending, fifteen wait as contested; then two reviewers decide each of these at once, and one is heard."""
    tally = Tally()
    for number in range(rounds(200)):
        losers = await slot_round(arena, reader, tally, freed=number % 2 == 1)
        await decision_round(arena, tally, losers[:DECIDED] if number % 4 == 0 else [])
        await nothing_broken(reader, tally)
        await arena.forget_mails()
    assert tally.counts["winners"] == tally.counts["slot rounds"]
    say("slots", tally, reader)


async def test_one_key_from_many_makes_one_claim(arena: Arena, reader: Reader) -> None:
    """The same Idempotency-Key sixteen times at once, for two customers: one claim; the others wait or are refused."""
    tally = Tally()
    for _ in range(rounds(50)):
        await key_round(arena, tally)
    await nothing_broken(reader, tally)
    say("keys", tally, reader)


async def test_a_no_races_against_silence(arena: Arena, reader: Reader) -> None:
    """Within a second of the deadline's end: each claim is declined or official, as its customer was told."""
    tally = Tally()
    for batch in range(max(rounds(10), TRIES)):
        if batch >= rounds(10) and all(tally.counts[one] for one in SIDES):
            break
        await silence_round(arena, reader, tally, BATCH, SEED + batch)
        await nothing_broken(reader, tally)
        await arena.forget_mails()
    assert all(tally.counts[one] for one in SIDES), f"a side never won: {dict(tally.counts)}"
    assert tally.counts["silent"]
    say("deadlines", tally, reader)


async def test_a_kill_under_load_loses_nothing(arena: Arena, reader: Reader) -> None:
    """SIGKILL under twenty claims a second: what was acknowledged is there, whole, and goes its way."""
    tally, chance = Tally(), random.Random(SEED)
    for _ in range(rounds(10)):
        await kill_round(arena, tally, rate=RATE, after=chance.randint(*ACKNOWLEDGED))
        await nothing_broken(reader, tally, crashes=1)
        await arena.forget_mails()
    assert tally.counts["acknowledged before"] >= tally.counts["kills"] * ACKNOWLEDGED[0]
    say("kills", tally, reader)


async def test_two_hosts_work_the_same_queues(arena: Arena, reader: Reader) -> None:
    """A slot, keys, decisions and deadlines raced for through two hosts on one storage account: all of it holds."""
    tally = Tally()
    arena.add_second()
    try:
        for number in range(rounds(50)):
            losers = await slot_round(arena, reader, tally, freed=number % 2 == 0, partners=FEW)
            await decision_round(arena, tally, losers)
            await nothing_broken(reader, tally)
            await arena.forget_mails()
        await key_round(arena, tally)
        await silence_round(arena, reader, tally, BATCH, SEED)
        await nothing_broken(reader, tally)
    finally:
        arena.leave_alone()
    say("two hosts", tally, reader)


@pytest.mark.parametrize("safeguard", WITHOUT)
async def test_without_a_safeguard_the_races_find_it(arena: Arena, reader: Reader, safeguard: str) -> None:
    """The same rounds against a host with one safeguard taken out come to something broken."""
    # These come last, and the host is left as it is: nobody works with it afterwards.
    found: list[str] = []
    for _ in range(TRIES):
        arena.restart_without(safeguard)
        tally = Tally()
        await BREAKING[safeguard](arena, reader, tally)
        found = [*tally.wrong, *await reader.findings(tally.tenants, crashes=1)]
        if found:
            break
    await arena.forget_mails()
    print(f"\nwithout {safeguard}: {len(found)} findings, the first: {found[0] if found else 'none'}")
    assert found


async def _slot_that_exists(arena: Arena, reader: Reader, tally: Tally) -> None:
    await slot_round(arena, reader, tally, freed=True, partners=FEW)


async def _decisions(arena: Arena, reader: Reader, tally: Tally) -> None:
    await decision_round(arena, tally, await slot_round(arena, reader, tally, freed=False, partners=FEW))


async def _one_key(arena: Arena, _reader: Reader, tally: Tally) -> None:
    await key_round(arena, tally)


async def _kill(arena: Arena, _reader: Reader, tally: Tally) -> None:
    await kill_round(arena, tally, rate=RATE, after=ACKNOWLEDGED[1])


BREAKING = {"if-match": _slot_that_exists, "compare-and-swap": _decisions, "ticket": _one_key, "intent": _kill}
