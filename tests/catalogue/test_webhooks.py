"""The catalogue's page of webhooks: one press subscribes the dashboard, and nobody's secret is ever seen."""

import html
import re
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from contacts.copy import events, hints
from contacts.models import Hint
from piggyadmin.ledger import settling
from piggyadmin.ledger.models import Act, ActDetail, ActState, Event, State
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

PAGE = "/catalogue/webhooks/"
HERE = "http://testserver/webhooks/piggy/"
SECRET = "webhooks-of-the-tests"


def token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found
    return found[1]


def subscribe(admin: Person, address: str = HERE, **more: str) -> HttpResponse:
    data = {"address": address, "form_token": more.get("form_token") or token(admin.get(PAGE))}
    return admin.post(f"{PAGE}subscribe/", data)


def subscriptions(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return sandbox.state("webhook_subscription")


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def change(admin: Person, what: str, uuid: str, **more: str) -> HttpResponse:
    data = {"form_token": more.get("form_token", f"a-token-of-its-own-{what}")}
    return admin.post(f"{PAGE}{uuid}/{what}/", data)


def words(admin: Person) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get(PAGE).content.decode()))


def test_it_says_that_nothing_is_subscribed_yet(admin: Person, sandbox: SandboxAccount) -> None:
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert "Not subscribed yet" in page.content.decode()
    assert f'value="{HERE}"' in page.content.decode()


def test_one_press_subscribes_to_every_event_that_matters(admin: Person, sandbox: SandboxAccount) -> None:
    assert subscribe(admin).status_code == 303
    made = {each["event_type"]: each for each in subscriptions(sandbox)}
    assert set(made) == set(events.WANTED)
    assert {each["url"] for each in made.values()} == {HERE}
    assert {each["secret"] for each in made.values()} == {SECRET}
    assert made["contact_updated"]["properties"] == list(events.ATTRIBUTES)
    assert made["voucher_created"]["properties"] == []
    assert "8 events more" in words(admin)


