"""A scan leads to the customer whom the copy knows by that card, and the page holds it against what Piggy says."""

import pytest

from contacts.models import CardCopy, ContactCopy
from piggyadmin import piggy
from piggyadmin.ledger.door import form_token
from tests.conftest import Person
from tests.contacts.card_hands import Hands
from tests.fixtures_sandbox import SandboxAccount

CARD = "9100000000000017"


@pytest.fixture
def anna(desk: Person, sandbox: SandboxAccount) -> str:
    """Anna has two cards and was opened here, so the copy knows both."""
    uuid = sandbox.add_contact("anna@mail.example", firstname="Anna")["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=uuid)
    sandbox.add_identifier("9100000000000018", contact_uuid=uuid, default=True)
    desk.get(f"/contacts/{uuid}/")
    return uuid


@pytest.fixture
def bert(desk: Person, sandbox: SandboxAccount) -> str:
    uuid = sandbox.add_contact("bert@mail.example", firstname="Bert")["uuid"]
    sandbox.add_identifier("9100000000000019", contact_uuid=uuid, default=True)
    desk.get(f"/contacts/{uuid}/")
    return uuid


def scan(person: Person, card: str = CARD) -> str:
    return person.post("/find/", {"q": card}).url


def move_elsewhere(to: str) -> None:
    """At another till, so that nothing of it is known here."""
    client = piggy.get_client()
    client.unlink_identifier(value=CARD)
    client.link_identifier(value=CARD, contact_uuid=to)


def test_a_known_card_leads_to_its_customer_and_nothing_is_said(desk: Person, anna: str) -> None:
    assert scan(desk) == f"/contacts/{anna}/"
    assert "The card that led here" not in desk.get(f"/contacts/{anna}/").text


def test_a_card_that_moved_elsewhere_is_said_on_the_page_and_the_next_scan_is_right(
    desk: Person, anna: str, bert: str
) -> None:
    move_elsewhere(bert)
    page = desk.get(scan(desk))
    assert "The card that led here is not this customer’s any more" in page.text
    assert f'name="q" value="{CARD}"' in page.text
    assert scan(desk) == f"/contacts/{bert}/"


def test_it_is_said_once_and_not_to_who_comes_another_way(desk: Person, anna: str, bert: str) -> None:
    move_elsewhere(bert)
    scan(desk)
    assert "The card that led here" not in desk.get(f"/contacts/{bert}/").text
    assert "The card that led here" not in desk.get(f"/contacts/{anna}/").text


def test_opening_the_new_owner_moves_the_card_in_the_copy_at_once(desk: Person, anna: str, bert: str) -> None:
    move_elsewhere(bert)
    desk.get(f"/contacts/{bert}/")
    assert CardCopy.objects.get(value=CARD).contact.contact_uuid == bert


def test_a_card_that_was_switched_off_elsewhere_is_said(desk: Person, anna: str) -> None:
    piggy.get_client().update_identifier(value=CARD, active=False)
    assert "The card that led here is switched off" in desk.get(scan(desk)).text


def test_without_the_list_of_cards_the_page_says_that_it_could_not_check(
    desk: Person, sandbox: SandboxAccount, anna: str
) -> None:
    sandbox.fault("list_contact_identifiers", kind="garbage", times=5)
    assert "We could not check whose the card is" in desk.get(scan(desk)).text


def test_a_card_that_was_unlinked_here_is_asked_for_at_piggy(admin: Person, anna: str) -> None:
    Hands(admin).open(f"/contacts/{anna}/cards/").post(
        f"/contacts/{anna}/cards/unlink/", card=CARD, form_token=form_token()
    )
    assert not CardCopy.objects.filter(value=CARD).exists()
    assert ContactCopy.objects.get(contact_uuid=anna).cards_read_at is None
