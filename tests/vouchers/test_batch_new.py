"""A new batch: what is typed, what it would be in words, and the number typed once more."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.payloads import Promotion
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.new_batch_hands import NEW, NewBatch, hidden, plain
from vouchers.batches import asking
from vouchers.batches.forms import BatchForm
from vouchers.models import BatchRun

HTMX = {"HX-Request": "true"}


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    return sandbox.add_promotion("Summer", description="€ 10 off")["uuid"]


@pytest.fixture
def new(marketing: Person, summer: str) -> NewBatch:
    return NewBatch(marketing, summer)


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def test_the_page_names_the_promotions_and_the_zone(marketing: Person, summer: str, sandbox: SandboxAccount) -> None:
    sandbox.add_promotion("Winter")
    page = marketing.get(f"{NEW}{summer}/")
    assert page.status_code == 200
    assert f'<option value="{summer}" selected>Summer' in page.text
    assert "Times are those of Europe/Amsterdam" in page.text
    assert "Over 5,000 a second person approves it." in plain(page.text)


def test_an_account_without_promotions_leads_to_making_one(marketing: Person, sandbox: SandboxAccount) -> None:
    assert "Make a promotion first" in marketing.get(NEW).text


def test_a_promotion_that_is_gone_has_no_batch(marketing: Person, summer: str) -> None:
    assert marketing.get(f"{NEW}no-such-one/").status_code == 404


def test_the_preview_says_it_in_plain_words(new: NewBatch, sandbox: SandboxAccount, settings: Any) -> None:
    settings.PIGGY_JOB_RATE_PER_SECOND = 0.05
    year = timezone.now().year + 1
    new.see(activation=f"{year}-06-01T00:00", expiration=f"{year}-08-31T23:59", label="Letters to members")
    assert new.status == 200
    assert "1,200 vouchers for Summer" in new.words
    assert f"from 1 Jun {year}, 00:00, until 31 Aug {year}, 23:59 in Europe/Amsterdam" in new.words
    assert "3 calls, about 2 minutes the promotion has 0 vouchers now" in new.words
    assert "They cannot be deleted, only withdrawn" in new.words
    assert "Letters to members" in new.words
    assert writes(sandbox) == []
    assert not Act.objects.exists()


def test_the_number_typed_once_more_makes_it(new: NewBatch, marketing: Person) -> None:
    new.see(label="Letters").confirm("1,200")
    run = BatchRun.objects.get()
    assert new.led_to == f"/vouchers/batches/{run.pk}/"
    assert (run.quantity, run.promotion_name, run.label, run.staff) == (1200, "Summer", "Letters", marketing.staff)
    assert [chunk.quantity for chunk in run.chunks.all()] == [500, 500, 200]


@pytest.mark.parametrize("typed", ["", "120", "12000", "twelve hundred", "-1200", "1200.0"])
def test_another_number_makes_nothing(new: NewBatch, sandbox: SandboxAccount, typed: str) -> None:
    new.see().confirm(typed)
    assert new.status == 422
    assert "Type a whole number" in new.words or "This is not the number above" in new.words
    assert not BatchRun.objects.exists()
    new.confirm("1200")
    assert BatchRun.objects.count() == 1


def test_a_form_sent_twice_makes_one_run(new: NewBatch, sandbox: SandboxAccount) -> None:
    fields = hidden(new.see().text, "make")
    first = new.post(**fields, again="1200").led_to
    assert new.post(**fields, again="1200").led_to == first
    assert BatchRun.objects.count() == 1


def test_the_dates_are_those_of_the_shop(new: NewBatch) -> None:
    year = timezone.now().year + 1
    new.see(activation=f"{year}-07-01T00:00", expiration=f"{year}-12-31T23:59").confirm("1200")
    run = BatchRun.objects.get()
    assert run.activation_date == datetime(year, 6, 30, 22, 0, tzinfo=UTC)
    assert run.expiration_date == datetime(year, 12, 31, 22, 59, tzinfo=UTC)


NEXT = timezone.now().year + 1
BAD = [
    ({"quantity": ""}, "Type how many vouchers."),
    ({"quantity": "0"}, "A batch is of one voucher at least."),
    ({"quantity": "-1"}, "Type a whole number of vouchers"),
    ({"quantity": "1.5"}, "Type a whole number of vouchers"),
    ({"quantity": "1e9"}, "Type a whole number of vouchers"),
    ({"quantity": "100001"}, "One batch is of 100,000 vouchers at most."),
    ({"quantity": "9" * 900}, "One batch is of 100,000 vouchers at most."),
    ({"quantity": "²"}, "Type a whole number of vouchers"),
    ({"promotion": ""}, "Choose what the vouchers are for."),
    ({"promotion": "gone"}, "Piggy has no such promotion any more."),
    ({"activation": f"{NEXT}-06-01T00:00", "expiration": f"{NEXT}-05-31T00:00"}, "They end before they begin."),
    ({"activation": "2020-06-01T00:00"}, "That time has been. Leave it empty"),
    ({"expiration": "2020-06-01T00:00"}, "they would be expired from the start"),
    ({"expiration": f"{NEXT}-02-30T00:00"}, "There is no such day: 30 February"),
    ({"expiration": "soon"}, "Write a day and a time as"),
    ({"expiration": "2027-03-28T02:30"}, "02:30 does not exist on 28 March 2027"),
    ({"expiration": "2027-10-31T02:30"}, "The clock shows 02:30 twice that night."),
    ({"label": "a\x07b"}, "control character"),
    ({"label": "x" * 121}, "at most 120 characters"),
    ({"contact": "nobody@mail.example"}, "No customer has this card or address."),
    ({"contact": "00000000-0000-4000-8000-000000000000"}, "Piggy has no customer with this id."),
    ({"contact": "@"}, "No customer has this card or address."),
]


@pytest.mark.parametrize(("typed", "words"), BAD, ids=lambda value: str(value)[:40])
def test_what_cannot_be_is_a_sentence_and_nothing_is_sent(
    new: NewBatch, sandbox: SandboxAccount, typed: dict[str, str], words: str
) -> None:
    new.see(**{"label": "Kept as typed"} | typed)
    assert new.status == 422
    assert words in new.words
    assert "label" in typed or 'value="Kept as typed"' in new.text
    assert writes(sandbox) == []
    assert not BatchRun.objects.exists()


def test_the_promotions_own_limit_counts_what_is_there(marketing: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_promotion("Small", voucher_limit=10)["uuid"]
    for number in range(4):
        sandbox.add_voucher(f"SMALL-{number:04}", promotion_uuid=uuid)
    new = NewBatch(marketing, uuid)
    assert "The promotion allows 10 vouchers and has 4: at most 6 more can be made." in new.see(quantity="7").words
    assert new.see(quantity="6").status == 200


def test_the_promotions_limit_for_one_customer_counts(marketing: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_promotion("Once", limit_per_contact=1)["uuid"]
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")["uuid"]
    new = NewBatch(marketing, uuid)
    assert "allows 1 for one customer" in new.see(quantity="2", contact=sanne).words
    assert new.see(quantity="1", contact="sanne@mail.example").status == 200
    assert "Sanne Visser , all of them" in new.words
    new.confirm("1")
    assert BatchRun.objects.get().contact_uuid == sanne


def test_a_customer_is_carried_in_from_their_page(marketing: Person, summer: str) -> None:
    assert 'value="some-contact"' in marketing.get(NEW, {"contact": "some-contact"}).text


def test_a_promotion_that_vanishes_before_the_confirmation_makes_nothing(
    new: NewBatch, sandbox: SandboxAccount
) -> None:
    new.see()
    sandbox.fault("get_promotion", kind="refused", value=80002, times=-1)
    new.confirm("1200")
    assert new.status == 422
    assert "Piggy has no such promotion any more." in new.words
    assert not BatchRun.objects.exists()


def test_an_order_of_somebody_else_or_changed_on_the_way_is_not_made(new: NewBatch, admin: Person, summer: str) -> None:
    fields = hidden(new.see().text, "make")
    theirs = NewBatch(admin, summer).post(**fields, again="1200")
    assert theirs.status == 422
    assert "shown to somebody else" in theirs.words
    assert new.post(**{**fields, "order": fields["order"] + "x"}, again="1200").status == 422
    assert new.post(step="make").status == 422
    assert not BatchRun.objects.exists()


def test_the_accounts_own_fields_are_asked_and_kept(new: NewBatch, marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("channel", "text", entity="voucher", label="Channel")
    sandbox.add_attribute("worth", "number", entity="voucher", label="Worth")
    sandbox.add_attribute("gift", "boolean", entity="voucher", label="Gift")
    sandbox.add_attribute(MARK, "text", entity="voucher", label="Our mark")
    page = marketing.get(NEW).text
    assert "Channel" in page
    assert "Our mark" not in page
    assert "Type a number" in new.see(own_worth="1e5").words
    new.see(own_channel="letters", own_worth="12,50", own_gift="true")
    assert "Channel letters" in new.words
    new.confirm("1200")
    assert BatchRun.objects.get().attributes == {"channel": "letters", "worth": "12.50", "gift": "true"}


def test_without_the_accounts_own_fields_it_still_works(new: NewBatch, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_custom_attributes", kind="503", times=-1)
    assert "own fields could not be read" in new.see().words
    assert new.confirm("1200").led_to


def test_while_piggy_is_down_nothing_begins(new: NewBatch, sandbox: SandboxAccount) -> None:
    new.see()
    sandbox.broken = 503
    assert new.confirm("1200").status == 503
    assert not BatchRun.objects.exists()


def test_htmx_gets_the_part_and_is_led_to_the_run(marketing: Person, summer: str) -> None:
    typed = {"step": "see", "promotion": summer, "quantity": "3"}
    part = marketing.post(NEW, typed, headers=HTMX)
    assert "<html" not in part.text
    answer = marketing.post(NEW, {**hidden(part.text, "make"), "again": "3"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/vouchers/batches/{BatchRun.objects.get().pk}/"


TEXTS = st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", fullmatch=True)


@given(quantity=TEXTS, activation=TEXTS, expiration=TEXTS, label=TEXTS, contact=TEXTS, zone=TEXTS)
def test_whatever_is_typed_is_an_order_or_sentences(**typed: str) -> None:
    promotion = Promotion(uuid="p", name="Summer")
    form = BatchForm(
        {"promotion": "p", **typed}, promotions=[promotion], attributes=[], zone=ZoneInfo("Europe/Amsterdam")
    )
    if form.is_valid():
        order = form.order("")
        assert 1 <= order.quantity <= 100_000
        assert order.activation_date is None or order.activation_date.tzinfo is not None
        assert asking.unpack(asking.pack(order, "owner"), "owner") == order
        assert asking.unpack(asking.pack(order, "owner"), "somebody else") is None
    else:
        assert all(words.endswith((".", ")")) for errors in form.errors.values() for words in errors)


def test_an_old_sign_in_types_its_password_again_and_what_was_typed_is_kept(
    new: NewBatch, marketing: Person, sandbox: SandboxAccount
) -> None:
    new.see()
    session = marketing.session
    session["signed_in_at"] -= 16 * 60
    session["account_authentication_methods"] = []
    session.save()
    assert new.confirm("1200").led_to == "/account/reauthenticate/?next=%2Flock%2Fkept%2F"
    assert not BatchRun.objects.exists()
    again = {"password": "correct horse battery", "next": "/lock/kept/"}
    kept = marketing.post(new.led_to, again, follow=True).text
    assert "Kept, not done yet" in kept
    assert "<dt>Again</dt><dd><bdi>1200</bdi></dd>" in kept
    assert "<dt>Order</dt>" not in kept  # sealed, for machines alone
    new.post(**hidden(kept, "make"))
    assert BatchRun.objects.get().quantity == 1200
