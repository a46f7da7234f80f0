"""Orders found by their number, shown to whom they concern, and what a purchase would earn."""

import html
from typing import Any

import pytest
from django.urls import reverse

from contacts.templatetags.orders import in_currency
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

NUMBER = "UTR-100482"


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"])


@pytest.fixture
def order(sandbox: SandboxAccount, sanne: str) -> dict[str, Any]:
    return sandbox.add(
        "order",
        external_identifier=NUMBER,
        contact_uuid=sanne,
        lines=[("Flat white", 2, 395), ("Beans, kg", 0.25, 2800)],
        applied_discounts=[{"external_identifier": "d", "name": "Tuesday", "amount": 100, "applied_to": "ORDER"}],
        charges=[{"external_identifier": "s", "name": "Table service", "total_amount": 150}],
    )


def path(uuid: str, order_uuid: str = "") -> str:
    return f"/contacts/{uuid}/orders/" + (f"{order_uuid}/" if order_uuid else "")


def find(person: Person, uuid: str, number: str = NUMBER) -> Any:
    return person.post(path(uuid), {"step": "find", "number": number})


def earn(person: Person, uuid: str, **typed: str) -> Any:
    return person.post(path(uuid), {"step": "earn", **typed})


def asked(sandbox: SandboxAccount, operation: str) -> list[Any]:
    return [call for call in sandbox.calls if call.operation == operation]


