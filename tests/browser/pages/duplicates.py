"""Pairs of customers that may be one person, and flagging two from a customer's page."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import ContactCopy, ContactFlag, DuplicatePair, DuplicateScan
from piggyadmin.ledger.actor import Actor
from tests.browser.pages.claiming import LONG_ADDRESS
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto
from tests.contacts.duplicate_hands import TOKENS, copied, paired, read_at_piggy, two_sannes

LIST = "/contacts/duplicates/"


def people() -> list[ContactCopy]:
    told: list[tuple[str, str, dict[str, Any]]] = [
        ("S.", "v.d. Berg", {"email": "saskia.berg@mail.example", "phone": "06 12 34 56 78"}),
        ("Saskia", "van den Berg", {"email": LONG_ADDRESS, "birthdate": date(1988, 3, 4)}),
        (*ARABIC_NAME, {"phone": "+31655551118"}),
        (LONG_NAME, UNBROKEN_NAME, {"email": "w@mail.example"}),
        ("", "", {"is_anonymous": True}),
        ("Emma", "Bakker", {"email": "emma@mail.example"}),
    ]
    return [copied(f"c-{number}", firstname=f, lastname=last, **rest) for number, (f, last, rest) in enumerate(told)]


def scanned() -> None:
    now = timezone.now()
    DuplicateScan.objects.create(
        stage="ended", started_at=now, ended_at=now, contacts=84_210, done=84_210, compared=9_000_000, found=31
    )


def many(visit: Visit) -> list[DuplicatePair]:
    """A full first page: flagged ones on top, with words as long as they may be."""
    assert visit.person
    people()
    scanned()
    pairs = [
        paired(f"c-{one}", f"c-{other}", score=44.4 - 6 * one - other, is_flagged=(one, other) == (2, 3))
        for one in range(6)
        for other in range(one + 1, 6)
    ]
    pairs += [paired("c-5", f"x-{number:02}", score=1 - number) for number in range(50)]
    flag(visit, "c-2", "c-3", "She stood here with both cards, and said that the long name is her mother’s. " * 5)
    return pairs


def flag(visit: Visit, one: str, other: str, words: str) -> None:
    """A flag of the desk, without asking Piggy whether there are such customers."""
    from contacts.claiming import actions
    from piggyadmin.ledger.door import Target, record

    assert visit.person
    first, second = sorted((one, other))
    act = record(
        actions.FLAG,
        by=Actor(visit.person.staff, "desk", visit.person.shop),
        target=Target("contact", one),
        figures={"other_uuid": other},
        detail={"reason": words[:500]},
    )
    ContactFlag.objects.create(
        first_uuid=first,
        second_uuid=second,
        act_id=act.pk,
        flagged_by=visit.person.staff,
        flagged_at=timezone.now() - timedelta(minutes=20),
    )


def full(visit: Visit) -> None:
    many(visit)
    visit.page.goto(LIST)


def running(visit: Visit) -> None:
    many(visit)
    DuplicateScan.objects.create(
        stage="pairs", started_at=timezone.now(), contacts=84_210, done=31_400, found=12, claimed_until=timezone.now()
    )
    visit.page.goto(LIST)


def decided(visit: Visit) -> None:
    pairs = many(visit)
    now = timezone.now()
    assert visit.person
    DuplicatePair.objects.filter(pk__in=[pair.pk for pair in pairs[:9]]).update(
        verdict="same", decided_at=now, decided_by=visit.person.staff
    )
    visit.page.goto(f"{LIST}?show=same")


def nothing(visit: Visit) -> None:
    scanned()
    visit.page.goto(LIST)


def review(visit: Visit) -> DuplicatePair:
    pair = two_sannes(visit.sandbox, address="Oudegracht 231-bis, 3511 NL Utrecht")
    visit.sandbox.add_identifier("2600335600813356", contact_uuid=pair.first_uuid, default=True)
    visit.sandbox.add_identifier("2600118022104417", contact_uuid=pair.second_uuid, default=True)
    visit.sandbox.add_identifier("2600118022105523", contact_uuid=pair.second_uuid)
    visit.page.goto(f"{LIST}{pair.pk}/")
    expect(visit.page.locator("#both ~ [role=status]")).to_contain_text("live")
    return pair


def review_long(visit: Visit) -> None:
    uuids = []
    for number, (first, last) in enumerate([(LONG_NAME, UNBROKEN_NAME), ARABIC_NAME]):
        email = LONG_ADDRESS if number else f"x{LONG_ADDRESS}"
        uuids.append(visit.sandbox.add_contact(email, firstname=first, lastname=last, address=LONG_NAME)["uuid"])
        read_at_piggy(uuids[-1])
    pair = paired(*uuids, is_flagged=True)
    flag(visit, *uuids, "She stood here with both cards. " * 15)
    visit.page.goto(f"{LIST}{pair.pk}/")
    expect(visit.page.locator("#both ~ [role=status]")).to_contain_text("live")


def review_incomplete(visit: Visit) -> None:
    review(visit)
    visit.page.get_by_text("Not the same person").click()
    visit.page.get_by_role("button", name="Keep it").click()
    expect(visit.page.locator("#id_why-e")).to_be_visible()


def review_conflict(visit: Visit) -> None:
    from contacts.duplicates import verdicts

    pair = review(visit)
    assert visit.person
    verdicts.decide(
        pair_id=pair.pk,
        verdict="family",
        seen=verdicts.state_of(pair, verdicts.digests_of(pair)),
        actor=Actor(visit.person.staff, "admin", visit.person.shop),
        token=next(TOKENS) + uuid4().hex,
        words="Sisters: both stood here.",
    )
    visit.page.get_by_text("Not the same person").click()
    visit.page.get_by_text("The customer told us").click()
    visit.page.get_by_role("button", name="Keep it").click()
    expect(visit.page.locator("main")).to_contain_text("was faster and said: family")


def review_same(visit: Visit) -> None:
    pair = review(visit)
    visit.page.get_by_label("right, stays").click()
    visit.page.get_by_role("button", name="Keep it").click()
    expect(visit.page).not_to_have_url(f"{LIST}{pair.pk}/")
    visit.page.goto(f"{LIST}{pair.pk}/")
    expect(visit.page.locator("#both ~ [role=status]")).to_contain_text("live")


def review_piggy_down(visit: Visit) -> None:
    pair = two_sannes(visit.sandbox)
    visit.sandbox.broken = 503
    visit.page.goto(f"{LIST}{pair.pk}/")
    expect(visit.page.locator("main")).to_contain_text("could not be read at Piggy")


def review_gone(visit: Visit) -> None:
    pair = two_sannes(visit.sandbox)
    visit.sandbox.fault("get_contact", kind="refused", value=55031)
    visit.page.goto(f"{LIST}{pair.pk}/")
    expect(visit.page.locator("h1")).to_contain_text("One of the two is gone")


def suspected(visit: Visit) -> None:
    pair = two_sannes(visit.sandbox)
    visit.page.goto(f"/contacts/{pair.first_uuid}/")


def flag_found(visit: Visit) -> None:
    contact = visit.sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")
    for number in range(8):
        copied(f"s-{number}", firstname="Sanne", lastname="Visser", search_name=" sanne visser ", email=LONG_ADDRESS)
    read_at_piggy(contact["uuid"])
    visit.page.goto(f"/contacts/{contact['uuid']}/flag/")
    visit.page.get_by_label("Who is the other one?").fill("Sanne Visser")
    visit.page.clock.run_for(300)
    expect(visit.page.get_by_role("group", name="Which of these?")).to_be_visible()


def flag_not_found(visit: Visit) -> None:
    contact = visit.sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")
    visit.page.goto(f"/contacts/{contact['uuid']}/flag/")
    visit.page.get_by_label("Who is the other one?").fill("nobody@mail.example")
    visit.page.get_by_role("button", name="Find").click()
    expect(visit.page.locator("main")).to_contain_text("Neither our copy nor Piggy")


DUPLICATES = [
    Place("duplicates", full, "admin"),
    Place("duplicates-running", running, "admin"),
    Place("duplicates-same", decided, "admin"),
    Place("duplicates-first", goto(LIST), "admin"),
    Place("duplicates-nothing", nothing, "admin"),
    Place("duplicates-bad-filter", goto(f"{LIST}?show=nonsense"), "admin"),
    Place("pair", review, "admin"),  # type: ignore[arg-type]
    Place("pair-long", review_long, "admin"),
    Place("pair-no-reason", review_incomplete, "admin"),
    Place("pair-conflict", review_conflict, "admin"),
    Place("pair-same", review_same, "admin"),
    Place("pair-piggy-down", review_piggy_down, "admin"),
    Place("pair-gone", review_gone, "admin"),
    Place("contact-suspected", suspected, "admin"),
    Place("flag-found", flag_found),
    Place("flag-not-found", flag_not_found),
]
