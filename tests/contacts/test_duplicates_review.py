"""One pair reviewed: side by side, read again at Piggy, a verdict kept, the next pair opened."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from contacts.duplicates.sides import copies_of, sides_of
from contacts.models import ContactCopy, DuplicatePair, GoneContact, Merge
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.contacts.duplicate_hands import HTMX, TOKENS, Reviewer, copied, paired, read_at_piggy, two_sannes
from tests.fixtures_sandbox import SandboxAccount

LIST = "/contacts/duplicates/"


@pytest.fixture
def sannes(sandbox: SandboxAccount) -> DuplicatePair:
    return two_sannes(sandbox)


@pytest.fixture
def review(admin: Person, sannes: DuplicatePair) -> Reviewer:
    return Reviewer(admin, sannes)


def keep(pair: DuplicatePair) -> str:
    return f"keep:{pair.second_uuid}"


# --- what is shown


def test_both_stand_side_by_side_with_what_differs_and_every_reason(review: Reviewer, sandbox: SandboxAccount) -> None:
    assert review.status == 200
    differing = re.findall(r"<tr class=\"differs\"><th scope=\"row\">(\w+)", review.text)
    assert "Name" in differing
    assert "Phone" not in differing
    for reason in review.pair.reasons:
        assert f"{reason[2]:+.1f}".replace("-", "−") in review.text
    assert review.text.count("sanne@mail.example") == 1


def test_it_is_shown_from_the_copy_without_asking_piggy(review: Reviewer, sandbox: SandboxAccount) -> None:
    sandbox.forget_calls()
    review.open()
    assert review.status == 200
    assert sandbox.calls == []
    assert f'hx-get="{review.path}live/?left=' in review.text


def test_both_are_read_at_piggy_at_once_and_what_is_news_is_shown(review: Reviewer, sandbox: SandboxAccount) -> None:
    ContactCopy.objects.update(lastname="Old name", read_at=timezone.now() - timedelta(days=1))
    sandbox.forget_calls()
    assert review.open().text.count("Old name") > 1
    part = review.live(**HTMX)
    assert "<html" not in part.text
    assert "Vissser" in part.text
    assert "Old name" not in part.text
    assert "live" in part.text
    assert "news since our copy" in part.text
    assert sorted(call.operation for call in sandbox.calls) == ["get_contact"] * 2 + ["list_contact_identifiers"] * 2
    assert 'hx-trigger="load"' not in part.text  # once is enough


def test_each_stays_on_its_side_when_the_live_answer_would_have_another_remain(
    admin: Person, sandbox: SandboxAccount
) -> None:
    """The form stands already: what it calls left and right must be what the table calls so."""
    old, young = (
        sandbox.add_contact(f"{name}@mail.example", firstname="Jan", lastname="Jansen", created_at=f"2026-0{month}-01")
        for name, month in (("old", 1), ("young", 3))
    )
    read_at_piggy(young["uuid"])
    pair = DuplicatePair.objects.create(
        **dict(zip(("first_uuid", "second_uuid"), sorted((old["uuid"], young["uuid"])), strict=True)),
        found_at=timezone.now(),
        is_flagged=True,
    )
    page = Reviewer(admin, pair, "?show=flagged")
    in_form = re.findall(r'value="keep:([^"]+)"', page.text)
    in_table = re.findall(r'<th scope="col"[^>]*><a class="row" href="/contacts/([^/]+)/">', page.text)
    assert in_form == in_table == [old["uuid"], young["uuid"]]
    asked = re.search(r'<div hx-get="([^"]+)"', page.text)
    assert asked
    part = unescape(admin.get(asked.group(1), headers=HTMX).content.decode())
    assert "news since our copy" in part
    assert re.findall(r'<th scope="col"[^>]*><a class="row" href="/contacts/([^/]+)/">', part) == in_form
    whole = page.open().text  # of a page that is opened now the form is new, and the older one would remain
    assert re.findall(r'value="keep:([^"]+)"', whole) == [young["uuid"], old["uuid"]]


@pytest.mark.parametrize("left", ["", "nobody", "%00", "x" * 300])
def test_a_wild_left_side_is_none(review: Reviewer, left: str) -> None:
    assert review.person.get(f"{review.path}live/?left={left}").status_code == 200


def test_without_javascript_the_live_page_is_a_whole_page(review: Reviewer) -> None:
    whole = review.live()
    assert "<html" in whole.text
    assert "Keep it, next pair" in whole.text


def test_when_piggy_is_down_the_copy_stands_and_it_is_said(review: Reviewer, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    review.live()
    assert review.status == 503
    assert "could not be read at Piggy" in review.text
    assert "Vissser" in review.text
    review.say("different", why="said")
    assert review.now().verdict == "different"


def test_when_one_is_gone_it_is_said_and_the_pair_is_closed(review: Reviewer, sandbox: SandboxAccount) -> None:
    sandbox.fault("get_contact", kind="refused", value=55031)
    part = review.live(**HTMX)
    assert part.status == 404
    assert "One of the two is gone" in part.text
    assert 'id="verdict-panel" hx-swap-oob' in part.text
    assert not DuplicatePair.objects.exists()
    assert GoneContact.objects.get().why == "vanished"
    assert "not listed any more" in review.open().text
    assert review.status == 404


def test_a_fault_that_is_no_answer_closes_nothing(review: Reviewer, sandbox: SandboxAccount) -> None:
    sandbox.fault("get_contact", kind="refused", value=80020, times=-1)
    review.live()
    assert DuplicatePair.objects.filter(pk=review.pair.pk).exists()
    assert not GoneContact.objects.exists()


def test_an_answer_that_the_question_is_invalid_closes_nothing(review: Reviewer, sandbox: SandboxAccount) -> None:
    """Piggy has the contact: only its answer that it has not ends one here."""
    review.say("different", why="said")
    sandbox.fault("get_contact", kind="refused", value=1003, times=-1)
    part = review.live(**HTMX)
    assert "could not be read at Piggy" in part.text
    assert review.now().verdict == "different"
    assert ContactCopy.objects.count() == 2
    assert not GoneContact.objects.exists()


@pytest.mark.parametrize("path", ["", "live/", "next/"])
def test_a_pair_that_never_was_has_a_page_that_leads_on(admin: Person, sannes: DuplicatePair, path: str) -> None:
    page = admin.get(f"{LIST}00000000-0000-0000-0000-000000000007/{path}")
    assert page.status_code == 404
    assert f'href="{LIST}{sannes.pk}/"' in page.text


@pytest.mark.parametrize("wild", ["0", "%00", "x" * 300, "../admin", "00000000-0000-0000-0000-00000000000g"])
def test_a_wild_id_is_no_page_and_no_fault(admin: Person, wild: str) -> None:
    assert admin.get(f"{LIST}{wild}/").status_code in (400, 404)


def test_on_the_right_stands_the_proved_address_then_an_address_then_the_longer_history(db: None) -> None:
    long_ago, lately = timezone.now() - timedelta(days=900), timezone.now() - timedelta(days=9)
    pair = paired("a", "b")

    def right(a: dict[str, object], b: dict[str, object]) -> str:
        ContactCopy.objects.all().delete()
        copied("a", **a)
        copied("b", **b)
        return sides_of(pair, copies_of(["a", "b"]))[1].uuid

    proved = {"email": "x@mail.example", "email_verified_at": lately, "created_at": lately}
    assert right(proved, {"email": "y@mail.example", "created_at": long_ago}) == "a"
    assert right({"is_anonymous": True, "created_at": long_ago}, {"email": "y@mail.example"}) == "b"
    assert right({"created_at": long_ago}, {"created_at": lately}) == "a"
    assert right({"created_at": lately, "credits": 0}, {"created_at": lately, "credits": 9}) == "b"
    assert right({}, {}) == "b"


def test_a_contact_that_is_not_copied_yet_is_read_in_by_the_live_check(admin: Person, sandbox: SandboxAccount) -> None:
    uuids = [sandbox.add_contact(f"{name}@mail.example", firstname=name)["uuid"] for name in ("jip", "janneke")]
    page = Reviewer(admin, paired(*uuids, is_flagged=True, scored_at=None, score=0, reasons=[]))
    assert "Neither is in our copy yet" in page.text
    assert "janneke" in page.live().text
    assert ContactCopy.objects.count() == 2


def test_who_may_not_see_addresses_sees_them_masked(
    review: Reviewer, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.accounts.models import Staff

    may = Staff.has_perm
    monkeypatch.setattr(
        Staff, "has_perm", lambda self, name, obj=None: name != "contacts.see_identity" and may(self, name, obj)
    )
    review.open()
    for secret in ("sanne@mail.example", "+31612345678", "1988"):
        assert secret not in review.text
    assert "sanne@mail.example" not in admin.get(LIST).text


# --- verdicts


def test_not_the_same_needs_a_reason_and_what_was_chosen_stays(review: Reviewer) -> None:
    review.say("different")
    assert review.status == 422
    assert "Say why they are not the same" in review.text
    assert re.search(r'value="different"[^>]*checked', review.text)
    assert review.now().verdict == "open"
    review.say("different", words="Mother and daughter’s neighbour.")
    assert review.status == 303
    assert review.now().verdict == "different"


def test_a_verdict_is_an_act_with_who_and_why_and_piggy_is_not_written_to(
    review: Reviewer, admin: Person, sandbox: SandboxAccount
) -> None:
    sandbox.forget_calls()
    review.say("different", why="shared", words="They share a flat.")
    pair, act = review.now(), Act.objects.get()
    assert (pair.verdict, pair.decided_by, pair.act_id) == ("different", admin.staff, act.pk)
    matched = dict(ContactCopy.objects.values_list("contact_uuid", "matched"))
    assert (pair.matched_first, pair.matched_second) == (matched[pair.first_uuid], matched[pair.second_uuid])
    assert all(matched.values())
    assert act.action == "pair.different"
    assert act.figures == {"first_uuid": pair.first_uuid, "second_uuid": pair.second_uuid, "why": "shared"}
    assert ActDetail.objects.get(act=act).words == {"reason": "They share a flat."}
    assert sandbox.calls == []
    review.open()
    assert "Only the phone, address or card is shared. They share a flat." in review.text
    assert admin.staff.name in review.text


def test_the_same_person_leads_to_the_proposal_of_a_merge_into_the_chosen_one(review: Reviewer) -> None:
    review.say(keep(review.pair))
    assert review.now().verdict == "same"
    assert review.leads_to == (
        f"/contacts/merges/new/?source={review.pair.first_uuid}&destination={review.pair.second_uuid}"
    )
    proposal = review.person.get(review.leads_to)
    assert proposal.status_code == 200
    assert "Vissser" in proposal.text
    assert not Merge.objects.exists()
    review.open()
    assert "No merge is proposed yet" in review.text
    assert f"source={review.pair.first_uuid}&destination={review.pair.second_uuid}" in review.text
    assert "same person, no merge yet" in review.person.get(f"{LIST}?show=same").text


def test_either_side_may_be_kept(review: Reviewer) -> None:
    review.say(f"keep:{review.pair.first_uuid}")
    assert review.leads_to.endswith(f"?source={review.pair.second_uuid}&destination={review.pair.first_uuid}")
    assert Act.objects.get().figures["keep_uuid"] == review.pair.first_uuid


@pytest.mark.parametrize("verdict", ["", "keep:", "keep:somebody-else", "same", "open", "x" * 5000, "keep:\x00"])
def test_what_is_no_verdict_is_refused(review: Reviewer, verdict: str) -> None:
    review.say(verdict, why="said")
    assert review.status == 422
    assert review.now().verdict == "open"
    assert not Act.objects.exists()


@pytest.mark.parametrize("field", ["why", "words", "seen", "form_token"])
def test_a_field_that_is_none_of_ours_keeps_nothing(review: Reviewer, field: str) -> None:
    review.say("different", **({"why": "said"} | {field: "\x00" + "x" * 5000}))
    assert review.status == 422
    assert review.now().verdict == "open"


def test_the_next_pair_opens_by_itself_in_the_same_filter(admin: Person, sandbox: SandboxAccount) -> None:
    pairs = [paired("a", f"x{number}", score=30 - number, is_flagged=number < 2) for number in range(3)]
    page = Reviewer(admin, pairs[0], "?show=flagged")
    page.say("different", why="said")
    assert page.leads_to == f"{LIST}{pairs[1].pk}/?show=flagged"
    page = Reviewer(admin, pairs[1], "?show=flagged").say("family")
    assert page.leads_to == f"{LIST}?show=flagged"
    assert Reviewer(admin, pairs[1]).say("different", why="said").leads_to == f"{LIST}{pairs[2].pk}/"


def test_a_skipped_pair_is_left_for_later(admin: Person, sandbox: SandboxAccount) -> None:
    pairs = [paired("a", f"x{number}", score=30 - number) for number in range(2)]
    assert admin.get(f"{LIST}{pairs[0].pk}/next/").headers["Location"] == f"{LIST}{pairs[1].pk}/"
    assert admin.get(f"{LIST}{pairs[1].pk}/next/?score=10").headers["Location"] == f"{LIST}?score=10"
    assert not Act.objects.exists()


def test_a_second_click_is_harmless(review: Reviewer) -> None:
    first = review.say("different", why="said").leads_to
    assert review.again().leads_to == first
    assert Act.objects.count() == 1


def test_the_later_of_two_admins_is_told_what_the_first_said_and_may_change_it(
    review: Reviewer, reviewer: Person, admin: Person
) -> None:
    other = Reviewer(reviewer, review.pair)
    other.say("family")
    review.say("different", why="namesake", words="Two Sannes.")
    assert review.status == 409
    assert "Nothing was kept" in review.text
    assert "Saskia de Wit was faster and said: family" in re.sub(r"</?bdi>", "", review.text)
    assert review.now().verdict == "family"
    assert 'value="Two Sannes."' in review.text  # what was typed stands there still
    assert "Choose one of" not in review.text
    assert re.search(r'value="different"[^>]*checked', review.text)
    review.say("different", why="namesake")
    assert review.status == 303
    assert (review.now().verdict, review.now().decided_by) == ("different", admin.staff)
    assert [act.action for act in Act.objects.order_by("seq")] == ["pair.family", "pair.different"]


def test_who_decides_about_details_that_have_changed_since_looks_again_first(
    review: Reviewer, sandbox: SandboxAccount
) -> None:
    ContactCopy.objects.filter(contact_uuid=review.pair.first_uuid).update(matched="other-digest", lastname="de Wit")
    review.say("different", why="said")
    assert review.status == 409
    assert "details of one of the two have changed" in review.text
    assert "de Wit" in review.text
    assert review.now().verdict == "open"
    review.say("different", why="said")
    assert review.now().verdict == "different"


def test_a_form_that_said_something_else_before_keeps_nothing(review: Reviewer) -> None:
    review.say("family")
    review.sent |= {"verdict": "different", "why": "said"}
    review.again()
    assert review.status == 409
    assert review.now().verdict == "family"


def test_a_verdict_can_be_taken_back(review: Reviewer) -> None:
    review.say("different", why="said")
    review.open().take_back()
    assert review.status == 303
    pair = review.now()
    assert (pair.verdict, pair.decided_by, pair.decided_at, pair.matched_first) == ("open", None, None, "")
    assert [act.action for act in Act.objects.order_by("seq")] == ["pair.different", "pair.reopen"]
    assert "Took back" in review.open().text


def test_who_takes_back_what_another_changed_meanwhile_is_told(review: Reviewer, reviewer: Person) -> None:
    review.say("different", why="said")
    review.open()
    Reviewer(reviewer, review.pair).say("family")
    review.take_back()
    assert review.status == 409
    assert review.now().verdict == "family"


def test_a_rejected_pair_stays_rejected_until_a_matched_field_changes(
    review: Reviewer, sandbox: SandboxAccount
) -> None:
    review.say("different", why="said")
    uuid = review.pair.first_uuid
    sandbox.add_identifier("2600441700810092", contact_uuid=uuid, default=True)
    read_at_piggy(uuid)  # a card and nothing else: what they are compared by is the same
    assert review.now().verdict == "different"
    from piggyadmin import piggy

    piggy.get_client().update_contact(contact_uuid=uuid, attributes={"birthdate": "1988-03-05"})
    read_at_piggy(uuid)
    assert review.now().verdict == "open"
    assert "not the same person" in review.open().text  # what was said before stands there


def test_the_pair_vanishing_between_look_and_verdict_is_said(review: Reviewer) -> None:
    DuplicatePair.objects.all().delete()
    review.say("different", why="said")
    assert review.status == 404
    assert not Act.objects.exists()


def test_a_reviewer_without_the_right_to_propose_goes_on_to_the_next_pair(
    review: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from piggyadmin.accounts.models import Staff

    may = Staff.has_perm
    monkeypatch.setattr(
        Staff, "has_perm", lambda self, name, obj=None: name != "contacts.propose_merge" and may(self, name, obj)
    )
    review.say(keep(review.pair))
    assert review.leads_to == LIST
    assert review.now().verdict == "same"


def test_words_about_two_go_with_either_of_them(review: Reviewer, desk: Person) -> None:
    from contacts.copy.forgetting import forget

    first, second = review.pair.first_uuid, review.pair.second_uuid
    desk.post(f"/contacts/{first}/flag/", {"other": second, "form_token": next(TOKENS), "reason": "Sanne said so."})
    review.open().say("different", why="said", words="Sanne is her niece.")
    assert ActDetail.objects.filter(erased_at=None).count() == 2
    forget(second, why=GoneContact.Why.ERASED)
    assert not ActDetail.objects.filter(erased_at=None).exists()
    assert not DuplicatePair.objects.exists()


def test_a_verdict_can_be_taken_back_after_the_live_answer_brought_news(
    review: Reviewer, sandbox: SandboxAccount
) -> None:
    from piggyadmin import piggy

    review.say("family")
    piggy.get_client().update_contact(contact_uuid=review.pair.first_uuid, attributes={"lastname": "de Wit"})
    review.open()
    part = review.live(**HTMX)
    assert re.search(r'name="seen" value="[^"]+" form="reopen"', part.text)
    part.take_back()
    assert review.now().verdict == "open"


def test_the_page_of_a_pair_is_a_handful_of_queries(
    review: Reviewer, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    review.say("family")
    with django_assert_max_num_queries(20):
        assert review.open().status == 200


def test_every_act_of_a_reviewer_needs_its_token(review: Reviewer) -> None:
    for path in ("reopen/", "leave/"):
        answer = review.person.post(
            review.path + path, {"seen": review.value("seen"), "contact": review.pair.first_uuid}
        )
        assert answer.status_code == 422
        assert "The form was not complete" in answer.text
    assert next(TOKENS)
    assert not Act.objects.exists()
