"""Flag two customers as perhaps one person: kept once, told in the ledger, nothing changed at Piggy."""

import re
from html import unescape
from typing import Any

import pytest

from contacts.copy.reading_again import read_again
from contacts.models import ContactFlag, DuplicatePair, How
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount


@pytest.fixture
def pair(sandbox: SandboxAccount) -> tuple[str, str]:
    return (
        sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"],
        sandbox.add_contact(anonymous=True)["uuid"],
    )


def flag(person: Person, one: str, other: str, token: str = "a-form-of-my-own", **fields: Any) -> Any:
    return person.post(f"/contacts/{one}/flag/", {"other": other, "form_token": token, **fields}, follow=True)


def test_a_second_flag_of_the_same_pair_changes_nothing_and_says_so(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    one, other = pair
    assert "Flagged. An admin" in flag(desk, one, other).text
    page = flag(reviewer, other, one, token="the-form-of-another")
    assert "flagged already, by Fatima El Idrissi" in page.text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


def test_a_second_click_is_told_the_same_as_the_first(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    flag(desk, *pair)
    assert "Flagged. An admin" in flag(desk, *pair).text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


@pytest.mark.parametrize("verdict", ["different", "family"])
def test_a_flag_after_a_reviewer_said_no_has_the_pair_reviewed_again(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str], verdict: str
) -> None:
    flag(desk, *pair, reason="Same face")
    row = DuplicatePair.objects.get()
    DuplicatePair.objects.update(verdict=verdict, decided_by=reviewer.staff, decided_at=row.found_at)
    assert "Flagged. An admin" in flag(desk, *pair, reason="Same face").text  # the first form, sent once more
    row.refresh_from_db()
    assert (row.verdict, Act.objects.count()) == (verdict, 1)
    said = flag(reviewer, *pair, token="the-form-of-another", reason="She showed me both cards")
    assert "Flagged. An admin" in said.text
    row.refresh_from_db()
    assert (row.verdict, row.is_flagged, row.decided_by) == ("open", True, None)
    assert ContactFlag.objects.get().flagged_by == reviewer.staff
    assert "She showed me both cards" in reviewer.get("/contacts/duplicates/?show=flagged").text
    assert Act.objects.filter(action=Act.objects.earliest("seq").action).count() == 2
    flag(reviewer, *pair, token="the-form-of-another", reason="She showed me both cards")
    assert "flagged already, by Saskia de Wit" in flag(desk, *pair, token="the-form-of-a-third").text
    assert Act.objects.count() == 2


def test_a_flag_after_a_reviewer_said_one_person_changes_nothing(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    flag(desk, *pair)
    DuplicatePair.objects.update(verdict="same")
    assert "flagged already" in flag(desk, *pair, token="the-form-of-another").text
    assert DuplicatePair.objects.get().verdict == "same"


def test_a_flag_that_comes_in_between_is_told_as_standing_already(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.claiming import services
    from piggyadmin.ledger.actor import Actor

    mine = Actor(reviewer.staff, "admin", reviewer.shop)
    both_exist = services._both_exist

    def meanwhile(*uuids: str) -> None:
        monkeypatch.setattr(services, "_both_exist", both_exist)
        services.flag(contact_uuid=uuids[0], other_uuid=uuids[1], reason="", actor=mine, token="the-faster-form")

    monkeypatch.setattr(services, "_both_exist", meanwhile)
    assert "flagged already, by Saskia de Wit" in flag(desk, *pair).text
    assert ContactFlag.objects.count() == Act.objects.count() == 1


def test_a_customer_is_not_flagged_with_themselves_or_with_nobody(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    page = flag(desk, pair[0], pair[0])
    assert page.status_code == 422
    assert "one and the same customer" in page.text
    page = flag(desk, pair[0], "no-such-customer")
    assert page.status_code == 422
    assert "Piggy does not have one of the two" in page.text
    assert not ContactFlag.objects.exists()
    assert not Act.objects.exists()


@pytest.mark.parametrize("other", ["", "x" * 65, "a/b", "a\x00b", "\n"])
def test_an_id_that_is_none_is_refused(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str], other: str
) -> None:
    assert flag(desk, pair[0], other).status_code == 422
    assert not ContactFlag.objects.exists()


def test_a_reason_too_long_is_kept_in_the_field_and_can_be_sent_shorter(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    page = flag(desk, *pair, reason="x" * 501)
    assert page.status_code == 422
    assert "x" * 501 in page.text
    assert "Flag as one person" in page.text
    assert not ContactFlag.objects.exists()


def test_with_piggy_down_a_pair_can_still_be_flagged(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    sandbox.broken = 503
    flag(desk, *pair)
    assert ContactFlag.objects.get().flagged_by == desk.staff


def test_who_claims_sees_an_earlier_flag_before_an_address_is_typed(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    one, other = pair
    assert "Flagged as perhaps the same person" not in desk.get(f"/contacts/{other}/claim/").text
    flag(reviewer, one, other)
    page = desk.get(f"/contacts/{other}/claim/").text
    assert "Flagged as perhaps the same person" in page
    assert f'href="/contacts/{one}/"' in page
    assert reviewer.staff.name in page


# --- from the customer's own page


def find(person: Person, one: str, typed: str, *, htmx: bool = False, **fields: str) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return person.post(f"/contacts/{one}/flag/find/", {"q": typed, **fields}, headers=headers)


@pytest.fixture
def copied_pair(sandbox: SandboxAccount, pair: tuple[str, str]) -> tuple[str, str]:
    other = sandbox.add_contact("s.visser@work.example", firstname="Sanne", lastname="Visser")["uuid"]
    for uuid in (pair[0], other):
        read_again(uuid, how=How.OPENED)
    return pair[0], other


def test_the_customers_page_leads_to_the_page_that_flags(
    desk: Person, marketing: Person, pair: tuple[str, str]
) -> None:
    link = f'href="/contacts/{pair[0]}/flag/"'
    assert link in desk.get(f"/contacts/{pair[0]}/").text
    assert link not in marketing.get(f"/contacts/{pair[0]}/").text
    page = desk.get(f"/contacts/{pair[0]}/flag/")
    assert page.status_code == 200
    assert "Who is the other one?" in page.text


def test_the_other_one_is_found_by_name_and_flagged(
    desk: Person, admin: Person, sandbox: SandboxAccount, copied_pair: tuple[str, str]
) -> None:
    one, other = copied_pair
    sandbox.forget_calls()
    page = find(desk, one, "visser sanne")
    assert f'name="other" value="{other}" checked' in page.text
    assert f'value="{one}"' not in page.text  # never with themselves
    assert sandbox.calls == []  # the copy knew
    assert "Flagged. An admin" in flag(desk, one, other, reason="Same face").text
    row = DuplicatePair.objects.get()
    assert row.is_flagged
    assert {row.first_uuid, row.second_uuid} == {one, other}
    assert row.score > 0  # the engine's own opinion beside it
    assert "Same face" in admin.get("/contacts/duplicates/?show=flagged").text


def test_while_it_is_typed_piggy_is_not_asked(desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]) -> None:
    sandbox.forget_calls()
    part = find(desk, pair[0], "sanne@mail.example", htmx=True)
    assert "<html" not in part.text
    assert "Press Find to ask Piggy" in part.text
    assert sandbox.calls == []


def test_one_that_is_not_copied_yet_is_asked_of_piggy(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    one, anonymous = pair
    sandbox.add_identifier("2600441700810092", contact_uuid=anonymous, default=True)
    by_card = find(desk, one, "2600 4417 0081 0092", htmx=True, ask="yes")
    assert f'value="{anonymous}"' in by_card.text
    assert "Anonymous customer" in by_card.text
    assert f'value="{one}"' in find(desk, anonymous, "sanne@mail.example").text
    assert "Neither our copy nor Piggy" in find(desk, one, "nobody@mail.example").text
    sandbox.broken = 503
    assert find(desk, one, "nobody@mail.example").status_code == 200


@pytest.mark.parametrize("typed", ["", " ", "%", '"', "*", "\x00", "é" * 5000, "😀", "' OR 1=1 --", "\ud800"])
def test_anything_typed_is_answered(
    desk: Person, sandbox: SandboxAccount, copied_pair: tuple[str, str], typed: str
) -> None:
    for htmx in (True, False):
        page = find(desk, copied_pair[0], typed.encode("utf-8", "replace").decode(), htmx=htmx)
        assert page.status_code in (200, 422)
        assert 'name="other"' not in page.text


def test_no_other_chosen_is_said(desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]) -> None:
    page = desk.post(f"/contacts/{pair[0]}/flag/", {"form_token": "a-form-of-my-own"})
    assert page.status_code == 422
    assert "Choose them below" in page.text
    assert "Who is the other one?" in page.text


def test_why_is_kept_when_the_other_one_has_to_be_chosen_again(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    """Also through the search that follows: what was typed goes along in its form, and comes back beside the choice."""
    typed = 'Same "face" & same <dog>'
    page = flag(desk, pair[0], pair[0], reason=typed)
    assert page.status_code == 422
    kept = re.search(r'<input type="hidden" name="reason" value="([^"]*)" form="find-other">', page.text)
    assert kept
    assert unescape(kept[1]) == typed
    read_again(pair[1], how=How.OPENED, with_cards=True)
    found = desk.post(f"/contacts/{pair[0]}/flag/find/", {"q": pair[1], "ask": "yes", "reason": unescape(kept[1])})
    area = re.search(r'<textarea name="reason"[^>]*>([^<]*)</textarea>', found.text)
    assert area, found.text
    assert unescape(area[1]).strip() == typed


def test_a_search_that_is_too_long_is_given_back_whole(
    desk: Person, sandbox: SandboxAccount, pair: tuple[str, str]
) -> None:
    found = desk.post(f"/contacts/{pair[0]}/flag/find/", {"q": "y" * 900, "ask": "yes"})
    assert found.status_code == 422
    assert "y" * 900 in found.text


def test_marketing_may_not_flag(marketing: Person, sandbox: SandboxAccount, pair: tuple[str, str]) -> None:
    assert flag(marketing, *pair).status_code == 403
    assert not ContactFlag.objects.exists()
