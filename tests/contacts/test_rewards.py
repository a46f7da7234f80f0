"""Rewards of a customer: what they can have, who stands there, claiming, handing over, and taking it back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.rewards import proving, told
from piggyadmin.ledger.models import Act, ActDetail, State
from tests.conftest import Person
from tests.contacts.reward_hands import CARD, Till, credits_of, writes
from tests.fixtures_sandbox import SandboxAccount

CLAIM, BACK = "create_reward_reception", "reverse_reward_reception"
COLLECT, UNDO = "collect_collectable_reward", "reverse_collectable_reward_redemption"


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=240)
    sandbox.add_identifier(CARD, contact_uuid=sanne["uuid"])
    return sanne


@pytest.fixture
def coffee(sandbox: SandboxAccount) -> dict:
    return sandbox.add_reward("Free flat white", required_credits=100)


@pytest.fixture
def bag(sandbox: SandboxAccount) -> dict:
    return sandbox.add_reward("Tote bag", required_credits=75, pre_redeemable=True, expiration_duration=30 * 86_400)


@pytest.fixture
def till(desk: Person, sanne: dict) -> Till:
    return Till(desk, sanne["uuid"])


def ends(shown: datetime) -> str:
    """The moment four hours later, as pages write one, without its words."""
    return f'<time datetime="{(shown + timedelta(hours=4)).isoformat(timespec="seconds")}">'


def claimed(till: Till, reward: dict) -> str:
    """Claim this reward with the customer's card; the claim's uuid."""
    till.open().scan().open(f"rewards/claim/{reward['uuid']}/").press("Claim it")
    act = Act.objects.filter(action="rewards.claim").latest("seq")
    assert act.outcome == State.DONE, till.words
    return str(act.all_figures["claim_uuid"])


# --- the page


def test_it_shows_every_reward_of_the_shop_and_why_some_are_out_of_reach(
    till: Till, sandbox: SandboxAccount, coffee: dict
) -> None:
    sandbox.add_reward("Beans", required_credits=400)
    sandbox.add_reward("Mug", required_credits=200, stock=0)
    sandbox.add_reward("Parasol", required_credits=10, is_active=False)
    other = sandbox.add_shop("Elsewhere")["uuid"]
    sandbox.add_reward("Tasting", shop_uuids=[other])
    words = till.open().words
    assert till.status == 200
    assert "Credits 240" in words
    assert "Free flat white 100 credits within reach" in words
    assert "Beans 400 credits 160 credits short" in words
    assert "Mug 200 credits out of stock, or claimed as often as it allows" in words
    assert "Parasol 10 credits switched off" in words
    assert "Tasting" not in words
    assert 'class="fresh live"' in till.text
    assert writes(sandbox) == []


def test_without_proof_there_is_no_claim_but_the_way_to_prove_who_it_is(till: Till, coffee: dict) -> None:
    words = till.open().words
    assert "First see who it is" in words
    assert "Check the card" in words
    assert "Send a code to their mail" in words
    assert f"/claim/{coffee['uuid']}/" not in till.text
    assert "Claim it" not in till.open(f"rewards/claim/{coffee['uuid']}/").words


def test_a_part_that_fails_leaves_the_others(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    sandbox.fault("list_collectable_rewards", kind="500", times=-1)
    words = till.open().words
    assert "What waits to be handed over could not be read" in words
    assert "Free flat white" in words
    sandbox.clear_faults()
    sandbox.fault("list_rewards", kind="500", times=-1)
    assert "The rewards could not be read" in till.open().words


def test_others_things_are_never_shown(till: Till, sandbox: SandboxAccount, bag: dict) -> None:
    other = sandbox.add_contact("other@mail.example", credits=500)["uuid"]
    sandbox.add_claim(contact_uuid=other, reward_uuid=bag["uuid"])
    sandbox.fault("list_collectable_rewards", kind="ignore_filters", times=-1)
    words = till.open().words
    assert "What waits to be handed over could not be read" in words
    assert "hand-over/" not in till.text


def test_nobody_is_no_customer(desk: Person, sandbox: SandboxAccount) -> None:
    assert Till(desk, "nobody").open().status == 404


def test_marketing_sees_rewards_and_claims_none(
    marketing: Person, sanne: dict, sandbox: SandboxAccount, coffee: dict
) -> None:
    till = Till(marketing, sanne["uuid"]).open()
    assert "Free flat white" in till.words
    assert "First see who it is" not in till.words


# --- who stands there


def test_an_own_active_card_is_proof_for_one_visit_in_one_shop(
    till: Till, sandbox: SandboxAccount, coffee: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Card number scanned or typed" in till.open().scan().words
    assert f"/claim/{coffee['uuid']}/" in till.text
    assert CARD not in str(dict(till.person.session)), "the card itself is not kept"
    other = sandbox.add_contact("other@mail.example", credits=240)["uuid"]
    assert "Card number scanned or typed" not in Till(till.person, other).open().words
    monkeypatch.setattr(proving, "VISIT", timedelta(0))
    assert "Card number scanned or typed" not in till.open().words


def test_the_page_says_until_when_a_card_or_a_code_counts(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    from contacts.claiming import verification
    from piggyadmin.ledger.actor import Actor

    actor, uuid = Actor(till.person.staff, "desk", till.person.shop), till.home.split("/")[2]
    till.open().scan()
    session = till.person.session
    _shop, seconds = session.pop(proving.KEY)[uuid]
    assert f"in this shop until {ends(datetime.fromtimestamp(seconds, UTC))}" in till.text
    session.save()
    verification.send(contact_uuid=uuid, actor=actor, token="a-form-token-that-is-long")
    code = sandbox.codes_sent[0].code
    verification.check_code(contact_uuid=uuid, code=code, actor=actor, token="another-form-token-long")
    checked = Act.objects.get(action="contact.verify_code").at
    assert f"in this shop until {ends(checked)}" in till.open().text
    assert "Code read back" in till.words


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("2600118033104417", "not one of this customer’s"),
        ("", "Scan, paste or type something first."),
        ("x" * 300, "No card"),
        ("a\x00b", "Null characters"),
        ("off", "switched off"),
    ],
)
def test_any_other_card_proves_nothing(till: Till, sandbox: SandboxAccount, sanne: dict, card: str, told: str) -> None:
    sandbox.add_identifier("2600118033104417", contact_uuid=sandbox.add_contact("o@mail.example")["uuid"])
    sandbox.add_identifier("off", contact_uuid=sanne["uuid"], active=False)
    till.open().press("Check the card", card=card)
    assert till.status == 422
    assert told in till.words
    assert "Card number scanned or typed" not in till.open().words


def test_a_code_read_back_in_this_visit_is_proof(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    from contacts.claiming import verification
    from piggyadmin.ledger.actor import Actor

    actor, uuid = Actor(till.person.staff, "desk", till.person.shop), till.home.split("/")[2]
    verification.send(contact_uuid=uuid, actor=actor, token="a-form-token-that-is-long")
    code = sandbox.codes_sent[0].code
    assert "Code read back" not in till.open().words
    verification.check_code(contact_uuid=uuid, code=code, actor=actor, token="another-form-token-long")
    assert "Code read back" in till.open().words


def test_who_was_found_by_a_scan_of_their_card_does_not_scan_it_again(
    till: Till, sandbox: SandboxAccount, coffee: dict
) -> None:
    from contacts.lookup import scanned

    session = till.person.session
    scanned.remember(session, contact_uuid=till.home.split("/")[2], card=CARD)
    session.save()
    till.open("")
    assert "Card number scanned or typed" in till.open().words
    session = till.person.session
    session.pop(proving.KEY)
    scanned.remember(session, contact_uuid=till.home.split("/")[2], card="2600118033104417")
    session.save()
    assert "not this customer’s any more" in till.open("").words
    assert "Card number scanned or typed" not in till.open().words


# --- claiming


@pytest.mark.parametrize("htmx", [True, False])
def test_a_claim_is_shown_in_numbers_and_done_once(
    desk: Person, sanne: dict, sandbox: SandboxAccount, coffee: dict, htmx: bool
) -> None:
    till = Till(desk, sanne["uuid"], htmx=htmx)
    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    assert "240 − 100 → 140 expected" in till.words
    assert "Utrecht West" in till.words
    assert writes(sandbox) == []
    till.press("Claim it")
    assert till.led_to == f"/contacts/{sanne['uuid']}/rewards/"
    till.again()
    assert "Claimed Free flat white: −100 credits. The balance is 140." in till.follow().text
    assert writes(sandbox) == [CLAIM]
    assert credits_of(sandbox, sanne["uuid"]) == 140
    act = Act.objects.get(action="rewards.claim")
    assert act.figures == {
        "reward_uuid": coffee["uuid"],
        "reward": "Free flat white",
        "credits": -100,
        "shop": "shop-utrecht",
        "proof": "card",
    }
    assert "Free flat white" in till.words
    assert "Take back" in till.words


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"required_credits": 300}, "60 credits short"),
        ({"is_active": False}, "switched off"),
        ({"stock": 0}, "out of stock"),
    ],
)
def test_what_cannot_be_claimed_has_no_button(till: Till, sandbox: SandboxAccount, change: dict, told: str) -> None:
    reward = sandbox.add_reward("Coffee", **{"required_credits": 100, **change})
    till.open().scan().open(f"rewards/claim/{reward['uuid']}/")
    assert told in till.words
    assert "Claim it" not in till.text


def test_what_piggy_refuses_is_told_with_its_reason(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    sandbox.fault(CLAIM, kind="refused", value=1018)
    till.press("Claim it")
    assert till.status == 409
    assert "The reward was not claimed. This reward is out of stock." in till.words
    assert Act.objects.get(action="rewards.claim").outcome == State.REFUSED


def test_a_price_that_changed_is_shown_before_anything_is_claimed(
    till: Till, sandbox: SandboxAccount, coffee: dict
) -> None:
    from piggyadmin import piggy

    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    piggy.get_client().update_reward(reward_uuid=coffee["uuid"], required_credits=120)
    till.press("Claim it")
    assert till.status == 409
    assert "It costs something else now" in till.words
    assert "240 − 120 → 120 expected" in till.words
    assert CLAIM not in writes(sandbox)


def test_a_form_without_proof_claims_nothing(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    session = till.person.session
    session.pop(proving.KEY)
    session.save()
    till.press("Claim it")
    assert till.status == 422
    assert "First see who it is" in till.words
    assert writes(sandbox) == []
    assert not Act.objects.filter(action="rewards.claim").exists()


def test_a_form_that_was_changed_claims_nothing(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    till.press("Claim it", promised="lots")
    assert till.status == 422
    assert writes(sandbox) == []


def test_a_reward_of_another_shop_is_none_here(till: Till, sandbox: SandboxAccount) -> None:
    other = sandbox.add_shop("Elsewhere")["uuid"]
    reward = sandbox.add_reward("Tasting", shop_uuids=[other])
    assert till.open(f"rewards/claim/{reward['uuid']}/").status == 404


def test_a_digital_code_is_kept_nowhere(till: Till, sandbox: SandboxAccount) -> None:
    claimed(till, sandbox.add_reward("Cinema", required_credits=100, reward_type="DIGITAL"))
    code = next(row["digital_code"] for row in sandbox.state("loyalty_transaction") if row["digital_code"])
    assert code not in till.follow().text
    assert code not in str([act.all_figures for act in Act.objects.all()])
    assert not any(code in str(detail.words) for detail in ActDetail.objects.all())


# --- handing over


def test_what_waits_is_handed_over_and_undone(till: Till, sandbox: SandboxAccount, sanne: dict, bag: dict) -> None:
    uuid = claimed(till, bag)
    assert "It waits to be handed over." in till.follow().text
    assert "Tote bag claimed" in till.words
    till.open(f"rewards/claims/{uuid}/take-back/")
    assert "That gives back 75 credits" in till.words, "before it is handed over it can be taken back"
    till.open(f"rewards/claims/{uuid}/hand-over/").press("It is handed over")
    assert "Handed Tote bag over." in till.follow().text
    assert "Nothing waits" in till.words
    assert "Undo" in till.words
    act = Act.objects.get(action="rewards.hand_over")
    assert (act.target_kind, act.target_id, act.contact_id) == ("claim", uuid, sanne["uuid"])
    assert act.all_figures["redemption_uuid"] == sandbox.state("reward_redemption")[0]["uuid"]
    # A claim that was handed over is not taken back before that is undone.
    till.open(f"rewards/claims/{uuid}/take-back/")
    assert "It has been handed over" in till.words
    till.open(f"rewards/claims/{uuid}/undo/").press("Undo the hand-over", reason="Wrong colour")
    assert "It waits again." in till.follow().text
    assert sandbox.state("reward_redemption")[0]["status"] == "REVERSED"
    till.open(f"rewards/claims/{uuid}/take-back/").press("Take it back", reason="They want none")
    assert "75 credits returned. The balance is 240." in till.follow().text
    assert writes(sandbox) == [CLAIM, COLLECT, UNDO, BACK]
    assert "taken back" in till.words


def test_handing_over_needs_proof_unless_it_was_claimed_in_this_visit(
    desk: Person, till: Till, sandbox: SandboxAccount, sanne: dict, bag: dict
) -> None:
    old = sandbox.add_claim(contact_uuid=sanne["uuid"], reward_uuid=bag["uuid"])["uuid"]
    till.open(f"rewards/claims/{old}/hand-over/")
    assert "First see who it is" in till.words
    assert "It is handed over" not in till.text
    new = claimed(till, bag)
    session = desk.session
    session.pop(proving.KEY)
    session.save()
    till.open(f"rewards/claims/{new}/hand-over/")
    assert "Claimed in this visit" in till.words
    till.press("It is handed over")
    assert writes(sandbox) == [CLAIM, COLLECT]


def test_what_has_expired_is_not_handed_over(till: Till, sandbox: SandboxAccount, sanne: dict, bag: dict) -> None:
    long_ago = (timezone.now() - timedelta(days=40)).isoformat()
    row = sandbox.add_claim(
        contact_uuid=sanne["uuid"], reward_uuid=bag["uuid"], created_at=long_ago, expires_at=long_ago
    )
    assert "expired" in till.open().words
    assert "hand-over/" not in till.text
    assert "It has expired" in till.open(f"rewards/claims/{row['uuid']}/hand-over/").words


# --- taking back


def test_the_desk_takes_its_own_claim_back_within_a_quarter_of_an_hour(
    till: Till, sandbox: SandboxAccount, coffee: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = claimed(till, coffee)
    monkeypatch.setattr(told, "OWN_WITHIN", timedelta(0))
    assert till.open(f"rewards/claims/{uuid}/take-back/").status == 403
    assert "Take back" not in till.open().words
    monkeypatch.undo()
    till.open(f"rewards/claims/{uuid}/take-back/")
    assert "140 + 100 → 240 expected" in till.words
    till.press("Take it back", reason="")
    assert till.status == 422
    assert "Write why." in till.words
    till.press("Take it back", reason="Wrong button")
    till.again()
    assert writes(sandbox) == [CLAIM, BACK]
    assert ActDetail.objects.get(act__action="rewards.reverse").words == {"reason": "Wrong button"}


@pytest.mark.parametrize("reason", ["Wrong button", "Wrong button, said Sanne"])
def test_while_piggy_is_busy_the_reason_may_still_be_changed(
    till: Till, sandbox: SandboxAccount, coffee: dict, reason: str
) -> None:
    uuid = claimed(till, coffee)
    sandbox.fault(BACK, kind="429", retry_after=0)
    till.open(f"rewards/claims/{uuid}/take-back/").press("Take it back", reason="Wrong button")
    assert till.status == 409
    till.press("Take it back", reason=reason)
    assert "100 credits returned" in till.follow().text
    done = ActDetail.objects.get(act__action="rewards.reverse", act__state__outcome=State.DONE, event=None)
    assert done.words == {"reason": reason}


def test_the_credits_that_came_back_are_no_award_to_take_back(
    admin: Person, sandbox: SandboxAccount, sanne: dict, coffee: dict
) -> None:
    office = Till(admin, sanne["uuid"])
    uuid = claimed(office, coffee)
    office.open(f"rewards/claims/{uuid}/take-back/").press("Take it back", reason="Wrong button")
    assert "+100" in office.open("").words
    assert "/award/" not in office.text.replace(f'{office.home}award/"', "")
    returned = Act.objects.get(action="rewards.reverse").all_figures["reversal_uuid"]
    url = reverse("contacts:reverse-award", args=[sanne["uuid"], returned])
    assert office.open(url).status == 404, "an old page may still lead there"


def test_a_colleague_does_not_and_an_admin_does(
    till: Till, person: object, admin: Person, sandbox: SandboxAccount, sanne: dict, coffee: dict
) -> None:
    uuid = claimed(till, coffee)
    other = Till(person("joris", "Joris Bos", "desk"), sanne["uuid"])  # type: ignore[operator]
    assert other.open(f"rewards/claims/{uuid}/take-back/").status == 403
    office = Till(admin, sanne["uuid"]).open(f"rewards/claims/{uuid}/take-back/").press("Take it back", reason="So")
    assert "100 credits returned" in office.follow().text
    assert credits_of(sandbox, sanne["uuid"]) == 240
    assert "taken back already" in office.open(f"rewards/claims/{uuid}/take-back/").words


def test_an_award_is_no_claim(till: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    row = sandbox.add_loyalty_transaction(contact_uuid=sanne["uuid"], credits=5)
    for act in ("take-back", "hand-over", "undo"):
        assert till.open(f"rewards/claims/{row['uuid']}/{act}/").status == 404


def test_nothing_more_is_done_while_an_earlier_act_is_open(
    till: Till, sandbox: SandboxAccount, coffee: dict, sanne: dict
) -> None:
    till.open().scan().open(f"rewards/claim/{coffee['uuid']}/")
    second = till.text
    sandbox.fault(CLAIM, kind="lost_before")
    till.press("Claim it")
    assert till.led_to.startswith("/audit/")
    till.text = second
    till.press("Claim it", form_token="another-form-token-that-is-long")
    assert "earlier act on this customer’s rewards" in till.words or "We do not know whether" in till.words
    assert writes(sandbox) == [CLAIM]
    assert "Do not claim it again" in till.open().words
    assert "/rewards/claim/" not in till.text
