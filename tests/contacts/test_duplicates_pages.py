"""The list of pairs: what waits, best first, why; what was said of the others; and the search through all customers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.duplicates import services
from contacts.duplicates.forms import FilterForm
from contacts.models import ContactFlag, DuplicatePair, DuplicateScan, Merge
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.duplicate_hands import HTMX, TOKENS, copied, paired
from tests.fixtures_sandbox import SandboxAccount

LIST = "/contacts/duplicates/"


@pytest.fixture
def three(db: None) -> list[DuplicatePair]:
    """Three pairs, the likeliest last."""
    for uuid, first, last in (("a", "Sanne", "Visser"), ("b", "Sanne", "Vissser"), ("c", "Jip", "Janssen")):
        copied(uuid, firstname=first, lastname=last, email=f"{uuid}@mail.example")
    return [paired("a", "c", score=13.5), paired("b", "c", score=14.2), paired("a", "b", score=31)]


def test_pairs_stand_best_first_with_their_reasons_in_words_and_weights(
    admin: Person, three: list[DuplicatePair]
) -> None:
    page = admin.get(LIST).text
    assert page.index("31.0") < page.index("14.2") < page.index("13.5")
    assert "+14.0</span> same phone" in page
    assert "+4.0</span> first name alike" in page
    assert "−2.0</span> other birthdate" in page
    assert "a@mail.example" in page
    assert f'href="{LIST}{three[2].pk}/" autofocus>Review the first' in page


def test_what_the_desk_flagged_stands_on_top_with_who_and_why(
    desk: Person, admin: Person, sandbox: SandboxAccount, three: list[DuplicatePair]
) -> None:
    values = {"other": "c", "form_token": next(TOKENS), "reason": "She stood here with both cards."}
    sandbox.broken = 503  # a flag is kept all the same
    desk.post("/contacts/a/flag/", values)
    page = admin.get(LIST).text
    assert "Fatima El Idrissi" in page
    assert "She stood here with both cards." in page
    assert f'href="{LIST}{three[0].pk}/" autofocus>Review the first' in page
    assert "31.0" not in admin.get(f"{LIST}?show=flagged").text


def test_words_that_were_erased_are_not_missed(
    desk: Person, admin: Person, sandbox: SandboxAccount, three: list[DuplicatePair]
) -> None:
    from piggyadmin.ledger.erasing import erase_details

    sandbox.broken = 503
    desk.post("/contacts/a/flag/", {"other": "c", "form_token": next(TOKENS), "reason": "Sanne Visser said so."})
    erase_details(contact_id="a", by=None)
    page = admin.get(LIST)
    assert page.status_code == 200
    assert "Sanne Visser said so." not in page.text
    assert "Fatima El Idrissi" in page.text


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("", ["31.0", "14.2", "13.5"]),
        ("?score=30", ["31.0"]),
        ("?show=open&score=10", ["31.0", "14.2", "13.5"]),
        ("?show=same", ["22.0"]),
        ("?show=different", ["23.0"]),
        ("?show=family", ["24.0"]),
        ("?show=flagged", []),
    ],
)
def test_the_filter_lives_in_the_address(
    admin: Person, three: list[DuplicatePair], query: str, scores: list[str]
) -> None:
    for number, verdict in enumerate(("same", "different", "family")):
        paired("a", f"x{number}", score=22 + number, verdict=verdict, decided_at=timezone.now())
    page = admin.get(LIST + query)
    assert page.status_code == 200
    every = ["31.0", "24.0", "23.0", "22.0", "14.2", "13.5"]
    assert [score for score in every if f">{score}<" in page.text] == scores


@pytest.mark.parametrize(
    "query", ["show=nonsense", "score=%00", "score=1e400", "page=0", "page=x", "show=open&page=-1"]
)
def test_a_filter_that_cannot_be_read_is_said_and_everything_is_shown(
    admin: Person, three: list[DuplicatePair], query: str
) -> None:
    page = admin.get(f"{LIST}?{query}")
    assert page.status_code == 422
    assert "This filter cannot be read" in page.text
    assert "31.0" in page.text


def test_each_verdict_is_counted(admin: Person, three: list[DuplicatePair]) -> None:
    paired("a", "x", verdict="family", decided_at=timezone.now())
    paired("b", "x", is_flagged=True)
    counts = services.list_pairs(asked=services.Filter(), number=1).counts
    assert counts == {"open": 4, "flagged": 1, "same": 0, "family": 1, "different": 0}
    assert "4 pairs wait" in admin.get(LIST).text


def test_fifty_rows_and_then_the_next_page(admin: Person, three: list[DuplicatePair]) -> None:
    for number in range(50):
        paired("a", f"x{number:02}", score=10 - number / 100)
    page = admin.get(LIST).text
    assert "1 to 50 of 53" in page
    assert page.count("data-row") == 50
    assert "51 to 53 of 53" in admin.get(f"{LIST}?page=2").text
    assert "51 to 53 of 53" in admin.get(f"{LIST}?page=99").text


def test_a_list_of_fifty_takes_a_number_of_queries_that_does_not_grow(
    admin: Person, three: list[DuplicatePair], django_assert_max_num_queries: object
) -> None:
    for number in range(48):
        copied(f"x{number:02}", firstname="Jip")
        paired("a", f"x{number:02}", is_flagged=number % 2 == 0)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        assert admin.get(LIST).status_code == 200


def test_one_person_without_a_merge_is_said_and_a_merge_is_told(admin: Person, three: list[DuplicatePair]) -> None:
    DuplicatePair.objects.filter(pk=three[0].pk).update(verdict="same", decided_at=timezone.now())
    assert "same person, no merge yet" in admin.get(f"{LIST}?show=same").text
    Merge.objects.create(source_uuid="c", destination_uuid="a", proposed_by=admin.staff, proposed_at=timezone.now())
    page = admin.get(f"{LIST}?show=same").text
    assert "merge: waits for another admin" in page
    assert "no merge yet" not in page


def test_an_empty_list_says_why_and_what_next(admin: Person) -> None:
    assert "Nobody has looked yet" in admin.get(LIST).text
    DuplicateScan.objects.create(
        stage="ended", started_at=timezone.now(), ended_at=timezone.now(), contacts=84210, done=84210
    )
    page = admin.get(LIST).text
    assert "Nothing left to decide" in page
    assert "All 84,210 customers were looked through" in page
    assert "Nobody has flagged" in admin.get(f"{LIST}?show=flagged").text
    assert "No pair yet" in admin.get(f"{LIST}?show=family").text
    assert "No pair has such a score" in admin.get(f"{LIST}?score=30").text


def test_whoever_is_not_copied_yet_has_a_name_all_the_same(admin: Person) -> None:
    paired("p", "q")
    assert "Customer not copied yet" in admin.get(LIST).text


def test_a_search_is_begun_once_and_its_progress_is_shown(admin: Person, reviewer: Person) -> None:
    copied("a")
    token = next(TOKENS)
    page = admin.post(f"{LIST}scan/", {"form_token": token}, follow=True)
    assert "The search has begun" in page.text
    assert admin.post(f"{LIST}scan/", {"form_token": token}).status_code == 303
    assert "under way already" in reviewer.post(f"{LIST}scan/", {"form_token": next(TOKENS)}, follow=True).text
    scan = DuplicateScan.objects.get()
    assert scan.asked_by == admin.staff
    assert [act.action for act in Act.objects.all()] == ["duplicates.scan"]
    DuplicateScan.objects.update(contacts=200, done=50, found=3, stage="pairs")
    part = admin.get(f"{LIST}scan/", headers=HTMX)
    assert "<html" not in part.text
    assert "50 of 200" in part.text
    assert "every 2s" in part.text
    DuplicateScan.objects.update(stage="ended", ended_at=timezone.now())
    part = admin.get(f"{LIST}scan/", headers=HTMX)
    assert "every 2s" not in part.text
    assert "All 200 customers were looked through" in part.text


def test_a_search_without_its_token_is_not_begun(admin: Person) -> None:
    assert admin.post(f"{LIST}scan/", {}).status_code == 303
    assert not DuplicateScan.objects.exists()


def test_the_next_pair_is_the_one_below_in_the_same_filter(three: list[DuplicatePair]) -> None:
    flagged = paired("b", "x", score=1, is_flagged=True)
    low = paired("c", "x", score=0, is_flagged=True)
    everything = services.Filter()
    walked, at = [], None
    while (at := services.next_pair(everything, after=at)) is not None:
        walked.append(at)
    assert walked == [flagged, low, three[2], three[1], three[0]]
    assert services.next_pair(services.Filter(show="flagged"), after=low) is None
    assert services.next_pair(services.Filter(score=14), after=three[1]) is None


def test_pairs_of_the_same_score_are_all_walked(db: None) -> None:
    pairs = {paired("a", f"x{number}", score=20).pk for number in range(6)}
    walked, at = set(), None
    while (at := services.next_pair(services.Filter(), after=at)) is not None:
        assert at.pk not in walked
        walked.add(at.pk)
    assert walked == pairs


def test_the_pairs_of_one_contact_are_found_from_either_side(three: list[DuplicatePair]) -> None:
    assert services.pairs_of("c") == [three[1], three[0]]
    assert services.pairs_of("a") == [three[2], three[0]]
    DuplicatePair.objects.filter(pk=three[0].pk).update(verdict="different")
    assert services.pairs_of("c") == [three[1]]
    assert services.pairs_of("nobody") == []


def test_the_desk_may_flag_and_sees_none_of_it(desk: Person, marketing: Person, three: list[DuplicatePair]) -> None:
    for person in (desk, marketing):
        for path in (LIST, f"{LIST}{three[0].pk}/", f"{LIST}{three[0].pk}/live/"):
            assert person.get(path).status_code == 403


def test_old_flags_become_pairs_and_what_was_said_of_a_pair_holds(desk: Person, three: list[DuplicatePair]) -> None:
    from uuid import uuid4

    from contacts.duplicates.flagging import gather
    from contacts.models import GoneContact

    DuplicatePair.objects.filter(pk=three[0].pk).update(verdict="different")
    for first, second in (("a", "c"), ("a", "y"), ("a", "z")):
        ContactFlag.objects.create(
            first_uuid=first,
            second_uuid=second,
            act_id=uuid4(),
            flagged_by=desk.staff,
            flagged_at=timezone.now() - timedelta(days=9),
        )
    GoneContact.objects.create(contact_uuid="z", why="merged", gone_at=timezone.now())
    assert gather() == 2
    assert gather() == 0
    assert DuplicatePair.objects.get(first_uuid="a", second_uuid="c").verdict == "different"
    assert DuplicatePair.objects.get(first_uuid="a", second_uuid="c").is_flagged
    assert DuplicatePair.objects.get(first_uuid="a", second_uuid="y").verdict == "open"
    assert not DuplicatePair.objects.filter(second_uuid="z").exists()


def test_a_pair_that_is_flagged_after_a_verdict_is_to_be_decided_again(
    desk: Person, admin: Person, sandbox: SandboxAccount, three: list[DuplicatePair]
) -> None:
    DuplicatePair.objects.filter(pk=three[0].pk).update(
        verdict="different", decided_by=admin.staff, decided_at=timezone.now()
    )
    sandbox.broken = 503
    desk.post("/contacts/c/flag/", {"other": "a", "form_token": next(TOKENS)})
    three[0].refresh_from_db()
    assert (three[0].verdict, three[0].is_flagged) == ("open", True)


def test_a_flag_does_not_undo_that_they_are_one_person(
    desk: Person, sandbox: SandboxAccount, three: list[DuplicatePair]
) -> None:
    DuplicatePair.objects.filter(pk=three[0].pk).update(verdict="same")
    sandbox.broken = 503
    desk.post("/contacts/c/flag/", {"other": "a", "form_token": next(TOKENS)})
    three[0].refresh_from_db()
    assert (three[0].verdict, three[0].is_flagged) == ("same", True)


def test_a_merge_that_is_under_way_is_told_wherever_the_pair_is(admin: Person, three: list[DuplicatePair]) -> None:
    merge = Merge.objects.create(
        source_uuid="c", destination_uuid="a", proposed_by=admin.staff, proposed_at=timezone.now()
    )
    assert "merge: waits for another admin" in admin.get(LIST).text
    page = admin.get(f"{LIST}{three[0].pk}/").text
    assert f'href="/contacts/merges/{merge.pk}/"' in page
    Merge.objects.update(state="cancelled", ended_at=timezone.now())
    assert "merge:" not in admin.get(LIST).text
    assert "is proposed" not in admin.get(f"{LIST}{three[0].pk}/").text


def test_the_form_knows_every_tab() -> None:
    assert {name for name, _ in FilterForm().fields["show"].choices} == set(services.SHOWN)  # type: ignore[attr-defined]
