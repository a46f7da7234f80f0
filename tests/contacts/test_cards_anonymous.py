"""A card that nobody has: make an anonymous customer with it, in one act or two."""

import pytest

from contacts.cards import services, writes
from contacts.cards.sights import Whose
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.erasing import erase_details
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.contacts.card_hands import CARD, NEW_CARD, OTHER_CARD, Hands, asked, card_at
from tests.contacts.card_hands import writes as written
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

URL = "/contacts/cards/"
MAKE, NEW = "create_contact_identifier", "create_anonymous_contact"
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def hands(request: pytest.FixtureRequest, desk: Person) -> Hands:
    return Hands(desk, htmx=request.param)


@pytest.fixture
def actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    contact = sandbox.add_contact(
        "sanne@mail.example", firstname="Sanne", lastname="Visser", phonenumber="+31612345678"
    )
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"])
    return str(contact["uuid"])


def holder(sandbox: SandboxAccount, card: str = NEW_CARD) -> str | None:
    row = card_at(sandbox, card)
    return row["contact_uuid"] if row else None


def test_an_anonymous_customer_gets_the_card(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    (contact,) = sandbox.state("contact")
    assert contact["is_anonymous"]
    assert holder(sandbox) == contact["uuid"]
    assert hands.path == f"/contacts/{contact['uuid']}/"
    assert "Made an anonymous customer with the card ending 1234." in hands.said
    assert written(sandbox) == [MAKE, NEW]


def test_a_free_card_is_used_as_it_is(hands: Hands, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(NEW_CARD)
    hands.open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    assert holder(sandbox) == sandbox.state("contact")[0]["uuid"]
    assert written(sandbox) == [NEW]


def test_a_piggy_that_makes_the_card_itself_is_understood_as_well(sandbox: SandboxAccount, actor: Actor) -> None:
    sandbox.set(anonymous_makes_card=True)
    outcome = services.create_anonymous(actor=actor, card=NEW_CARD, token="one-form-in-one-tab")
    assert outcome.done
    assert holder(sandbox) == outcome.figures["contact_uuid"]


def test_two_clicks_make_one_customer(hands: Hands, sandbox: SandboxAccount) -> None:
    hands.open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    first = hands.path
    hands.again()
    assert hands.path == first
    assert len(sandbox.state("contact")) == 1


def test_two_tabs_make_one_customer(desk: Person, sandbox: SandboxAccount) -> None:
    tabs = [Hands(desk).open(URL).press("Look", card=NEW_CARD) for _ in range(2)]
    for tab in tabs:
        tab.press("Make an anonymous customer")
    assert len(sandbox.state("contact")) == 1
    assert tabs[1].status == 409
    assert "This card belongs to another customer." in tabs[1].said


def test_whose_card_it_is_stands_before_all(sandbox: SandboxAccount, actor: Actor, sanne: str) -> None:
    with pytest.raises(services.CardTaken) as taken:
        services.create_anonymous(actor=actor, card=CARD, token="one-form-in-one-tab")
    assert (taken.value.sight.whose, taken.value.sight.contact_uuid) == (Whose.OTHERS, sanne)
    assert Act.objects.count() == 0


def test_who_may_not_make_customers_is_not_offered_it(desk: Person, sandbox: SandboxAccount) -> None:
    desk.staff.groups.get().permissions.filter(codename="create_contact").delete()
    hands = Hands(desk).open(URL).press("Look", card=NEW_CARD)
    assert "New anonymous customer" not in hands.said
    hands.post(URL, step="new", card=NEW_CARD, form_token="t" * 32)
    assert hands.status == 403
    assert written(sandbox) == []


@pytest.mark.parametrize("kind", ["401", "429"])
def test_after_a_refused_second_act_the_card_is_there_and_the_next_try_goes_on_with_it(
    hands: Hands, sandbox: SandboxAccount, kind: str
) -> None:
    sandbox.fault(NEW, kind=kind, **({"retry_after": 0} if kind == "429" else {}))
    hands.open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    assert hands.status == (503 if kind == "429" else 409)
    assert "No anonymous customer was made with the card ending 1234." in hands.said
    assert holder(sandbox) is None
    assert card_at(sandbox, NEW_CARD) is not None
    hands.press("Make an anonymous customer")
    assert len(sandbox.state("contact")) == 1
    assert holder(sandbox) == sandbox.state("contact")[0]["uuid"]
    assert (asked(sandbox, MAKE), asked(sandbox, NEW)) == (1, 2)


def test_after_a_refused_first_act_nothing_more_is_sent(hands: Hands, sandbox: SandboxAccount) -> None:
    sandbox.fault(MAKE, kind="401")
    hands.open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    assert hands.status == 409
    assert "The card ending 1234 was not made." in hands.said
    assert asked(sandbox, NEW) == 0
    hands.press("Make an anonymous customer")
    assert len(sandbox.state("contact")) == 1


@pytest.mark.parametrize("operation", [MAKE, NEW])
@pytest.mark.parametrize("kind", HAPPENED)
def test_a_lost_answer_is_looked_at_and_leads_to_the_customer(
    desk: Person, sandbox: SandboxAccount, operation: str, kind: str
) -> None:
    sandbox.fault(operation, kind=kind)
    hands = Hands(desk).open(URL).press("Look", card=NEW_CARD).press("Make an anonymous customer")
    assert "We do not know whether" in hands.said
    assert "Make an anonymous customer </button>" not in hands.text
    again = Hands(desk).post(URL, step="new", card=NEW_CARD, form_token="t" * 32)
    assert again.status == 409, "nobody makes another one meanwhile"
    hands.press("Look now")
    if operation == MAKE:
        assert "Made the card ending 1234." in hands.said
        hands.press("Make an anonymous customer")
    (contact,) = sandbox.state("contact")
    assert hands.path == f"/contacts/{contact['uuid']}/"
    assert "Made an anonymous customer with the card ending 1234." in hands.said
    assert holder(sandbox) == contact["uuid"]
    assert (asked(sandbox, MAKE), asked(sandbox, NEW)) == (1, 1)


@pytest.mark.parametrize("operation", [MAKE, NEW])
@pytest.mark.parametrize("kind", NOT_HAPPENED)
def test_what_never_came_is_tried_again_only_when_that_is_sure(
    sandbox: SandboxAccount, actor: Actor, operation: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault(operation, kind=kind)
    outcome = services.create_anonymous(actor=actor, card=NEW_CARD, token="one-form-in-one-tab")
    assert outcome.unknown
    assert services.create_anonymous(actor=actor, card=NEW_CARD, token="another-form-at-once").refused
    assert asked(sandbox, operation) == 1
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(outcome.act_id).refused
    done = services.create_anonymous(actor=actor, card=NEW_CARD, token="another-form-later")
    assert done.done
    assert [row["uuid"] for row in sandbox.state("contact")] == [done.figures["contact_uuid"]]
    assert holder(sandbox) == done.figures["contact_uuid"]


def test_a_process_that_died_between_the_two_leaves_a_card_to_go_on_with(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(**asked: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(writes, "new_anonymous", die)
        with pytest.raises(Killed):
            services.create_anonymous(actor=actor, card=NEW_CARD, token="one-form-in-one-tab")
    assert holder(sandbox) is None
    done = services.create_anonymous(actor=actor, card=NEW_CARD, token="another-form-later")
    assert done.done
    assert (asked(sandbox, MAKE), asked(sandbox, NEW)) == (1, 1)
    made, new = Act.objects.order_by("seq")
    assert new.parent == made


# --- the words kept about who was made can be erased


def words_kept(card: str = NEW_CARD) -> int:
    return sum(card in str(detail.words) for detail in ActDetail.objects.all())


@pytest.mark.parametrize("faults", [[], [NEW], [MAKE], [MAKE, NEW]], ids=str)
def test_erasing_finds_the_acts_that_made_a_customer(sandbox: SandboxAccount, actor: Actor, faults: list[str]) -> None:
    for number, operation in enumerate(faults):
        sandbox.fault(operation, kind="401")
        assert services.create_anonymous(actor=actor, card=NEW_CARD, token=f"a-form-that-fails-{number}").refused
    done = services.create_anonymous(actor=actor, card=NEW_CARD, token="one-form-in-one-tab")
    other = services.create_anonymous(actor=actor, card=OTHER_CARD, token="somebody-elses-form")
    assert words_kept() == 2 + len(faults)
    erase_details(contact_id=str(done.figures["contact_uuid"]), by=None)
    assert words_kept() == 0
    assert words_kept(OTHER_CARD) == 2, "nobody else's are touched"
    assert verify_ledger().whole
    assert other.done


def test_erasing_finds_the_making_of_a_card_that_was_linked_later(
    sandbox: SandboxAccount, actor: Actor, sanne: str
) -> None:
    sandbox.fault(NEW, kind="401")
    assert services.create_anonymous(actor=actor, card=NEW_CARD, token="a-form-that-fails").refused
    linking = services.link(contact_uuid=sanne, card=NEW_CARD, actor=actor, token="one-form-in-one-tab")
    assert linking.outcome is not None
    assert linking.outcome.done
    erase_details(contact_id=sanne, by=None)
    assert words_kept() == 0
    assert verify_ledger().whole


def test_erasing_one_customer_leaves_the_words_of_the_next_who_has_the_card(
    sandbox: SandboxAccount, admin: Person, sanne: str
) -> None:
    by = Actor(admin.staff, "admin", admin.shop)
    first = services.create_anonymous(actor=by, card=NEW_CARD, token="one-form-in-one-tab")
    uuid = str(first.figures["contact_uuid"])
    assert services.unlink(contact_uuid=uuid, card=NEW_CARD, actor=by, token="unlink-one-form").done
    services.link(contact_uuid=sanne, card=NEW_CARD, actor=by, token="another-form-later")
    erase_details(contact_id=uuid, by=None)
    kept = [detail.act for detail in ActDetail.objects.all() if NEW_CARD in str(detail.words)]
    assert [(act.action, act.contact_id) for act in kept] == [("card.link", sanne)]
