"""Prepaid money of a customer: the balance and its history, topping up, deducting, and taking a transaction back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from contacts.prepaid.limits import TOP_UPS
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail, State
from tests.actions.browsing import read
from tests.conftest import Person
from tests.contacts.reward_hands import CARD, Till, moves_of, writes
from tests.fixtures_sandbox import SandboxAccount

MOVE, BACK = "create_prepaid_transaction", "reverse_prepaid_transaction"


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")
    sandbox.add_identifier(CARD, contact_uuid=sanne["uuid"])
    sandbox.add_prepaid_transaction(contact_uuid=sanne["uuid"], amount_in_cents=2500)
    return sanne


@pytest.fixture
def till(desk: Person, sanne: dict) -> Till:
    return Till(desk, sanne["uuid"])


@pytest.fixture
def office(admin: Person, sanne: dict) -> Till:
    return Till(admin, sanne["uuid"])


def money(sandbox: SandboxAccount) -> list[int]:
    return moves_of(sandbox, "prepaid_transaction", "amount_in_cents")


# --- the page


def test_it_shows_the_balance_with_its_age_and_what_happened(till: Till, sandbox: SandboxAccount) -> None:
    till.open("prepaid/")
    assert till.status == 200
    assert "Balance € 25.00" in till.words
    assert 'class="fresh live"' in till.text
    assert "+€ 25.00 Utrecht West € 25.00" in till.words
    assert "The last 1 of 1" in till.words
    assert "Deduct" not in till.words, "the desk tops up, no more"
    assert "Take back" not in till.words
    assert {"get_contact_prepaid_balance", "list_prepaid_transactions"} <= {each.operation for each in sandbox.calls}


def test_older_ones_stand_on_further_pages(till: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    for _ in range(34):
        sandbox.add_prepaid_transaction(contact_uuid=sanne["uuid"], amount_in_cents=1)
    till.open("prepaid/")
    assert "The last 30 of 35" in till.words
    till.open("prepaid/?page=2")
    assert "Page 2 of 2 of 35 transactions" in till.words
    assert "+€ 25.00" in till.words
    assert "No such page" in till.open("prepaid/?page=9").words


def test_a_history_that_fails_leaves_the_balance(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_prepaid_transactions", kind="500", times=-1)
    till.open("prepaid/")
    assert "The history could not be read" in till.words
    assert "Balance € 25.00" in till.words


def test_others_money_is_never_shown(till: Till, sandbox: SandboxAccount) -> None:
    other = sandbox.add_contact("other@mail.example")["uuid"]
    sandbox.add_prepaid_transaction(contact_uuid=other, amount_in_cents=777)
    sandbox.fault("list_prepaid_transactions", kind="ignore_filters", times=-1)
    assert "7.77" not in till.open("prepaid/").words
    assert "The history could not be read" in till.words


def test_a_balance_that_cannot_be_read_is_no_page(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.fault("get_contact_prepaid_balance", kind="503", times=-1)
    assert till.open("prepaid/").status == 503
    assert Till(till.person, "nobody").open("prepaid/").status in (404, 503)


def test_marketing_sees_it_and_moves_nothing(marketing: Person, sanne: dict, sandbox: SandboxAccount) -> None:
    till = Till(marketing, sanne["uuid"]).open("prepaid/")
    assert "the front desk tops it up" in till.words
    assert "<form" not in till.text.split("<main", 1)[1].split("</main", 1)[0]


# --- topping up


@pytest.mark.parametrize("htmx", [True, False])
def test_a_top_up_is_shown_in_numbers_and_done_once(
    desk: Person, sanne: dict, sandbox: SandboxAccount, htmx: bool
) -> None:
    till = Till(desk, sanne["uuid"], htmx=htmx).open("prepaid/")
    till.press("Top up", amount="12,50")
    assert "€ 25.00 + € 12.50 → € 37.50 expected" in till.words
    assert writes(sandbox) == []
    till.press("Put € 12.50 on it")
    assert till.led_to == f"/contacts/{sanne['uuid']}/prepaid/"
    till.again()
    assert "Topped up € 12.50. The balance is € 37.50." in till.follow().text
    assert writes(sandbox) == [MOVE]
    assert money(sandbox) == [2500, 1250]
    act = Act.objects.get(action="prepaid.top_up")
    assert act.figures == {"cents": 1250, "shop": "shop-utrecht"}
    assert act.all_figures["balance_after"] == 3750


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("", "Type an amount."),
        ("0", "Type more than zero."),
        ("-5", "Type more than zero"),
        ("1.085", "may be"),
        ("lots", "Type euros"),
        ("1000000", "Check it digit by digit."),
        ("5" * 400, "at most"),
        ("1\x00", "Null"),
    ],
)
def test_what_is_no_amount_is_told_beside_its_field(
    till: Till, sandbox: SandboxAccount, amount: str, told: str
) -> None:
    till.open("prepaid/").press("Top up", amount=amount)
    assert till.status == 422
    assert told in till.words
    assert writes(sandbox) == []


def test_a_form_that_was_changed_moves_nothing(till: Till, sandbox: SandboxAccount) -> None:
    till.open("prepaid/").press("Top up", amount="5")
    till.press("Put € 5.00 on it", cents="50000")
    assert till.status == 422
    assert "The form was not complete" in till.words
    assert money(sandbox) == [2500]


def test_the_desk_cannot_deduct_by_a_form_of_its_own(till: Till, sandbox: SandboxAccount) -> None:
    till.open("prepaid/").press("Top up", amount="5", way="deduct")
    assert till.status == 403
    assert writes(sandbox) == []


@pytest.fixture
def limit(first_limits: None) -> None:
    Limit.objects.update_or_create(kind="prepaid_cents", role="desk", shop=None, defaults={"amount": 10_000})


def test_above_the_limit_a_second_person_types_here(
    limit: None, till: Till, admin: Person, sandbox: SandboxAccount
) -> None:
    till.open("prepaid/").press("Top up", amount="150")
    assert "That is more than the € 100.00 you may top up alone here." in till.words
    assert "Put € 150.00 on it" not in till.words
    approver = {"approver": admin.staff.username, "password": "wrong horse"}
    till.press("Approve and top up", **approver)
    assert till.status == 422
    assert money(sandbox) == [2500]
    till.press("Approve and top up", **approver | {"password": "correct horse battery"})
    assert "Topped up € 150.00." in till.follow().text
    till.again()
    assert money(sandbox) == [2500, 15_000]
    assert Act.objects.get(action="prepaid.top_up").parent is not None


def test_above_the_limit_it_is_asked_and_done_when_somebody_approved(
    limit: None, till: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    from piggyadmin.ledger import approvals
    from piggyadmin.ledger.models import Approval

    till.open("prepaid/").press("Top up", amount="150").press("Ask for approval", reason="A gift")
    assert "Nothing is topped up yet" in till.follow().words
    told = next(each for each in read(till.text).all("div") if "notice" in each.attributes.get("class", "").split())
    assert "plain" in told.attributes["class"].split()
    assert not {"done", "refused", "unknown"} & set(told.attributes["class"].split()), "nothing came of it yet"
    assert not told.all("svg"), "an icon tells an outcome"
    approval = Approval.objects.get()
    approvals.decide(approval.pk, by=Actor(marketing.staff, "marketing", marketing.shop), granted=True, reason="")
    till.open("prepaid/").press("Top up € 150.00")
    assert "Topped up € 150.00." in till.follow().text
    assert money(sandbox) == [2500, 15_000]


def test_the_limit_holds_for_a_form_that_was_shown_before_it(
    till: Till, sandbox: SandboxAccount, first_limits: None
) -> None:
    till.open("prepaid/").press("Top up", amount="50")
    Limit.objects.update_or_create(kind="prepaid_cents", role="desk", shop=None, defaults={"amount": 1000})
    till.press("Put € 50.00 on it")
    assert till.status == 409
    assert "more than the € 10.00 you may top up alone" in till.words
    assert money(sandbox) == [2500]


# --- the pause between two top-ups


def put(till: Till, amount: str, shown: str) -> Till:
    return till.open("prepaid/").press("Top up", amount=amount).press(f"Put € {shown} on it")


def test_within_the_pause_a_second_person_approves_and_the_end_is_told(
    till: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    put(till, "5", "5.00")
    till.open("prepaid/").press("Top up", amount="6")
    assert "You topped up this customer a moment ago. Alone you may again at" in till.words
    assert "more than" not in till.words
    assert "Put € 6.00 on it" not in till.words
    till.press("Approve and top up", approver=marketing.staff.username, password="correct horse battery")
    assert "Topped up € 6.00." in till.follow().text
    assert money(sandbox) == [2500, 500, 600]


def test_one_approval_covers_the_limit_and_the_pause(
    limit: None, till: Till, marketing: Person, sandbox: SandboxAccount
) -> None:
    put(till, "5", "5.00")
    till.open("prepaid/").press("Top up", amount="150")
    assert "more than the € 100.00 you may top up alone here. You topped up this customer a moment ago." in till.words
    till.press("Approve and top up", approver=marketing.staff.username, password="correct horse battery")
    assert money(sandbox) == [2500, 500, 15_000]


def test_the_pause_holds_for_a_form_that_was_shown_before_it(till: Till, sandbox: SandboxAccount) -> None:
    till.open("prepaid/").press("Top up", amount="6")
    shown = till.text
    put(till, "5", "5.00")
    till.text = shown
    till.press("Put € 6.00 on it")
    assert till.status == 409
    assert "You topped up this customer a moment ago. Wait until" in till.words
    assert money(sandbox) == [2500, 500]
    assert writes(sandbox) == [MOVE]


def test_a_second_click_is_told_what_the_first_came_to_and_not_of_the_pause(
    till: Till, sandbox: SandboxAccount
) -> None:
    put(till, "5", "5.00").again()
    assert "Topped up € 5.00." in till.follow().text
    assert money(sandbox) == [2500, 500]


def test_the_pause_is_over_at_its_end(till: Till, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="prepaid_pause").update(amount=1)
    put(till, "5", "5.00")
    actor = Actor(till.person.staff, "desk", till.person.shop)
    (act,) = Act.objects.filter(action="prepaid.top_up")
    until = TOP_UPS.until(actor, [act])
    assert until is None or until <= act.at + timedelta(seconds=1)
    while TOP_UPS.until(actor, [act]):
        pass
    put(till, "6", "6.00")
    assert money(sandbox) == [2500, 500, 600]


def test_the_pause_is_of_one_person_and_one_customer(
    till: Till, person: Callable[..., Person], sandbox: SandboxAccount
) -> None:
    put(till, "5", "5.00")
    omar = sandbox.add_contact("omar@mail.example")
    put(Till(till.person, omar["uuid"]), "6", "6.00")
    put(Till(person("desk2", "Jan Peters", "desk"), till.home.split("/")[2]), "7", "7.00")
    assert money(sandbox) == [2500, 500, 600, 700]


def test_a_top_up_that_was_refused_or_taken_back_begins_no_pause(office: Till, sandbox: SandboxAccount) -> None:
    sandbox.fault(MOVE, kind="refused", value=80020)
    put(office, "4", "4.00")
    put(office, "5", "5.00")
    uuid = sandbox.state("prepaid_transaction")[-1]["uuid"]
    office.open(f"prepaid/{uuid}/take-back/").press("Take it back", reason="Wrong amount")
    put(office, "6", "6.00")
    assert money(sandbox) == [2500, 500, -500, 600]


def test_money_that_is_deducted_begins_no_pause_and_waits_for_none(office: Till, sandbox: SandboxAccount) -> None:
    office.open("prepaid/").press("Deduct", amount="3", reason="Paid").press("Take € 3.00 off it")
    put(office, "5", "5.00")
    office.open("prepaid/").press("Deduct", amount="2", reason="Paid").press("Take € 2.00 off it")
    assert money(sandbox) == [2500, -300, 500, -200]


def test_without_a_pause_two_top_ups_may_follow_each_other(till: Till, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="prepaid_pause").delete()
    put(till, "5", "5.00")
    put(till, "5", "5.00")
    assert money(sandbox) == [2500, 500, 500]


# --- deducting


def test_an_admin_deducts_with_a_reason_or_with_the_customer_s_card(office: Till, sandbox: SandboxAccount) -> None:
    office.open("prepaid/").press("Deduct", amount="5")
    assert office.status == 422
    assert "Write why, or scan a card of the customer first" in office.words
    office.press("Deduct", amount="5", reason="Paid at the stall")
    assert "€ 25.00 − € 5.00 → € 20.00 expected" in office.words
    office.press("Take € 5.00 off it")
    office.again()
    assert "Deducted € 5.00. The balance is € 20.00." in office.follow().text
    assert ActDetail.objects.get(act__action="prepaid.deduct").words == {"reason": "Paid at the stall"}
    office.scan()
    assert "No reason is needed to deduct." in office.words
    office.press("Deduct", amount="3").press("Take € 3.00 off it")
    assert "Deducted € 3.00." in office.follow().text
    assert money(sandbox) == [2500, -500, -300]
    assert [act.figures["proof"] for act in Act.objects.filter(action="prepaid.deduct").order_by("seq")] == ["", "card"]


def test_more_than_there_is_is_refused_beside_the_amount(office: Till, sandbox: SandboxAccount) -> None:
    office.open("prepaid/").press("Deduct", amount="25.01", reason="Wrong till")
    assert office.status == 422
    assert "There is only € 25.00 to deduct from." in office.words
    assert writes(sandbox) == []


def test_what_another_till_spent_since_is_not_deducted_again(
    office: Till, sandbox: SandboxAccount, sanne: dict
) -> None:
    office.open("prepaid/").press("Deduct", amount="20", reason="Wrong till")
    sandbox.add_prepaid_transaction(contact_uuid=sanne["uuid"], amount_in_cents=-1000)
    office.press("Take € 20.00 off it")
    assert office.status == 422
    assert "There is only € 15.00 to deduct from." in office.words
    assert 'value="20.00"' in office.text, "what was typed stays"
    assert writes(sandbox) == []


def test_a_card_of_somebody_else_proves_nothing(office: Till, sandbox: SandboxAccount) -> None:
    office.open("prepaid/").press("Check the card", card="2600118033104417")
    assert office.status == 422
    assert "not one of this customer’s" in office.words


# --- taking back


def test_a_transaction_is_taken_back_once_with_a_reason(office: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    uuid = sandbox.state("prepaid_transaction")[0]["uuid"]
    office.open(f"prepaid/{uuid}/take-back/")
    assert "€ 25.00 −€ 25.00 → € 0.00 expected" in office.words
    office.press("Take it back", reason="")
    assert office.status == 422
    office.press("Take it back", reason="Wrong customer")
    office.again()
    assert "Took a prepaid transaction back: −€ 25.00. The balance is € 0.00." in office.follow().text
    assert office.words.count("taken back") >= 2, "neither it nor what took it back can be taken back again"
    assert "take-back/" not in office.text
    assert money(sandbox) == [2500, -2500]
    assert writes(sandbox) == [BACK]
    assert "This transaction was taken back" in office.open(f"prepaid/{uuid}/take-back/").words


def test_while_piggy_is_busy_the_reason_may_still_be_changed(office: Till, sandbox: SandboxAccount) -> None:
    uuid = sandbox.state("prepaid_transaction")[0]["uuid"]
    sandbox.fault(BACK, kind="429", retry_after=0)
    office.open(f"prepaid/{uuid}/take-back/").press("Take it back", reason="Wrong")
    assert office.status == 409
    office.press("Take it back", reason="Wrong customer")
    assert "Took a prepaid transaction back" in office.follow().text
    assert money(sandbox) == [2500, -2500]


def test_what_was_spent_since_is_not_taken_back(office: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    uuid = sandbox.state("prepaid_transaction")[0]["uuid"]
    sandbox.add_prepaid_transaction(contact_uuid=sanne["uuid"], amount_in_cents=-100)
    office.open(f"prepaid/{uuid}/take-back/")
    assert "There is not enough left to take back" in office.words
    assert office.open("prepaid/nothing/take-back/").status == 404


def test_nothing_more_is_done_while_an_earlier_act_is_open(till: Till, sandbox: SandboxAccount) -> None:
    till.open("prepaid/").press("Top up", amount="5")
    second = till.text
    sandbox.fault(MOVE, kind="lost_before")
    till.press("Put € 5.00 on it")
    assert till.led_to.startswith("/audit/")
    till.text = second
    till.press("Put € 5.00 on it", form_token="another-form-token-that-is-long")
    assert till.status == 409
    assert money(sandbox) == [2500]
    assert writes(sandbox) == [MOVE]
    assert "Do not top them up again." in till.open("prepaid/").words
    assert Act.objects.filter(action="prepaid.top_up", state__outcome=State.REFUSED).count() == 1
