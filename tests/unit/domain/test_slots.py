"""The exclusive places: examples of each rule, and a machine that takes, promotes and releases at random."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.domain.policy import Policy, SubscriptionExclusive
from shared.domain.slots import (
    Availability,
    Slot,
    SlotEntry,
    SlotLostError,
    SlotParty,
    SlotPendingError,
    SupersedeRequiredError,
    availability,
    incumbents,
    promote,
    release,
    take_pending,
)

USAGE, SELL = "osu-business-applications", "osa-sell"
ACROSS = Policy()
PER_PROGRAMME = Policy(subscription_exclusive=SubscriptionExclusive.PER_PROGRAMME)
EMPTY = Slot(resource="subscription~5b5b5b5b-0000-4000-8000-000000000021")


def party(claim: str, organisation: str = "contoso", item: str = "sales-usage") -> SlotParty:
    """A claim's item."""
    return SlotParty(claim_id=claim, organisation=organisation, item_id=item)


OURS, OUR_OTHER, THEIRS = party("c1"), party("c2"), party("f1", "fabrikam")
NOBODY: frozenset[str] = frozenset()


def slot(**entries: SlotEntry) -> Slot:
    """The resource with the entries of usage and sell."""
    return Slot(
        resource=EMPTY.resource, epoch=7, entries={{"usage": USAGE, "sell": SELL}[k]: v for k, v in entries.items()}
    )


def held(by: SlotParty) -> SlotEntry:
    """An entry with a holder."""
    return SlotEntry(holder=by)


def waiting(by: SlotParty) -> SlotEntry:
    """An entry with a pending claim."""
    return SlotEntry(pending=by)


def test_the_default_is_one_organisation_per_subscription() -> None:
    """Without a setting, a subscription is exclusive across programmes (the seed's answer)."""
    assert ACROSS.subscription_exclusive is SubscriptionExclusive.ACROSS_PROGRAMMES


def test_a_place_is_taken_then_held() -> None:
    """The pending claim becomes the holder and leaves the pending place; each change raises the epoch by one."""
    taken = take_pending(EMPTY, programme=USAGE, party=OURS, supersede=False, policy=ACROSS)
    assert (taken.entry(USAGE), taken.epoch) == (waiting(OURS), 1)
    official, displaced = promote(taken, programme=USAGE, party=OURS, displacing=NOBODY, policy=ACROSS)
    assert (official.entry(USAGE), official.epoch, displaced) == (held(OURS), 2, ())
    assert EMPTY.entry(USAGE) == SlotEntry()


def test_taking_again_changes_nothing() -> None:
    """The pending claim that takes its place once more finds it as it is, at the same epoch."""
    taken = slot(usage=waiting(OURS))
    assert take_pending(taken, programme=USAGE, party=OURS, supersede=False, policy=ACROSS) is taken


@pytest.mark.parametrize(
    ("entries", "supersede", "policy", "error"),
    [
        ({"usage": waiting(THEIRS)}, False, ACROSS, SlotPendingError),
        ({"usage": waiting(THEIRS)}, True, ACROSS, SlotPendingError),
        ({"usage": waiting(OUR_OTHER)}, True, ACROSS, SlotPendingError),
        ({"usage": held(THEIRS)}, False, ACROSS, SupersedeRequiredError),
        ({"usage": held(OUR_OTHER)}, False, ACROSS, SupersedeRequiredError),
        ({"usage": held(THEIRS)}, True, ACROSS, None),
        ({"usage": SlotEntry(holder=THEIRS, pending=OUR_OTHER)}, True, ACROSS, SlotPendingError),
        ({"sell": waiting(THEIRS)}, True, ACROSS, SlotPendingError),
        ({"sell": held(THEIRS)}, False, ACROSS, SupersedeRequiredError),
        ({"sell": held(THEIRS)}, True, ACROSS, None),
        ({"sell": SlotEntry(holder=OUR_OTHER, pending=OUR_OTHER)}, False, ACROSS, None),
        ({"sell": waiting(THEIRS)}, False, PER_PROGRAMME, None),
        ({"sell": held(THEIRS)}, False, PER_PROGRAMME, None),
        ({"usage": waiting(THEIRS)}, True, PER_PROGRAMME, SlotPendingError),
        ({"usage": held(THEIRS)}, False, PER_PROGRAMME, SupersedeRequiredError),
        ({"usage": held(OURS)}, False, ACROSS, None),
    ],
)
def test_who_stands_in_the_way(
    entries: dict[str, SlotEntry], *, supersede: bool, policy: Policy, error: type[Exception] | None
) -> None:
    """Another pending claim always excludes, a holder unless superseded, across programmes only by the policy."""
    before = slot(**entries)
    if error is None:
        after = take_pending(before, programme=USAGE, party=OURS, supersede=supersede, policy=policy)
        assert after.entry(USAGE).pending == OURS
        assert after.entry(USAGE).holder == before.entry(USAGE).holder
        assert after.entry(SELL) == before.entry(SELL)
        assert after.epoch == before.epoch + 1
    else:
        with pytest.raises(error):
            take_pending(before, programme=USAGE, party=OURS, supersede=supersede, policy=policy)