def test_each_subscription_is_an_act_beneath_one(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    parent = Act.objects.get(action="webhook.subscribe_all")
    children = Act.objects.filter(action="webhook.subscribe")
    assert parent.figures == {"missing": 8}
    assert {child.parent_id for child in children} == {parent.pk}
    assert {child.target_id for child in children} == set(events.WANTED)
    assert {child.outcome for child in children} == {State.DONE}


def test_pressed_again_it_makes_nothing_twice(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    sandbox.forget_calls()
    subscribe(admin, form_token="another-form-altogether")
    assert len(subscriptions(sandbox)) == 8
    assert writes(sandbox) == []
    assert Act.objects.filter(action="webhook.subscribe_all").count() == 1


def test_the_same_form_twice_does_it_once(admin: Person, sandbox: SandboxAccount) -> None:
    for _ in range(2):
        subscribe(admin, form_token="the-same-form-both-times")
    assert len(subscriptions(sandbox)) == 8


def test_it_makes_only_what_is_missing(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_webhook("contact_created", HERE, "of yesterday")
    subscribe(admin)
    assert len(subscriptions(sandbox)) == 8
    assert sum(each["event_type"] == "contact_created" for each in subscriptions(sandbox)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_make_each_subscription_once(
    admin: Person, reviewer: Person, sandbox: SandboxAccount
) -> None:
    sandbox.fault("list_webhook_subscriptions", kind="latency", seconds=0.1, times=-1)
    threads = [
        threading.Thread(target=press, args=(person, f"form-of-{person.staff.username}-12345"))
        for person in (admin, reviewer)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [each["event_type"] for each in subscriptions(sandbox)]
    assert len(made) == len(set(made))


def press(person: Person, form_token: str) -> None:
    from django.db import connection

    try:
        subscribe(person, form_token=form_token)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "Type the address"),
        ("dashboard", "This is no address"),
        ("https://", "This is no address"),
        ("https://[::1/webhooks/piggy/", "This is no address"),
        ("https://x.example:99999/webhooks/piggy/", "This is no address"),
        ("https://x.example/webhooks /piggy/", "This is no address"),
        ("https://müller.example/webhooks/piggy/", "This is no address"),
        ("ftp://x.example/webhooks/piggy/", "begins with https"),
        ("https://mila:secret@x.example/webhooks/piggy/", "Leave out names"),
        ("https://x.example/webhooks/piggy/?key=1", "Leave out names"),
        ("https://x.example/webhook/", "The address ends in"),
        ("https://x.example/" + "a" * 500 + "/webhooks/piggy/", "at most 500"),
    ],
)
def test_it_refuses_an_address_that_piggy_could_not_use(
    address: str, told: str, admin: Person, sandbox: SandboxAccount
) -> None:
    response = subscribe(admin, address)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert subscriptions(sandbox) == []
    assert not Act.objects.exists()


def test_outside_the_demo_the_address_is_https(admin: Person, sandbox: SandboxAccount, settings: Any) -> None:
    settings.PIGGYADMIN_ENV = "production"
    response = subscribe(admin, "http://dashboard.example/webhooks/piggy/")
    assert response.status_code == 422
    assert "begins with https" in response.content.decode()
    assert subscribe(admin, "https://dashboard.example/webhooks/piggy/").status_code == 303


def test_the_address_that_was_typed_is_the_one_it_looks_for_next_time(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin, "https://dashboard.example/webhooks/piggy/")
    page = words(admin)
    assert "missing" not in page
    assert "another address" not in page


def test_without_a_secret_it_says_what_to_set_and_subscribes_to_nothing(
    admin: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.PIGGY_WEBHOOK_SECRET = ""
    page = admin.get(PAGE)
    assert "Set PIGGY_WEBHOOK_SECRET" in page.content.decode()
    assert "Subscribe this dashboard" not in page.content.decode()
    assert subscribe(admin, form_token="a-form-of-before-that").status_code == 409
    assert subscriptions(sandbox) == []


def test_the_secret_is_on_no_page_and_in_no_ledger(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    assert SECRET not in admin.get(PAGE).content.decode()
    kept = [str(row) for model in (Act, Event, ActDetail, ActState) for row in model.objects.values()]
    assert kept
    assert not [row for row in kept if SECRET in row]


def test_it_pauses_and_resumes_and_deletes_its_own(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    one = next(each for each in subscriptions(sandbox) if each["event_type"] == "contact_updated")
    change(admin, "pause", one["uuid"])
    assert "Paused. Piggy does not tell of contact_updated" in words(admin)
    kept = next(each for each in subscriptions(sandbox) if each["uuid"] == one["uuid"])
    assert (kept["status"], kept["properties"]) == ("INACTIVE", list(events.ATTRIBUTES))
    change(admin, "resume", one["uuid"])
    assert next(each for each in subscriptions(sandbox) if each["uuid"] == one["uuid"])["status"] == "ACTIVE"
    change(admin, "delete", one["uuid"])
    assert one["uuid"] not in [each["uuid"] for each in subscriptions(sandbox)]
    assert "1 event missing" in words(admin)


def test_a_paused_one_is_not_missing(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    change(admin, "pause", subscriptions(sandbox)[0]["uuid"])
    assert "missing" not in words(admin)


@pytest.mark.parametrize("what", ["pause", "resume", "delete"])
def test_others_are_shown_and_never_touched(what: str, admin: Person, sandbox: SandboxAccount) -> None:
    theirs = sandbox.add_webhook("contact_created", "https://shop.example/hook", "theirs", name="The web shop")
    assert "The web shop" in words(admin)
    assert f"{theirs['uuid']}/{what}/" not in admin.get(PAGE).content.decode()
    change(admin, what, theirs["uuid"])
    assert "not the dashboard’s own" in words(admin)
    assert writes(sandbox) == []
    assert subscriptions(sandbox)[0]["status"] == "ACTIVE"


def test_one_made_from_here_to_an_old_address_is_still_ours(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin, "https://old.example/webhooks/piggy/")
    subscribe(admin, "https://new.example/webhooks/piggy/")
    assert len(subscriptions(sandbox)) == 16
    assert "another address: https://old.example/webhooks/piggy/" in words(admin)
    old = next(each for each in subscriptions(sandbox) if "old" in each["url"])
    change(admin, "delete", old["uuid"])
    assert len(subscriptions(sandbox)) == 15


def test_one_that_is_gone_meanwhile_is_told(admin: Person, sandbox: SandboxAccount) -> None:
    change(admin, "pause", "not-there")
    assert "was not paused" in words(admin)


def test_it_shows_one_that_stands_twice(admin: Person, sandbox: SandboxAccount) -> None:
    for _ in range(2):
        sandbox.add_webhook("contact_created", HERE, SECRET)
    assert "stands twice" in words(admin)


def test_what_others_wrote_is_not_taken_for_markup(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_webhook("contact_created", "https://shop.example/hook", "x", name="<script>alert(1)</script>")
    assert "<script>alert" not in admin.get(PAGE).content.decode()


@pytest.mark.parametrize("kind", ["503", "reset", "garbage", "429", "latency"])
def test_a_list_that_cannot_be_read_is_told_and_nothing_is_sent(
    kind: str, admin: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    sandbox.fault("reads", kind=kind, times=-1, **({"seconds": 1} if kind == "latency" else {}))
    assert admin.get(PAGE).status_code in (502, 503)
    assert subscribe(admin, form_token="a-form-of-before-that").status_code in (502, 503)
    assert writes(sandbox) == []
    assert not Act.objects.exists()


UNCLEAR = ["lost_before", "lost_after", "500", "500_after", "503_after", "1000", "html200", "garbage", "reset"]


@pytest.mark.parametrize("kind", UNCLEAR)
def test_a_lost_answer_is_unknown_until_the_list_says_it(
    kind: str, admin: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    sandbox.fault("create_webhook_subscription", kind=kind, times=1)
    subscribe(admin)
    act = Act.objects.get(action="webhook.subscribe")
    assert act.outcome == State.UNKNOWN
    assert "We do not know whether the subscription" in words(admin)
    happened = len(subscriptions(sandbox)) == 1
    if not happened:  # it may still be under way: until then nobody says no
        assert not settling.look(act.pk).refused
    else:
        assert settling.look(act.pk).done
        subscribe(admin, form_token="the-next-form-of-mine")
        made = [each["event_type"] for each in subscriptions(sandbox)]
        assert sorted(made) == sorted(events.WANTED)


@pytest.mark.parametrize("kind", UNCLEAR)
def test_while_one_is_unknown_it_is_not_made_again(
    kind: str, admin: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    sandbox.fault("create_webhook_subscription", kind=kind, times=1)
    subscribe(admin)
    first = next(iter(events.WANTED))
    made_at_once = sum(each["event_type"] == first for each in subscriptions(sandbox))
    subscribe(admin, form_token="the-next-form-of-mine")
    assert len(subscriptions(sandbox)) == made_at_once + 7  # the others do not wait for it
    if not made_at_once:
        subscribe(admin, form_token="and-yet-another-form")
        assert "nobody knows yet what became of earlier tries" in words(admin)
        assert len(subscriptions(sandbox)) == 7


@pytest.mark.parametrize("kind", ["429", "503", "refused"])
def test_it_stops_at_the_first_that_is_not_made_and_goes_on_when_pressed_again(
    kind: str, admin: Person, sandbox: SandboxAccount
) -> None:
    more = {"value": 1003} if kind == "refused" else {"retry_after": 0} if kind == "429" else {}
    sandbox.fault("create_webhook_subscription", kind=kind, times=1, skip=3, **more)
    subscribe(admin)
    assert len(subscriptions(sandbox)) == 3
    assert "3 events more" in words(admin)
    for act in Act.objects.filter(state__outcome=State.UNKNOWN):
        settle_as_not_done(act)
    subscribe(admin, form_token="the-next-form-of-mine")
    assert len(subscriptions(sandbox)) == 8


def settle_as_not_done(act: Act) -> None:
    from piggyadmin.ledger.chain import appending
    from piggyadmin.ledger.models import How
    from piggyadmin.ledger.projection import tell

    with appending(durable=False) as head:
        tell(head, act, Event(outcome=State.REFUSED, how=How.LOOK, code="did_not_happen"))


@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "500_after", "garbage"])
@pytest.mark.parametrize("what", ["pause", "delete"])
def test_a_lost_answer_to_a_change_is_found_out_by_the_list(
    what: str, kind: str, admin: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    settings.PIGGY_TIMEOUT = 0.5
    one = sandbox.add_webhook("contact_created", HERE, SECRET)
    sandbox.fault("writes", kind=kind, times=1)
    change(admin, what, one["uuid"])
    act = Act.objects.get(action=f"webhook.{what}")
    assert act.outcome == State.UNKNOWN
    kept = [each for each in subscriptions(sandbox) if each["status"] == "ACTIVE"]
    outcome = settling.look(act.pk)
    assert outcome.done is not bool(kept)
    assert not outcome.refused


def test_it_shows_what_came_last_and_what_came_of_it(admin: Person, sandbox: SandboxAccount) -> None:
    now = timezone.now()
    for number, (state, changed) in enumerate(
        [(Hint.State.WAITING, None), (Hint.State.DONE, True), (Hint.State.DONE, False), (Hint.State.IGNORED, None)]
    ):
        Hint.objects.create(
            received_at=now - timedelta(seconds=number),
            event_type="contact_updated",
            contact_uuid=f"c-{number}",
            state=state,
            changed=changed,
        )
    Hint.objects.create(
        received_at=now - timedelta(minutes=1),
        event_type="contact_updated",
        contact_uuid="c-9",
        state=Hint.State.IGNORED,
        tries=hints.TRIES,
    )
    page = words(admin)
    told = ["waiting", "something was new", "nothing was new", "the customer is gone", "given up"]
    assert [page.index(each) for each in told] == sorted(page.index(each) for each in told)
    assert "/contacts/c-0/" in admin.get(PAGE).content.decode()


def test_before_anything_came_it_says_so(admin: Person, sandbox: SandboxAccount) -> None:
    assert "Nothing comes before the dashboard is subscribed" in words(admin)


def test_only_admins_see_it(desk: Person, marketing: Person, sandbox: SandboxAccount) -> None:
    assert desk.get(PAGE).status_code == 403
    assert marketing.get(PAGE).status_code == 403


def test_all_subscriptions_are_counted_and_to_be_had_as_a_file(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_webhook("contact_created", "https://elsewhere.example/hook", name="Mailing")
    subscribe(admin)
    told = admin.get(PAGE).text
    ours = len(subscriptions(sandbox)) - 1
    assert f"{ours} subscriptions of this dashboard" in told
    assert "1 subscription of others" in told
    lines = admin.get(f"{PAGE}?csv=1").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "subscription_uuid,event,name,address,active,ours"
    assert len(lines) == 1 + ours + 1
    assert lines[-1].endswith("contact_created,Mailing,https://elsewhere.example/hook,true,false")
    assert SECRET not in "".join(lines)


def test_the_list_is_narrowed_by_words_and_state(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_webhook("contact_created", "https://elsewhere.example/hook", name="Mailing")
    subscribe(admin)
    ours = len(subscriptions(sandbox)) - 1
    told = admin.get(PAGE, {"q": "mailing"}).text
    assert "1 of 1 subscription of others" in told
    assert f"0 of {ours} subscriptions of this dashboard" in told
    assert "None of them is like that" in told
    assert "Not subscribed yet" not in told, "they are only out of sight"
    assert "missing" not in told
    paused = admin.get(PAGE, {"state": "paused"}).text
    assert f"0 of {ours} subscriptions of this dashboard" in paused
    assert "0 of 1 subscription of others" in paused
    lines = admin.get(PAGE, {"q": "mailing", "csv": "1"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2, "the file holds what is shown"
    assert admin.get(PAGE, {"state": "asleep"}).status_code == 422
    assert "<html" not in admin.get(PAGE, {"q": "mailing"}, headers={"HX-Request": "true"}).text


def test_links_of_the_list_lead_to_it_after_a_refused_form(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_webhook("contact_created", "https://elsewhere.example/hook", name="Mailing")
    refused = admin.post(f"{PAGE}subscribe/", {"address": "nowhere", "form_token": uuid.uuid4().hex})
    assert refused.status_code == 422
    assert f'href="{PAGE}?csv=1"' in refused.text
    assert f'action="{PAGE}" hx-get="{PAGE}"' in refused.text


def test_an_act_on_a_narrowed_list_leads_back_to_it(admin: Person, sandbox: SandboxAccount) -> None:
    subscribe(admin)
    page = admin.get(PAGE, {"state": "active", "q": "contact_updated"}).text
    action, token = re.search(
        r'action="([^"]+pause/[^"]*)".*?name="form_token" value="([^"]+)"', page, re.DOTALL
    ).groups()
    answer = admin.post(html.unescape(action), {"form_token": token})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PAGE}?q=contact_updated&state=active"


def test_a_refused_filter_is_told_where_the_list_is_swapped_alone(admin: Person, sandbox: SandboxAccount) -> None:
    part = admin.get(PAGE, {"q": "x" * 101}, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "The list is not narrowed" in part.text
    whole = admin.get(PAGE, {"q": "x" * 101}).text
    assert "The list is not narrowed" not in whole, "there it stands beside the field"
