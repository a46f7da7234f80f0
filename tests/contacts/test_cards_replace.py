"""Replace a lost card: two acts in one flow, which survives whatever happens between them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.cards import replacing, services
from contacts.cards.replacing import Progress
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.erasing import erase_details
from piggyadmin.ledger.models import Act, ActState
from piggyadmin.piggy.client import Piggy
from tests.conftest import Person
from tests.contacts.card_hands import CARD, NEW_CARD, OTHER_CARD, Hands, asked, card_at, writes
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

SWITCH, LINK, MAKE = "update_contact_identifier", "link_contact_identifier", "create_contact_identifier"
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    """A customer with a card that she lost, and a free one on the counter."""
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    sandbox.add_identifier(NEW_CARD)
    return str(contact["uuid"])


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def begin(sanne: str, actor: Actor) -> Callable[..., Progress]:
    def begin(token: str = "one-form-in-one-tab", new: str = NEW_CARD, may_make: bool = False) -> Progress:
        return replacing.begin(contact_uuid=sanne, old=CARD, new=new, actor=actor, token=token, may_make=may_make)

    return begin


@pytest.fixture
def hands(desk: Person, sanne: str) -> Hands:
    return Hands(desk, htmx=True).open(f"/contacts/{sanne}/cards/")


def standing(sandbox: SandboxAccount) -> tuple[bool, str | None]:
    """Whether the lost card is off, and who has the new one, by the sandbox's books."""
    old, new = card_at(sandbox, CARD), card_at(sandbox, NEW_CARD)
    assert old is not None
    return old["active"] is False, new["contact_uuid"] if new else None


def left(contact_uuid: str) -> list[list[str]]:
    """What is left to do, by the words of the steps, for each replacement that is not finished."""
    return [[step.words for step in one.remaining] for one in services.unfinished(contact_uuid=contact_uuid)]


def resume(sanne: str, actor: Actor) -> Progress:
    (one,) = services.unfinished(contact_uuid=sanne)
    return replacing.go_on(replacement_id=one.id, contact_uuid=sanne, actor=actor)


# --- as people meet it


@pytest.mark.parametrize("htmx", [False, True])
def test_a_lost_card_is_replaced_with_one_scan(desk: Person, sandbox: SandboxAccount, sanne: str, htmx: bool) -> None:
    hands = Hands(desk, htmx=htmx).open(f"/contacts/{sanne}/cards/").press("Replace")
    assert "Replace the card ending 0092" in hands.said
    assert writes(sandbox) == []
    hands.press("Replace it", new="2600 4417 0081 1234")
    assert "Switched off the card ending 0092." in hands.said
    assert "Linked the card ending 1234." in hands.said
    assert "not finished" not in hands.said
    assert standing(sandbox) == (True, sanne)
    assert writes(sandbox) == [SWITCH, LINK]


def test_a_new_card_that_piggy_does_not_know_is_made_after_one_question(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    hands.press("Replace").press("Replace it", new="3000000012345678")
    assert "Piggy does not know the card 3000 0000 1234 5678 yet." in hands.said
    assert writes(sandbox) == []
    hands.press("Replace it")
    assert "Made the card ending 5678 and linked it." in hands.said
    made = card_at(sandbox, "3000000012345678")
    assert made is not None
    assert made["contact_uuid"] == sanne
    assert writes(sandbox) == [SWITCH, MAKE]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (OTHER_CARD, "This card belongs to another customer."),
        ("OFF-CARD-1", "This card is switched off."),
        (CARD, "That is the lost card itself."),
        ("MY-OTHER-CARD", "This card is this customer’s already."),
    ],
)
def test_what_forbids_it_is_found_before_anything_is_switched_off(
    hands: Hands, sandbox: SandboxAccount, sanne: str, new: str, words: str
) -> None:
    omar = sandbox.add_contact("omar@mail.example")["uuid"]
    sandbox.add_identifier(OTHER_CARD, contact_uuid=omar)
    sandbox.add_identifier("OFF-CARD-1", active=False)
    sandbox.add_identifier("MY-OTHER-CARD", contact_uuid=sanne)
    hands.press("Replace").press("Replace it", new=new)
    assert hands.status == 409
    assert words in hands.said
    assert (f'href="/contacts/{omar}/"' in hands.text) is (new == OTHER_CARD)
    assert writes(sandbox) == []
    assert Act.objects.count() == 0