def test_a_superseded_holder_stays_until_the_challenger_is_official() -> None:
    """The incumbent holds its place through the customer's window, and is named as displaced at its end."""
    before = slot(usage=held(THEIRS), sell=held(party("f2", "fabrikam", "sales-presales")))
    taken = take_pending(before, programme=USAGE, party=OURS, supersede=True, policy=ACROSS)
    assert taken.entry(USAGE) == SlotEntry(holder=THEIRS, pending=OURS)
    told = frozenset({"f1", "f2"})
    official, displaced = promote(taken, programme=USAGE, party=OURS, displacing=told, policy=ACROSS)
    assert set(displaced) == {THEIRS, party("f2", "fabrikam", "sales-presales")}
    assert (official.entry(USAGE), official.entry(SELL)) == (held(OURS), SlotEntry())
    assert official.epoch == taken.epoch + 1


def test_only_rivals_are_displaced() -> None:
    """By programme, or within the organisation, the other programme's holder is no rival and stays."""
    theirs = slot(usage=waiting(OURS), sell=held(THEIRS))
    told = frozenset({"f1", "c2"})
    official, displaced = promote(theirs, programme=USAGE, party=OURS, displacing=told, policy=PER_PROGRAMME)
    assert (official.entry(SELL), displaced) == (held(THEIRS), ())
    own = slot(usage=SlotEntry(holder=OURS, pending=OURS), sell=held(OUR_OTHER))
    official, displaced = promote(own, programme=USAGE, party=OURS, displacing=told, policy=ACROSS)
    assert (official.entry(USAGE), official.entry(SELL), displaced) == (held(OURS), held(OUR_OTHER), ())


def test_who_was_not_told_is_never_displaced() -> None:
    """A holder that is not named keeps its place in another programme; in one's own it cannot be passed over."""
    across = slot(usage=waiting(OURS), sell=held(THEIRS))
    official, displaced = promote(across, programme=USAGE, party=OURS, displacing=NOBODY, policy=ACROSS)
    assert (official.entry(USAGE), official.entry(SELL), displaced) == (held(OURS), held(THEIRS), ())
    same = slot(usage=SlotEntry(holder=THEIRS, pending=OURS))
    with pytest.raises(SlotLostError):
        promote(same, programme=USAGE, party=OURS, displacing=frozenset({"somebody else"}), policy=ACROSS)


@pytest.mark.parametrize(
    ("entries", "policy", "expected"),
    [
        ({}, ACROSS, ()),
        ({"usage": waiting(THEIRS)}, ACROSS, ()),
        ({"usage": held(OURS)}, ACROSS, ()),
        ({"usage": held(OUR_OTHER)}, ACROSS, (OUR_OTHER,)),
        ({"usage": held(THEIRS), "sell": held(THEIRS)}, ACROSS, (THEIRS, THEIRS)),
        ({"usage": held(THEIRS), "sell": held(THEIRS)}, PER_PROGRAMME, (THEIRS,)),
        ({"sell": held(OUR_OTHER)}, ACROSS, ()),
    ],
)
def test_whose_place_would_have_to_be_taken(
    entries: dict[str, SlotEntry], policy: Policy, expected: tuple[SlotParty, ...]
) -> None:
    """The incumbents are the holders that exclude the claim, across programmes by the policy; never those who wait."""
    found = incumbents(slot(**entries), programme=USAGE, organisation="contoso", claim_id="c1", policy=policy)
    assert found == expected


