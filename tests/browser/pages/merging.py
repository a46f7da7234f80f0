"""Merging two customers: the proposal with its proof, the decision, every state of a merge, and the list to rebuild."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import expect

from contacts.claiming import services as claiming
from contacts.claiming import verification
from contacts.held import deciding, jobs, running
from contacts.merging import proofs, rebuilding, services
from contacts.merging.kind import KIND
from contacts.models import ContactCopy, Merge
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.actor import Actor
from tests.browser.pages.claiming import LONG_ADDRESS
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto
from tests.contacts.merging_hands import REASON, Two, release

LIST = "/contacts/merges/"
LONG_REASON = "She stood here with both cards, and says that the first one was her mother’s gift. " * 6


def other(visit: Visit, username: str = "other") -> Actor:
    """Another admin, who is not before the screen."""
    from django.contrib.auth.models import Group

    assert visit.person
    staff = Staff.objects.create_user(username=username, name="Wilhelmina van der Hoeven-Oudekerk")
    staff.groups.add(Group.objects.get(name="admin"))
    return Actor(Staff.objects.get(pk=staff.pk), "admin", Shop.objects.get(piggy_uuid="shop-utrecht"))


def own(visit: Visit) -> Actor:
    assert visit.person
    return Actor(visit.person.staff, "admin", visit.person.shop)


def copied(two: Two) -> None:
    """Both in the copy, so that lists name them."""
    for row in two.sandbox.state("contact"):
        ContactCopy.objects.update_or_create(
            contact_uuid=row["uuid"],
            defaults={
                "firstname": row["values"].get("firstname") or "",
                "lastname": row["values"].get("lastname") or "",
                "read_at": timezone.now(),
            },
        )


def two_of(visit: Visit) -> Two:
    visit.sandbox.set(merge_seconds=300)
    jobs.enqueue = lambda action, row_id: None  # type: ignore[assignment]  # no worker is there
    return Two(visit.sandbox)


def propose(two: Two, by: Actor, *, at_once: bool = False, reason: str = REASON) -> Merge:
    seen = services.preview(source_uuid=two.source, destination_uuid=two.destination)
    return services.propose(seen=seen, reason=reason, at_once=at_once, actor=by, token=f"page-{two.source}"[:60])


def show(visit: Visit, merge: Merge, words: str) -> None:
    visit.page.goto(f"{LIST}{merge.pk}/")
    expect(visit.page.locator("main")).to_contain_text(words)


def flagged(visit: Visit) -> None:
    """Nothing is proved, and the desk has flagged the pair."""
    two = two_of(visit)
    claiming.flag(
        contact_uuid=two.source, other_uuid=two.destination, reason="", actor=other(visit), token="flag-of-this-page-1"
    )
    visit.page.goto(two.page())
    expect(visit.page.locator("main")).to_contain_text("flagged")


def extreme(visit: Visit) -> None:
    """Names and addresses as long as they come, from right to left as well."""
    two = two_of(visit)
    first, last = ARABIC_NAME
    two.source = visit.sandbox.add_contact(
        LONG_ADDRESS, firstname=LONG_NAME, lastname=UNBROKEN_NAME, credits=1_234_567, prepaid_in_cents=-120_099
    )["uuid"]
    two.destination = visit.sandbox.add_contact("a@mail.example", firstname=first, lastname=last)["uuid"]
    for number in range(12):
        visit.sandbox.add_identifier(f"26004417008101{number:02}", contact_uuid=two.source, active=bool(number % 2))
    visit.page.goto(two.page())
    expect(visit.page.locator("main")).to_contain_text("LEFT disappears")


def half_proved(visit: Visit) -> None:
    """A card scanned of one, a code under way to the other."""
    two = two_of(visit)
    proofs.scan(
        card="2600335600813356", uuids=(two.source, two.destination), actor=own(visit), token="scan-of-this-page-1"
    )
    verification.send(contact_uuid=two.destination, actor=own(visit), token="mail-of-this-page-1")
    visit.page.goto(two.page())
    expect(visit.page.locator("main")).to_contain_text("not read back yet")


def proved(visit: Visit) -> None:
    two = two_of(visit)
    uuids = (two.source, two.destination)
    for card in ("2600335600813356", "2600118022104417"):
        proofs.scan(card=card, uuids=uuids, actor=own(visit), token=f"scan-of-this-page-{card}")
    visit.page.goto(two.page())
    expect(visit.page.locator("main")).to_contain_text("proved")


def refused(visit: Visit) -> None:
    """The form sent with what will not do."""
    two = two_of(visit)
    visit.page.goto(two.page())
    visit.page.locator("#id_reason").fill("Same.")
    visit.page.locator("#id_confirm").fill("Jansen")
    visit.page.get_by_role("button", name="Propose the merge").click()
    expect(visit.page.locator("#id_confirm-e")).to_be_visible()


def not_theirs(visit: Visit) -> None:
    two = two_of(visit)
    visit.page.goto(two.page())
    visit.page.locator("#id_card").fill("2600000000000000")
    visit.page.get_by_role("button", name="Take it as proof").click()
    expect(visit.page.locator("#id_card-e")).to_be_visible()


def twice(visit: Visit) -> None:
    two = two_of(visit)
    propose(two, other(visit))
    visit.page.goto(two.page())
    expect(visit.page.locator("main")).to_contain_text("proposed already")


def proposed(visit: Visit) -> None:
    """For whoever may approve it."""
    show(visit, propose(two_of(visit), other(visit), reason=LONG_REASON), "Your decision")


def proposed_own(visit: Visit) -> None:
    show(visit, propose(two_of(visit), own(visit), at_once=True), "A second person approves it")


def approved_badly(visit: Visit) -> None:
    proposed(visit)
    visit.page.get_by_label("At once: the customer is standing here").check()
    visit.page.locator("#id_confirm").fill("Jansen")
    visit.page.get_by_role("button", name="Approve the merge").click()
    expect(visit.page.locator("#id_confirm-e")).to_be_visible()


def decided(visit: Visit, *, at_once: bool = True) -> tuple[Two, Merge]:
    two = two_of(visit)
    merge = propose(two, other(visit))
    deciding.approve(merge, by=own(visit), at_once=at_once, reason="She has to leave." if at_once else "")
    return two, merge


def worked(merge: Merge) -> Merge:
    release(merge)
    running.advance(KIND, merge.pk, seconds=0.5)
    return Merge.objects.get(pk=merge.pk)


def held(visit: Visit) -> None:
    _, merge = decided(visit, at_once=False)
    show(visit, merge, "held until")


def declined(visit: Visit) -> None:
    merge = propose(two_of(visit), other(visit))
    deciding.decline(merge, by=own(visit), reason="Mother and daughter.")
    show(visit, merge, "Not approved")


def cancelled(visit: Visit) -> None:
    _, merge = decided(visit, at_once=False)
    deciding.cancel(merge, by=own(visit))
    show(visit, merge, "Not sent")


def scheduled(visit: Visit) -> None:
    _, merge = decided(visit)
    show(visit, worked(merge), "Piggy is at it")


def lost(visit: Visit) -> None:
    _, merge = decided(visit)
    visit.sandbox.fault("merge_contacts", kind="lost_before")
    show(visit, worked(merge), "We did not get an answer")


def merged(visit: Visit) -> Merge:
    two, merge = decided(visit)
    worked(merge)
    visit.sandbox.add_loyalty_transaction(contact_uuid=two.destination, credits=12)
    visit.sandbox.advance(301)
    return worked(merge)


def done(visit: Visit) -> None:
    show(visit, merged(visit), "Merged, and verified")


def incident(visit: Visit) -> None:
    _, merge = decided(visit)
    merge = worked(merge)
    Merge.objects.filter(pk=merge.pk).update(
        expected={**merge.expected, "credits": 210, "credits_of": [90, 120]},
        actual={"gone_at": "2026-01-01T00:00:00+00:00"},
    )
    visit.sandbox.advance(301)
    show(visit, worked(merge), "The credits are not the sum of both.")


def late(visit: Visit) -> None:
    _, merge = decided(visit)
    merge = worked(merge)
    Merge.objects.filter(pk=merge.pk).update(sent_at=merge.proposed_at.replace(year=2026, month=1))
    show(visit, worked(merge), "Close the incident")


def rebuild(visit: Visit) -> None:
    merge = merged(visit)
    visit.page.goto(f"{LIST}{merge.pk}/rebuild/")
    expect(visit.page.locator("main")).to_contain_text("Make the list")


def rebuilding_now(visit: Visit) -> None:
    merge = merged(visit)
    rebuilding.begin(merge, by=own(visit), token="rebuild-of-this-page")
    for number in (1, 2):
        step = merge.steps.get(number=number)
        rebuilding.tick(merge, step_id=step.pk, by=own(visit), token=f"tick-of-this-page-{number}")
    visit.page.goto(f"{LIST}{merge.pk}/rebuild/")
    expect(visit.page.locator("main")).to_contain_text("2 of ")


def listed(visit: Visit) -> None:
    """One of each state, some with names as long as they come."""
    merge = merged(visit)
    copied(Two(visit.sandbox))
    states = [state for state in Merge.State.values if state != "done"]
    for number, state in enumerate(states):
        Merge.objects.create(
            source_uuid=f"some-{number}",
            destination_uuid=merge.destination_uuid,
            state=state,
            proposed_by=merge.proposed_by,
            proposed_at=timezone.now(),
            ended_at=timezone.now() if state in ("declined", "cancelled", "refused") else None,
            expected={"credits": 1_234_567},
        )
    ContactCopy.objects.create(
        contact_uuid="some-1", firstname=LONG_NAME, lastname=UNBROKEN_NAME, read_at=timezone.now()
    )
    visit.page.goto(LIST)
    expect(visit.page.locator("tbody tr").first).to_be_visible()


def away(path: str) -> Callable[[Visit], None]:
    """With Piggy gone."""

    def go(visit: Visit) -> None:
        two = two_of(visit)
        merge = propose(two, other(visit))
        visit.sandbox.broken = 503
        visit.page.goto(path.format(merge=merge.pk, two=two.page()))

    return go


MERGING: list[Place] = [
    Place("merges-none", goto(LIST), who="admin"),
    Place("merges", listed, who="admin"),
    Place("merges-no-such", goto(f"{LIST}?state=held"), who="admin"),
    Place("merges-bad-filter", goto(f"{LIST}?state=odd"), who="admin"),
    Place("merge-new", flagged, who="admin"),
    Place("merge-new-extreme", extreme, who="admin"),
    Place("merge-new-half-proved", half_proved, who="admin"),
    Place("merge-new-proved", proved, who="admin"),
    Place("merge-new-errors", refused, who="admin"),
    Place("merge-new-not-theirs", not_theirs, who="admin"),
    Place("merge-new-twice", twice, who="admin"),
    Place("merge-new-none", goto(f"{LIST}new/?source=a&destination=a"), who="admin"),
    Place("merge-proposed", proposed, who="admin"),
    Place("merge-proposed-own", proposed_own, who="admin"),
    Place("merge-approve-errors", approved_badly, who="admin"),
    Place("merge-held", held, who="admin"),
    Place("merge-declined", declined, who="admin"),
    Place("merge-cancelled", cancelled, who="admin"),
    Place("merge-scheduled", scheduled, who="admin"),
    Place("merge-unknown", lost, who="admin"),
    Place("merge-done", done, who="admin"),
    Place("merge-incident", incident, who="admin"),
    Place("merge-late", late, who="admin"),
    Place("merge-piggy-away", away(LIST + "{merge}/"), who="admin"),
    Place("rebuild", rebuild, who="admin"),
    Place("rebuild-list", rebuilding_now, who="admin"),
]
