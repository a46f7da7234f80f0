"""What must stay true when things go wrong together: two tabs, two people, lost answers, late readings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import Shop
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.check import jobs, locks, services
from vouchers.models import KnownRedemption, KnownVoucher, OwnLock

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk_actor(desk: Person) -> Actor:
    return Actor(desk.staff, "desk", desk.shop)


@pytest.fixture
def admin_actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture
def several(sandbox: SandboxAccount) -> str:
    """A voucher of three uses, held by somebody."""
    contact = sandbox.add_contact("sanne@mail.example")
    return sandbox.add_voucher("THREE-TIMES", contact_uuid=contact["uuid"], total_redemptions_allowed=3)["uuid"]


def see(uuid: str, actor: Actor) -> services.Sight:
    sight = services.check_code(code="THREE-TIMES", actor=actor)
    assert sight is not None
    assert sight.voucher.uuid == uuid
    return sight


def redemptions(sandbox: SandboxAccount) -> int:
    return len(sandbox.state("redemption"))


def test_while_a_redemption_is_unknown_nobody_locks_or_redeems_again(
    sandbox: SandboxAccount, several: str, desk_actor: Actor, admin_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    see(several, desk_actor)
    sandbox.fault("redeem_voucher", kind="lost_after")
    assert services.redeem(voucher_uuid=several, actor=desk_actor, token="redeem-once").unknown
    other_tab = services.redeem(voucher_uuid=several, actor=desk_actor, token="other-tab")
    assert other_tab.refused
    for actor in (desk_actor, admin_actor):
        assert see(several, actor).verdict.word == "No answer", "a refused try after it hides nothing"
        assert services.lock(voucher_uuid=several, actor=actor, token=f"lock-{actor.role}").refused
    assert redemptions(sandbox) == 1


def test_settling_an_old_act_leaves_a_colleagues_new_lock_alone(
    sandbox: SandboxAccount, several: str, desk_actor: Actor, admin_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    see(several, desk_actor)
    sandbox.fault("release_voucher", kind="lost_after")
    lost = services.release(voucher_uuid=several, actor=desk_actor, token="release-lost")
    assert lost.unknown
    assert services.lock(voucher_uuid=several, actor=admin_actor, token="lock-of-admin").done
    assert settling.look(lost.act_id).done, "locked anew, so it had been free"
    own = locks.standing(KnownVoucher.objects.get())
    assert own is not None
    assert own.staff == admin_actor.staff
    assert services.redeem(voucher_uuid=several, actor=admin_actor, token="redeem-of-admin").done


def test_a_request_sent_again_later_has_its_own_minute(
    sandbox: SandboxAccount, several: str, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    see(several, desk_actor)
    sandbox.fault("redeem_voucher", kind="429", retry_after=1)
    planned = services.redeem(voucher_uuid=several, actor=desk_actor, token="redeem-later")
    Act.objects.get(pk=planned.act_id)
    ActState.objects.filter(act=planned.act_id).update(not_before=timezone.now())
    sandbox.fault("redeem_voucher", kind="lost_before")
    again = services.redeem(voucher_uuid=several, actor=desk_actor, token="redeem-later")
    assert again.unknown
    act = Act.objects.get(pk=planned.act_id)
    assert act.sent_at > act.at
    assert settling.look(act.pk).unknown


def test_a_reversal_of_one_of_several_uses_is_for_a_person_to_decide(
    sandbox: SandboxAccount, several: str, admin_actor: Actor, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(several, admin_actor)
    services.lock(voucher_uuid=several, actor=admin_actor, token="lock-of-admin")
    see(several, admin_actor)
    number = services.redeem(voucher_uuid=several, actor=admin_actor, token="redeem").figures["redemption_uuid"]
    sandbox.fault("reverse_voucher_redemption", kind="lost_after")
    lost = services.reverse(
        voucher_uuid=several, redemption_uuid=number, actor=admin_actor, reason="Wrong customer", token="reverse"
    )
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    assert settling.look(lost.act_id).unknown, "counts prove nothing: no lock keeps others away"
    ActState.objects.filter(act=lost.act_id).update(next_look_at=None)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("piggyadmin.ledger.settling.timezone.now", lambda: later)
    assert settling.settle_by_person(lost.act_id, by=admin_actor, happened=True, reason="Seen in Piggy").done
    assert KnownRedemption.objects.get().reversed_at is not None, "a person's word puts the row right too"


def test_a_redemption_proved_later_is_named_though_its_number_is_lost(
    sandbox: SandboxAccount, desk: Person, desk_actor: Actor
) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    uuid = sandbox.add_voucher("COFFEE-1", contact_uuid=contact["uuid"])["uuid"]
    services.check_code(code="COFFEE-1", actor=desk_actor)
    services.lock(voucher_uuid=uuid, actor=desk_actor, token="lock-of-the-desk")
    sandbox.fault("redeem_voucher", kind="lost_after")
    lost = services.redeem(voucher_uuid=uuid, actor=desk_actor, token="redeem")
    assert settling.look(lost.act_id).done
    row = KnownRedemption.objects.get()
    assert (row.act_id, row.piggy_uuid, row.staff) == (lost.act_id, None, desk.staff)
    page = desk.post("/vouchers/check/", {"code": "COFFEE-1"}, headers=HTMX).text
    assert "by Fatima El Idrissi" in page
    assert "its number was lost with the answer" in page
    assert "Also redeemed elsewhere" not in page


def test_somebody_elses_use_is_not_pinned_on_us(sandbox: SandboxAccount, desk: Person, desk_actor: Actor) -> None:
    contact = sandbox.add_contact("sanne@mail.example")
    uuid = sandbox.add_voucher("TWICE-1", contact_uuid=contact["uuid"], total_redemptions_allowed=2)["uuid"]
    services.check_code(code="TWICE-1", actor=desk_actor)
    services.lock(voucher_uuid=uuid, actor=desk_actor, token="lock-of-the-desk")
    assert services.redeem(voucher_uuid=uuid, actor=desk_actor, token="redeem").done
    sandbox.advance(60)
    from piggyadmin import piggy

    piggy.get_client().redeem_voucher(code="TWICE-1", shop_uuid=str(desk.shop.piggy_uuid))
    page = desk.post("/vouchers/check/", {"code": "TWICE-1"}, headers=HTMX).text
    verdict = page.split('<div class="next">')[0]
    assert "Used" in verdict
    assert "Fatima" not in verdict
    assert "Also redeemed elsewhere" in page


def test_the_shop_that_counts_is_the_one_it_was_locked_in(
    sandbox: SandboxAccount, several: str, desk: Person, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    zeist = Shop.objects.create(piggy_uuid="zeist", name="Zeist")
    moved = services.redeem(voucher_uuid=several, actor=Actor(desk.staff, "desk", zeist), token="redeem-in-zeist")
    assert moved.refused
    assert "You locked it at Utrecht West" in moved.reason
    assert services.redeem(voucher_uuid=several, actor=desk_actor, token="redeem-at-home").done
    assert redemptions(sandbox) == 1


def test_a_reading_begun_under_an_earlier_lock_tells_nothing_about_this_one(
    sandbox: SandboxAccount, several: str, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-one-of-two")
    first = locks.standing(KnownVoucher.objects.get())
    slow = see(several, desk_actor).voucher
    services.release(voucher_uuid=several, actor=desk_actor, token="release-of-desk")
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-two-of-two")
    services.remember(voucher=slow, lock=first)
    second = locks.standing(KnownVoucher.objects.get())
    assert second is not None
    assert second.uses_before is None


def test_one_lock_that_cannot_be_freed_keeps_no_other_waiting(
    sandbox: SandboxAccount, desk: Person, desk_actor: Actor
) -> None:
    for number in (1, 2):
        uuid = sandbox.add_voucher(f"COFFEE-{number}")["uuid"]
        services.check_code(code=f"COFFEE-{number}", actor=desk_actor)
        services.lock(voucher_uuid=uuid, actor=desk_actor, token=f"lock-number-{number}")
    OwnLock.objects.update(at=timezone.now() - timedelta(minutes=3))
    bad = OwnLock.objects.order_by("at").first()
    OwnLock.objects.filter(pk=bad.pk).update(release_key="not-the-key")
    desk.staff.groups.clear()  # and the person has lost the role meanwhile
    assert jobs.release_stale_locks() == 1
    assert not OwnLock.objects.filter(ended_at=None).exists(), "a key that Piggy never takes is put away"
    assert jobs.release_stale_locks() == 0


def test_the_sweeper_never_frees_a_lock_taken_after_it_looked(
    sandbox: SandboxAccount, several: str, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-one-of-two")
    OwnLock.objects.update(at=timezone.now() - timedelta(minutes=3))
    listed = locks.stale(timezone.now())
    services.release(voucher_uuid=several, actor=desk_actor, token="release-of-desk")
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-two-of-two")
    assert services.release_stale(own=listed[0]).refused
    assert locks.standing(KnownVoucher.objects.get()) is not None


def test_a_done_act_is_shown_as_done_though_the_voucher_cannot_be_read_afterwards(
    sandbox: SandboxAccount, several: str, desk: Person, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    sandbox.fault("find_voucher_by_code", kind="503", times=-1)
    form = {"form_token": "redeem-form-of-desk"}
    part = desk.post(f"/vouchers/{several}/redeem/", form, headers=HTMX)
    assert part.status_code == 503
    assert '<section class="verdict done">' in part.text
    assert "Redeemed the voucher ending" in part.text
    assert "Nothing was changed" not in part.text
    whole = desk.post(f"/vouchers/{several}/redeem/", form, follow=True)
    assert "Redeemed the voucher ending" in whole.text
    assert redemptions(sandbox) == 1


def test_a_page_that_asks_by_itself_asks_piggy_only_when_a_look_is_due(
    sandbox: SandboxAccount, several: str, desk: Person, desk_actor: Actor
) -> None:
    see(several, desk_actor)
    services.lock(voucher_uuid=several, actor=desk_actor, token="lock-of-the-desk")
    sandbox.fault("redeem_voucher", kind="lost_before")
    services.redeem(voucher_uuid=several, actor=desk_actor, token="redeem")
    sandbox.forget_calls()
    poll = HTMX | {"X-Polling": "1"}
    assert desk.post(f"/vouchers/{several}/look/", headers=poll).status_code == 204
    assert sandbox.calls == []
    ActState.objects.filter(outcome="unknown").update(next_look_at=timezone.now())
    assert desk.post(f"/vouchers/{several}/look/", headers=poll).status_code == 200
    assert sandbox.calls


@pytest.mark.parametrize("bad", ["a%00b", "a%0Ab", "%20%0D", "x" * 65])
def test_an_id_that_is_none_is_not_found(desk: Person, sandbox: SandboxAccount, bad: str) -> None:
    assert desk.get(f"/vouchers/{bad}/").status_code == 404
    assert desk.post(f"/vouchers/{bad}/look/").status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"form_token": "short"}, {"form_token": "x" * 20 + "\x00"}, {"contact": "a@b.example"}]
)
def test_a_form_that_is_not_whole_does_nothing_and_shows_the_voucher(
    sandbox: SandboxAccount, several: str, desk: Person, desk_actor: Actor, form: dict
) -> None:
    see(several, desk_actor)
    page = desk.post(f"/vouchers/{several}/lock/", form, headers=HTMX)
    assert page.status_code == 422
    assert "Nothing was done" in page.text
    assert "Valid" in page.text
    assert not Act.objects.exists()


def test_a_card_that_is_switched_off_keeps_the_locked_voucher_on_the_page(
    sandbox: SandboxAccount, desk: Person, desk_actor: Actor
) -> None:
    uuid = sandbox.add_voucher("FREE-1")["uuid"]
    contact = sandbox.add_contact("sanne@mail.example")
    sandbox.add_identifier("26004417", contact_uuid=contact["uuid"], active=False)
    services.check_code(code="FREE-1", actor=desk_actor)
    services.lock(voucher_uuid=uuid, actor=desk_actor, token="lock-of-the-desk")
    for typed, words in (("26004417", "switched off"), ("not an@e mail@@", "not a whole e-mail address")):
        page = desk.post(f"/vouchers/{uuid}/holder/", {"holder": typed}, headers=HTMX)
        assert page.status_code == 422
        assert words in page.text
        assert "Locked for you" in page.text


def test_a_reversal_and_its_reason_belong_to_the_customers_page(
    sandbox: SandboxAccount, several: str, admin_actor: Actor
) -> None:
    see(several, admin_actor)
    services.lock(voucher_uuid=several, actor=admin_actor, token="lock-of-admin")
    number = services.redeem(voucher_uuid=several, actor=admin_actor, token="redeem").figures["redemption_uuid"]
    services.reverse(
        voucher_uuid=several, redemption_uuid=number, actor=admin_actor, reason="Wrong customer", token="reverse"
    )
    holder = KnownVoucher.objects.get().contact_uuid
    assert set(Act.objects.values_list("contact_id", flat=True)) == {holder}
