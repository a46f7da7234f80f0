"""Who brought whom: of one customer and of the account, with addresses only for those who may see them."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from contacts.models import ContactCopy
from contacts.referrals import services
from piggyadmin.ledger.models import Act
from piggyadmin.piggy import paging
from tests.conftest import Person
from tests.contacts.paging_hands import tells_no_totals
from tests.fixtures_sandbox import SandboxAccount

ACCOUNT = "/catalogue/referrals/"


@pytest.fixture
def people(sandbox: SandboxAccount) -> dict[str, str]:
    """Sanne brought Joost (completed) and Anna; Joost brought Sanne, which failed."""
    uuids = {name: str(sandbox.add_contact(f"{name}@mail.example")["uuid"]) for name in ("sanne", "joost", "anna")}
    for who, whom, status in (
        ("sanne", "joost", "completed"),
        ("sanne", "anna", "pending"),
        ("joost", "sanne", "failed"),
    ):
        sandbox.add(
            "referral",
            referring_contact_uuid=uuids[who],
            referred_contact_uuid=uuids[whom],
            status=status,
        )
    return uuids


def path(uuid: str) -> str:
    return f"/contacts/{uuid}/referrals/"


class TestOfOneCustomer:
    def test_it_lists_whom_they_brought(self, desk: Person, people: dict) -> None:
        text = desk.get(path(people["sanne"])).text
        assert "2 referrals" in text
        assert "joost@mail.example" in text
        assert f'href="/contacts/{people["anna"]}/"' in text
        assert "failed" not in text

    def test_addresses_are_masked_for_who_may_not_see_them(self, marketing: Person, people: dict) -> None:
        text = marketing.get(path(people["sanne"])).text
        assert "joost@mail.example" not in text
        assert "jo…@mail.example" in text

    def test_a_name_of_the_copy_is_shown(self, desk: Person, people: dict) -> None:
        ContactCopy.objects.create(
            contact_uuid=people["joost"], read_at=timezone.now(), firstname="<b>Joost</b>", lastname="de Vries"
        )
        assert "&lt;b&gt;Joost&lt;/b&gt; de Vries" in desk.get(path(people["sanne"])).text

    def test_nobody(self, desk: Person, people: dict) -> None:
        assert "Nobody yet" in desk.get(path(people["anna"])).text

    def test_a_page_that_is_not_there(self, desk: Person, people: dict) -> None:
        assert "Nothing on this page" in desk.get(path(people["sanne"]) + "?page=9").text

    @pytest.mark.parametrize("kind", ["ignore_filters", "503", "garbage"])
    def test_referrals_that_cannot_be_read_or_are_others(
        self, desk: Person, sandbox: SandboxAccount, people: dict, kind: str
    ) -> None:
        sandbox.fault("list_referrals", kind=kind, times=-1)
        page = desk.get(path(people["sanne"]))
        assert page.status_code == 503
        assert "The referrals could not be read" in page.text
        assert "joost@mail.example" not in page.text

    def test_a_customer_that_is_gone(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(path("7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01")).status_code == 404


class TestOfTheAccount:
    def test_the_terms_are_told_in_words(self, admin: Person, sandbox: SandboxAccount, people: dict) -> None:
        points = {"points": 50, "business_profile": {"uuid": "s", "name": "Utrecht West"}}
        sandbox.add(
            "referral_settings",
            limit_per_contact=10,
            referring_contact_incentive={"type": "loyalty_points", "data": points},
            referred_contact_incentive={"type": "voucher", "data": {"promotion": {"uuid": "p", "name": "Coffee"}}},
        )
        text = admin.get(ACCOUNT).text
        assert "50 credits, as given by Utrecht West" in text
        assert "a voucher: Coffee" in text
        assert "10 at most" in text
        assert "their first loyalty transaction" in text

    def test_a_new_kind_of_incentive_is_named_as_piggy_does(
        self, admin: Person, sandbox: SandboxAccount, people: dict
    ) -> None:
        sandbox.add("referral_settings", referring_contact_incentive={"type": "prepaid_credit", "data": {}})
        assert "prepaid credit" in admin.get(ACCOUNT).text

    def test_it_filters_by_status(self, admin: Person, people: dict) -> None:
        text = admin.get(ACCOUNT + "?status=failed").text
        assert "1 referral, failed" in text
        assert "anna@mail.example" not in text
        assert admin.get(ACCOUNT + "?status=odd").status_code == 422
        assert admin.get(ACCOUNT + "?page=0").status_code == 422

    def test_terms_that_cannot_be_read_leave_the_list(
        self, admin: Person, sandbox: SandboxAccount, people: dict
    ) -> None:
        sandbox.fault("get_referral_settings", kind="503", times=-1)
        text = admin.get(ACCOUNT).text
        assert "The terms could not be read" in text
        assert "3 referrals" in text

    def test_the_file_has_everything_and_is_told_to_the_ledger(self, marketing: Person, people: dict) -> None:
        answer: Any = marketing.post(ACCOUNT + "export.csv", {"status": "completed"})
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        assert rows[0][:3] == ["referral_uuid", "status", "referring_contact_uuid"]
        assert [row[1:] for row in rows[1:]] == [
            ["completed", people["sanne"], "sanne@mail.example", people["joost"], "joost@mail.example"]
        ]
        assert Act.objects.get().figures == {"rows": 1, "status": "completed"}

    @pytest.mark.parametrize(("most", "is_cut"), [(2, True), (3, False)])
    def test_a_file_that_stops_says_so_even_if_piggy_counts_nothing(
        self, marketing: Person, people: dict, monkeypatch: pytest.MonkeyPatch, most: int, is_cut: bool
    ) -> None:
        tells_no_totals(monkeypatch)
        monkeypatch.setattr(services, "MOST_EXPORTED", most)
        monkeypatch.setattr(services, "REFERRALS", paging.Paging(most=1))
        answer: Any = marketing.post(ACCOUNT + "export.csv")
        assert len(answer.getvalue().decode().splitlines()) == 1 + most
        assert ("first" in answer.headers["Content-Disposition"]) is is_cut
        assert Act.objects.get().figures == {"rows": most, **({"cut": True} if is_cut else {})}

    def test_a_file_that_cannot_be_read_whole_is_none(
        self, marketing: Person, sandbox: SandboxAccount, people: dict
    ) -> None:
        sandbox.fault("list_referrals", kind="503", times=-1)
        assert marketing.post(ACCOUNT + "export.csv").status_code == 503
        assert not Act.objects.exists()