class TestFinding:
    def test_it_shows_the_whole_order(self, desk: Person, sanne: str, order: dict) -> None:
        page = find(desk, sanne)
        text = html.unescape(page.text)
        assert page.status_code == 200
        for words in (
            NUMBER,
            "Flat white",
            "€\u00a015.40",
            ">0.25<",
            "Tuesday",
            "−€\u00a01.00",
            "Table service",
            "paid",
        ):
            assert words in text
        assert "sanne@mail.example" not in text

    def test_the_number_stands_in_no_address(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, order: dict
    ) -> None:
        page = find(desk, sanne)
        assert f'href="{path(sanne, order["uuid"])}"' in page.text
        assert NUMBER not in "".join(part.split('"')[0] for part in page.text.split('href="')[1:])
        assert desk.get(f"{path(sanne)}?number={NUMBER}").text.count("Flat white") == 0

    def test_an_order_has_a_page_of_its_own(self, desk: Person, sanne: str, order: dict) -> None:
        page = desk.get(path(sanne, order["uuid"]))
        assert page.status_code == 200
        assert "Flat white" in page.text

    def test_another_customers_order_is_not_shown_at_the_desk(
        self, desk: Person, sandbox: SandboxAccount, order: dict
    ) -> None:
        joost = sandbox.add_contact("joost@mail.example")["uuid"]
        for page in (find(desk, joost), desk.get(path(joost, order["uuid"]))):
            assert page.status_code == 403
            assert "Not this customer’s order" in page.text
            assert "Flat white" not in page.text

    def test_who_sees_all_transactions_is_led_to_its_customer(
        self, marketing: Person, sandbox: SandboxAccount, sanne: str, order: dict
    ) -> None:
        joost = sandbox.add_contact("joost@mail.example")["uuid"]
        page = find(marketing, joost)
        assert page.status_code == 200
        assert "another customer’s order" in page.text
        assert f'href="{path(sanne)}"' in page.text

    def test_a_number_that_nobody_has(self, desk: Person, sanne: str) -> None:
        page = find(desk, sanne, "<b>UTR-9</b>")
        assert page.status_code == 404
        assert "no order with this number" in page.text
        assert 'value="&lt;b&gt;UTR-9&lt;/b&gt;"' in page.text

    def test_an_id_that_piggy_does_not_show(self, desk: Person, sanne: str) -> None:
        page = desk.get(path(sanne, "7c1d5a52"))
        assert page.status_code == 404
        assert "Find it by its number" in page.text

    @pytest.mark.parametrize("number", ["", "  ", "a\x00b", "x" * 300])
    def test_what_is_no_number_is_not_asked(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, number: str
    ) -> None:
        page = find(desk, sanne, number)
        assert page.status_code == 422
        assert 'class="error"' in page.text
        assert asked(sandbox, "find_order") == []

    @pytest.mark.parametrize("kind", ["503", "garbage", "lost_before"])
    def test_an_order_that_cannot_be_read(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, order: dict, kind: str
    ) -> None:
        sandbox.fault("find_order", kind=kind, times=-1)
        page = find(desk, sanne)
        assert page.status_code == 503
        assert "The order could not be read" in page.text
        assert f'value="{NUMBER}"' in page.text

    def test_a_customer_that_is_gone(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(path("7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01")).status_code == 404


class TestEarning:
    def test_a_total_is_asked_of_piggy_for_this_shop(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        page = earn(desk, sanne, total="11,40")
        assert page.status_code == 200
        assert '<span class="n">11</span>' in page.text
        assert "€\u00a011.40" in page.text
        (call,) = asked(sandbox, "simulate_order")
        assert call.body["total_order_amount"] == 1140
        assert call.body["contact"] == {"uuid": sanne}
        assert [line["total_amount"] for line in call.body["line_items"]] == [1140]

    def test_nothing_is_written_and_nothing_told(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        earn(desk, sanne, total="11.40")
        assert sandbox.state("order") == []
        assert sandbox.state("loyalty_transaction") == []
        assert not Act.objects.exists()

    def test_lines_make_a_total(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        typed = {"name_1": "Flat white", "quantity_1": "2", "price_1": "3.95", "name_3": "Cake", "price_3": "5.90"}
        assert "€\u00a013.80" in earn(desk, sanne, **typed).text
        (call,) = asked(sandbox, "simulate_order")
        assert [(line["name"], line["total_amount"]) for line in call.body["line_items"]] == [
            ("Flat white", 790),
            ("Cake", 590),
        ]

    @pytest.mark.parametrize("total", ["11.40", "lots"])
    def test_the_lines_come_without_losing_the_total(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, total: str
    ) -> None:
        page = desk.post(path(sanne), {"step": ["earn", "lines"], "total": total})
        assert page.status_code == 200
        assert f'value="{total}"' in page.text
        assert 'name="name_1"' in page.text
        assert 'class="error"' not in page.text
        assert asked(sandbox, "simulate_order") == []

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({}, "Type a total"),
            ({"total": "0"}, "more than zero"),
            ({"total": "1.085"}, "may be"),
            ({"total": "lots"}, "Type euros"),
            ({"name_1": "Cake"}, "Say what one of it costs"),
            ({"price_2": "3"}, "Say what it is"),
            ({"name_1": "Cake", "price_1": "3", "quantity_1": "0"}, "one or more"),
            ({"name_1": "Ca\x00ke", "price_1": "3"}, 'class="error"'),
            ({"name_1": "Gold", "price_1": "99999", "quantity_1": "999"}, "no total that a till could take"),
        ],
    )
    def test_what_is_no_purchase_is_refused_beside_its_field(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, typed: dict, said: str
    ) -> None:
        page = earn(desk, sanne, **typed)
        assert page.status_code == 422
        assert said in page.text
        assert asked(sandbox, "simulate_order") == []

    @pytest.mark.parametrize("kind", ["lost_after", "503", "429", "garbage", "reset", "1000"])
    def test_no_answer_is_no_act_and_says_so(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, kind: str
    ) -> None:
        sandbox.fault("simulate_order", kind=kind, times=-1)
        page = earn(desk, sanne, total="11.40")
        assert page.status_code in (409, 503)
        assert "could not be worked out" in page.text
        assert 'value="11.40"' in page.text
        assert not Act.objects.exists()

    def test_without_a_shop_it_leads_to_the_shops(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort")
        session = desk.session
        session["shop"] = "none"
        session.save()
        assert "Pick a shop first" in desk.get(path(sanne)).text
        assert earn(desk, sanne, total="5").headers["Location"].startswith(reverse("accounts:pick-shop"))
        assert asked(sandbox, "simulate_order") == []


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (1140, "EUR", "€\u00a011.40"),
        (1140, None, "€\u00a011.40"),
        (-1140, "CHF", "−CHF\u00a011.40"),
        (1140, "JPY", "JPY\u00a01,140"),
        (None, "EUR", "not told"),
    ],
)
def test_an_amount_is_in_its_own_currency(amount: int | None, currency: str | None, words: str) -> None:
    assert in_currency(amount, currency) == words