@pytest.mark.parametrize(
    "before", [EMPTY, slot(usage=waiting(OUR_OTHER)), slot(usage=held(OURS)), slot(sell=waiting(OURS))]
)
def test_only_the_pending_claim_is_promoted(before: Slot) -> None:
    """A claim that the slot does not name as pending in that programme never becomes its holder."""
    with pytest.raises(SlotLostError):
        promote(before, programme=USAGE, party=OURS, displacing=NOBODY, policy=ACROSS)


def test_only_the_named_items_of_the_claim_are_released() -> None:
    """A release takes the claim's own named items out of both places, and nobody else's."""
    ours = party("c1", item="sales-presales")
    before = slot(usage=SlotEntry(holder=OURS, pending=OUR_OTHER), sell=SlotEntry(holder=THEIRS, pending=ours))
    freed = release(before, claim_id="c1", item_ids=frozenset({"sales-usage"}))
    assert (freed.entry(USAGE), freed.entry(SELL)) == (waiting(OUR_OTHER), before.entry(SELL))
    assert freed.epoch == before.epoch + 1
    both = release(before, claim_id="c1", item_ids=frozenset({"sales-usage", "sales-presales"}))
    assert (both.entry(USAGE), both.entry(SELL)) == (waiting(OUR_OTHER), held(THEIRS))


@pytest.mark.parametrize(("claim_id", "items"), [("other", {"sales-usage"}), ("c1", {"sales-presales"}), ("c1", set())])
def test_a_release_of_nothing_changes_nothing(claim_id: str, items: set[str]) -> None:
    """Releasing what is not there leaves the slot and its epoch alone, so that it need not be written."""
    before = slot(usage=SlotEntry(holder=OURS, pending=THEIRS))
    assert release(before, claim_id=claim_id, item_ids=frozenset(items)) is before


FREE, TAKEN, YOURS = Availability.FREE, Availability.NOT_AVAILABLE, Availability.YOURS


@pytest.mark.parametrize(
    ("entries", "policy", "expected"),
    [
        ({}, ACROSS, FREE),
        ({"usage": held(THEIRS)}, ACROSS, TAKEN),
        ({"usage": waiting(THEIRS)}, ACROSS, TAKEN),
        ({"usage": held(OUR_OTHER)}, ACROSS, YOURS),
        ({"usage": waiting(OUR_OTHER)}, PER_PROGRAMME, YOURS),
        ({"usage": SlotEntry(holder=THEIRS, pending=OUR_OTHER)}, ACROSS, YOURS),
        ({"usage": SlotEntry(holder=OURS, pending=OURS)}, ACROSS, FREE),
        ({"sell": held(THEIRS)}, ACROSS, TAKEN),
        ({"sell": waiting(THEIRS)}, ACROSS, TAKEN),
        ({"sell": held(THEIRS)}, PER_PROGRAMME, FREE),
        ({"sell": held(OUR_OTHER)}, ACROSS, FREE),
    ],
)
def test_what_a_partner_learns_of_a_slot(entries: dict[str, SlotEntry], policy: Policy, expected: Availability) -> None:
    """Free, yours or not available is all there is to learn, and one's own claim is no obstacle to itself."""
    found = availability(slot(**entries), programme=USAGE, organisation="contoso", claim_id="c1", policy=policy)
    assert found is expected


def test_a_resource_nobody_ever_took_is_free() -> None:
    """Where there is no row yet, there is no rival."""
    assert availability(None, programme=USAGE, organisation="contoso", claim_id=None, policy=ACROSS) is FREE


CLAIMS = [
    party(f"{organisation}-{number}", organisation, programme)
    for organisation in ("contoso", "fabrikam", "litware")
    for number in (1, 2)
    for programme in (USAGE, SELL)
]