@pytest.mark.parametrize("new", ["", "x" * 10_000, "a\x00b", "a\x1bb", "sanne@mail.example"])
def test_bad_input_is_refused_beside_the_field(hands: Hands, sandbox: SandboxAccount, new: str) -> None:
    hands.press("Replace").press("Replace it", new=new)
    assert hands.status == 422
    assert 'class="error"' in hands.text
    assert writes(sandbox) == []


def test_a_card_that_is_off_already_is_replaced_by_linking_alone(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.add_identifier(CARD, contact_uuid=sanne, active=False)
    hands.open(f"/contacts/{sanne}/cards/").press("Replace").press("Replace it", new=NEW_CARD)
    assert "Linked the card ending 1234." in hands.said
    assert writes(sandbox) == [LINK]
    assert services.unfinished(contact_uuid=sanne) == []


def test_with_piggy_down_nothing_is_begun(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.press("Replace")
    sandbox.broken = 503
    hands.press("Replace it", new=NEW_CARD)
    assert hands.status == 503
    assert Act.objects.count() == 0


def test_two_clicks_replace_once(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.press("Replace").press("Replace it", new=NEW_CARD)
    hands.again()
    assert "Linked the card ending 1234." in hands.said
    assert writes(sandbox) == [SWITCH, LINK]


def test_the_two_acts_belong_to_one_that_says_what_was_meant(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str
) -> None:
    begin()
    parent = Act.objects.get(action="card.replace")
    assert parent.sentence == "Began to replace the card ending 0092 by the card ending 1234."
    assert [act.action for act in parent.children.order_by("seq")] == ["card.switch_off", "card.link"]
    assert {act.contact_id for act in Act.objects.all()} == {sanne}
    assert all("2600" not in str(act.figures) for act in Act.objects.all())


# --- a failure in its middle


def test_after_a_refused_second_step_the_page_offers_exactly_that_one(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    hands.press("Replace").press("Replace it", new=NEW_CARD)
    assert "Switched off the card ending 0092." in hands.said
    assert "The card ending 1234 was not linked." in hands.said
    assert "A replacement is not finished" in hands.said
    assert "Switch off the card ending 0092 done" in hands.said
    assert "Link the card ending 1234 not done" in hands.said
    assert left(sanne) == [["Link the card ending 1234"]]
    hands.press("Link the card ending 1234")
    assert "Linked the card ending 1234." in hands.said
    assert "not finished" not in hands.said
    assert standing(sandbox) == (True, sanne)
    assert (asked(sandbox, SWITCH), asked(sandbox, LINK)) == (1, 2)


def test_after_a_refused_first_step_nothing_was_linked_and_both_are_left(
    hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(SWITCH, kind="401")
    hands.press("Replace").press("Replace it", new=NEW_CARD)
    assert standing(sandbox) == (False, None)
    assert len(left(sanne)[0]) == 2
    hands.press("Go on with both steps")
    assert standing(sandbox) == (True, sanne)
    assert left(sanne) == []


@pytest.mark.parametrize("operation", [SWITCH, LINK])
@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_looked_at_and_its_step_never_repeated(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str, actor: Actor, operation: str, kind: str
) -> None:
    sandbox.fault(operation, kind=kind)
    progress = begin()
    assert progress.outcomes[-1].unknown
    assert left(sanne) == [[]], "nothing is offered while a step is unknown"
    resume(sanne, actor)
    assert standing(sandbox) == (True, sanne)
    assert left(sanne) == []
    assert (asked(sandbox, SWITCH), asked(sandbox, LINK)) == (1, 1)


@pytest.mark.parametrize("operation", [SWITCH, LINK])
@pytest.mark.parametrize("kind", NOT_HAPPENED)
def test_a_step_that_never_came_is_done_once_more_only_when_that_is_sure(
    begin: Callable[..., Progress],
    sandbox: SandboxAccount,
    sanne: str,
    actor: Actor,
    operation: str,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox.fault(operation, kind=kind)
    assert begin().outcomes[-1].unknown
    assert resume(sanne, actor).outcomes[-1].unknown, "it may still come"
    assert asked(sandbox, operation) == 1
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    resume(sanne, actor)
    assert standing(sandbox) == (True, sanne)
    assert left(sanne) == []
    assert asked(sandbox, operation) == 2
    assert asked(sandbox, LINK if operation == SWITCH else SWITCH) == 1


@pytest.mark.parametrize("operation", [SWITCH, LINK])
def test_a_step_that_piggy_wants_later_is_sent_again_as_the_same_act(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str, actor: Actor, operation: str
) -> None:
    sandbox.fault(operation, kind="429", retry_after=0)
    assert begin().outcomes[-1].outcome == "planned"
    resume(sanne, actor)
    assert standing(sandbox) == (True, sanne)
    assert Act.objects.filter(action__in=["card.switch_off", "card.link"]).count() == 2


@pytest.mark.parametrize("operation", [SWITCH, LINK])
def test_a_colleague_goes_on_where_somebody_stopped(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str, admin: Person, operation: str
) -> None:
    sandbox.fault(operation, kind="429", retry_after=0)
    begin()
    resume(sanne, Actor(admin.staff, "admin", admin.shop))
    assert standing(sandbox) == (True, sanne)
    assert left(sanne) == []


class Killed(BaseException):
    """What ends a process: nothing catches it."""


@pytest.mark.parametrize("where", ["before the first step", "between the steps"])
def test_a_process_that_died_leaves_exactly_what_was_not_done(
    begin: Callable[..., Progress],
    hands: Hands,
    sandbox: SandboxAccount,
    sanne: str,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(replacing, "_one" if where == "before the first step" else "_link", die)
        with pytest.raises(Killed):
            begin()
    between = where == "between the steps"
    assert standing(sandbox) == (between, None)
    assert len(left(sanne)[0]) == (1 if between else 2)
    hands.open(f"/contacts/{sanne}/cards/")
    assert "A replacement is not finished" in hands.said
    assert ("Switch off the card ending 0092 done" in hands.said) is between
    hands.press("Link the card ending 1234" if between else "Go on with both steps")
    assert standing(sandbox) == (True, sanne)
    assert (asked(sandbox, SWITCH), asked(sandbox, LINK)) == (1, 1)
    assert left(sanne) == []


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("step", ["update_identifier", "link_identifier"])
def test_a_process_that_died_with_its_call_under_way_is_looked_at_first(
    begin: Callable[..., Progress],
    sandbox: SandboxAccount,
    sanne: str,
    actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    happened: bool,
) -> None:
    real = getattr(Piggy, step)

    def die(client: Piggy, **asked: object) -> None:
        if happened:
            real(client, **asked)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Piggy, step, die)
        with pytest.raises(Killed):
            begin()
    before = asked(sandbox, SWITCH), asked(sandbox, LINK)
    assert resume(sanne, actor).outcomes[-1].outcome == "sent", "its process may still be at it"
    assert (asked(sandbox, SWITCH), asked(sandbox, LINK)) == before
    ActState.objects.filter(outcome="sent").update(updated_at=timezone.now() - timedelta(minutes=2))
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    resume(sanne, actor)
    assert standing(sandbox) == (True, sanne)
    assert left(sanne) == []
    assert (asked(sandbox, SWITCH), asked(sandbox, LINK)) == (1, 1)


def test_with_piggy_gone_after_the_first_step_that_one_is_told(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str, actor: Actor
) -> None:
    sandbox.fault("find_contact_identifier", kind="503", skip=1, times=-1)
    progress = begin()
    assert [outcome.done for outcome in progress.outcomes] == [True]
    assert "could not be looked at" in progress.problem
    sandbox.clear_faults()
    resume(sanne, actor)
    assert standing(sandbox) == (True, sanne)


def test_another_new_card_in_a_form_that_was_begun_links_neither_of_the_two(
    begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str, actor: Actor
) -> None:
    """The lost card was off before, and Piggy went away between the two looks at the new one: nothing is told yet."""
    services.switch(card=CARD, contact_uuid=sanne, on=False, actor=actor, token="switched-off-before-all-this")
    sandbox.add_identifier(OTHER_CARD)
    sandbox.fault("find_contact_identifier", kind="503", skip=1, times=-1)
    assert begin().outcomes == ()
    sandbox.clear_faults()
    progress = begin(new=OTHER_CARD)
    assert f"begun with the new card ending {NEW_CARD[-4:]}" in progress.problem
    assert asked(sandbox, LINK) == 0
    assert begin().outcomes[-1].done
    assert standing(sandbox) == (True, sanne)


def test_a_new_card_that_somebody_took_meanwhile_is_not_taken_from_them(
    hands: Hands, begin: Callable[..., Progress], sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    omar = sandbox.add_contact("omar@mail.example")["uuid"]
    sandbox.add_identifier(NEW_CARD, contact_uuid=omar)
    hands.open(f"/contacts/{sanne}/cards/").press("Link the card ending 1234")
    assert "The new card: This card belongs to another customer." in hands.said
    assert standing(sandbox) == (True, omar)
    hands.press("Replace").press("Replace it", new="3000000012345678").press("Replace it")
    assert "Made the card ending 5678" in hands.said
    assert left(sanne) == [], "the one begun anew takes the place of the old one"


def test_what_was_done_by_other_hands_is_seen(
    begin: Callable[..., Progress], hands: Hands, sandbox: SandboxAccount, sanne: str, actor: Actor
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    hands.open(f"/contacts/{sanne}/cards/").press("Link", card=NEW_CARD)  # by the page's own form
    assert left(sanne) == []


def test_a_new_card_linked_in_piggys_own_dashboard_ends_it(
    begin: Callable[..., Progress], hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    sandbox.add_identifier(NEW_CARD, contact_uuid=sanne)
    hands.open(f"/contacts/{sanne}/cards/").press("Link the card ending 1234")
    assert "The new card is this customer’s already" in hands.said
    assert left(sanne) == []
    assert asked(sandbox, LINK) == 1


def test_it_can_be_left_as_it_is(
    begin: Callable[..., Progress], hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    (one,) = services.unfinished(contact_uuid=sanne)
    hands.post(f"/contacts/{sanne}/cards/replace/", replacement=str(one.id), leave="1")
    assert "Nothing was taken back." in hands.said
    assert left(sanne) == []
    assert standing(sandbox) == (True, None)
    hands.again()
    assert Act.objects.filter(action="card.replace_ended").count() == 1


@pytest.mark.parametrize("replacement", ["", "no-uuid", "00000000-0000-0000-0000-000000000007"])
def test_a_replacement_that_is_none_is_told(
    hands: Hands, sandbox: SandboxAccount, sanne: str, replacement: str
) -> None:
    hands.post(f"/contacts/{sanne}/cards/replace/", replacement=replacement)
    assert "There is nothing left to do for that replacement." in hands.said
    assert writes(sandbox) == []


def test_a_replacement_of_one_customer_is_none_of_anothers(
    begin: Callable[..., Progress], hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    (one,) = services.unfinished(contact_uuid=sanne)
    omar = sandbox.add_contact("omar@mail.example")["uuid"]
    hands.post(f"/contacts/{omar}/cards/replace/", replacement=str(one.id))
    assert "There is nothing left to do" in hands.said
    assert standing(sandbox) == (True, None)


def test_nobody_begins_anew_while_a_step_is_unknown(begin: Callable[..., Progress], sandbox: SandboxAccount) -> None:
    sandbox.fault(LINK, kind="lost_before")
    begin()
    again = begin(token="another-tab-at-once", new="3000000012345678", may_make=True)
    assert again.outcomes == ()
    assert "Look at that first." in again.problem
    assert asked(sandbox, MAKE) == 0


def test_once_the_numbers_are_erased_there_is_nothing_left_to_go_on_with(
    begin: Callable[..., Progress], hands: Hands, sandbox: SandboxAccount, sanne: str
) -> None:
    sandbox.fault(LINK, kind="401")
    begin()
    assert erase_details(contact_id=sanne, by=None) >= 3
    assert left(sanne) == []
    hands.open(f"/contacts/{sanne}/cards/")
    assert "not finished" not in hands.said