class SlotMachine(RuleBasedStateMachine):
    """Claims of several organisations and programmes on one resource; a party's item is named by its programme."""

    @initialize(exclusive=st.sampled_from(SubscriptionExclusive))
    def start(self, exclusive: SubscriptionExclusive) -> None:
        """Nobody has the resource."""
        self.policy = Policy(subscription_exclusive=exclusive)
        self.slot = EMPTY
        self.told: dict[SlotParty, frozenset[str]] = {}

    def of(self, who: SlotParty) -> dict[str, str]:
        """How the slot is asked about a party."""
        return {"programme": who.item_id, "organisation": who.organisation, "claim_id": who.claim_id}

    def become(self, after: Slot) -> None:
        """The next state: the epoch rises exactly with a change."""
        assert after.epoch == self.slot.epoch + (after.entries != self.slot.entries)
        self.slot = after

    @rule(who=st.sampled_from(CLAIMS), supersede=st.booleans())
    def take(self, who: SlotParty, *, supersede: bool) -> None:
        """Enter PendingCustomer: what `availability` called free is never refused, and what is taken was allowed."""
        word = availability(
            self.slot,
            programme=who.item_id,
            organisation=who.organisation,
            claim_id=who.claim_id,
            policy=self.policy,
        )
        try:
            after = take_pending(self.slot, programme=who.item_id, party=who, supersede=supersede, policy=self.policy)
        except (SlotPendingError, SupersedeRequiredError):
            assert word is not FREE
            return
        assert supersede or word is FREE
        self.told[who] = frozenset(one.claim_id for one in incumbents(self.slot, policy=self.policy, **self.of(who)))
        self.become(after)
        assert after.entry(who.item_id).pending == who

    @rule(who=st.sampled_from(CLAIMS))
    def make_official(self, who: SlotParty) -> None:
        """Become Approved: only from the pending place; the displaced are the holders there were when it was taken."""
        if self.slot.entry(who.item_id).pending != who:
            with pytest.raises(SlotLostError):
                promote(self.slot, programme=who.item_id, party=who, displacing=NOBODY, policy=self.policy)
            return
        before = self.holders()
        told = self.told[who]
        after, displaced = promote(self.slot, programme=who.item_id, party=who, displacing=told, policy=self.policy)
        self.become(after)
        assert {one.claim_id for one in displaced} <= told
        assert incumbents(self.slot, policy=self.policy, **self.of(who)) == ()
        assert self.holders() == (before - set(displaced)) | {who}
        assert set(displaced) <= before - {who}

    @rule(who=st.sampled_from(CLAIMS), both=st.booleans())
    def leave(self, who: SlotParty, *, both: bool) -> None:
        """Exit: what goes is the named claim's, every other party stays where it is."""
        items = frozenset({USAGE, SELL} if both else {who.item_id})
        before = self.parties()
        self.become(release(self.slot, claim_id=who.claim_id, item_ids=items))
        assert self.parties() == [
            one for one in before if one[1].claim_id != who.claim_id or one[1].item_id not in items
        ]

    def parties(self) -> list[tuple[str, SlotParty]]:
        """Everyone who stands on the slot, with the place."""
        places: Iterable[Any] = (
            (f"{name} {place}", getattr(entry, place))
            for name, entry in sorted(self.slot.entries.items())
            for place in ("holder", "pending")
        )
        return [(place, one) for place, one in places if one]

    def holders(self) -> set[SlotParty]:
        """Who holds, in any programme."""
        return {entry.holder for entry in self.slot.entries.values() if entry.holder}

    @invariant()
    def one_organisation_under_the_default(self) -> None:
        """Across programmes one organisation holds and one waits; by programme, each place is a single claim's."""
        entries = getattr(self, "slot", EMPTY).entries
        assert all(one.item_id in place for place, one in (self.parties() if entries else []))
        if entries and self.policy.subscription_exclusive is SubscriptionExclusive.ACROSS_PROGRAMMES:
            for place in ("holder", "pending"):
                organisations = {getattr(e, place).organisation for e in entries.values() if getattr(e, place)}
                assert len(organisations) <= 1


TestSlotMachine = SlotMachine.TestCase
TestSlotMachine.settings = settings(
    max_examples=150, stateful_step_count=30, derandomize=True, deadline=None, database=None
)
