"""The account's set-up, to look at: shops, subscription types, forms, automations and the brand kit."""

import re

import pytest
from django.http import HttpResponse

from piggyadmin.accounts.models import Shop
from piggyadmin.catalogue.setup.services import color_of, safe_link
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


def text(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_shops_say_what_of_them_is_ours(desk: Person, sandbox: SandboxAccount) -> None:
    ours = sandbox.add_shop("Utrecht West", uuid="shop-utrecht", reference="UTR-W")["uuid"]  # the one picked
    sandbox.add_shop("Web shop", type="web")
    told = text(desk.get("/catalogue/shops/"))
    assert "2 shops" in told
    assert "can be picked" in told
    assert "Europe/Amsterdam" in told
    assert "not taken over yet" in told
    assert "1 shop of 2" in text(desk.get("/catalogue/shops/?type=web"))
    assert "1 shop of 2" in text(desk.get("/catalogue/shops/?q=utr-w"))
    one = text(desk.get(f"/catalogue/shops/{ours}/"))
    assert "UTR-W" in one
    assert "everybody who is named for no shop" in one


def test_a_shop_that_is_gone_is_said_to_be_gone(desk: Person, sandbox: SandboxAccount) -> None:
    page = desk.get("/catalogue/shops/none-of-this-id/")
    assert page.status_code == 404
    assert "Piggy has no shop with this id" in text(page)


def test_a_shop_that_was_switched_off_is_told_so(desk: Person, sandbox: SandboxAccount) -> None:
    Shop.objects.create(piggy_uuid="shop-old", name="Old", is_active=False)
    sandbox.add_shop("Old", uuid="shop-old")
    assert "switched off" in text(desk.get("/catalogue/shops/"))


def test_forms_are_filtered_by_piggy_and_lead_out_safely(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("form", name="Survey", url="https://forms.example.org/f/1")
    sandbox.add("form", name="Old one", status="DRAFT", url="http://forms.example.org/f/2")
    sandbox.add("form", name="Trap", type="PRIVATE", url="javascript:alert(1)")
    page = marketing.get("/catalogue/forms/")
    html = page.content.decode()
    assert '<a class="row" href="https://forms.example.org/f/1" rel="noopener noreferrer external"' in html
    assert 'href="http://' not in html
    assert 'href="javascript' not in html
    assert text(page).count("not safe to follow") == 2
    assert "1 form " in text(marketing.get("/catalogue/forms/?status=DRAFT"))
    asked = [call.query for call in sandbox.calls if call.operation == "list_forms"]
    assert asked[-1] == {"status": "DRAFT"}


def test_a_form_filter_that_piggy_ignores_is_an_error(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("form", name="Survey")
    sandbox.fault("list_forms", kind="ignore_filters")
    page = marketing.get("/catalogue/forms/?status=DRAFT")
    assert page.status_code == 502
    assert "Survey" not in text(page)


def test_a_filter_that_cannot_be_read_is_refused_beside_its_field(marketing: Person, sandbox: SandboxAccount) -> None:
    page = marketing.get("/catalogue/forms/?status=SOME")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()


def test_subscription_types_say_who_gets_them(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_subscription_type("Newsletter", "DOUBLE_OPT_IN")
    sandbox.add_subscription_type("Old list", addressable=False)
    told = text(marketing.get("/catalogue/subscription-types/"))
    assert "who asks, and says so again by mail" in told
    assert "Piggy gives it no id" in told
    assert "1 type of 2" in text(marketing.get("/catalogue/subscription-types/?strategy=DOUBLE_OPT_IN"))


def test_automations_say_which_of_them_can_be_run(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("automation", name="We miss you")
    sandbox.add("automation", name="Welcome", event="contact_created")
    sandbox.add("automation", name="Paused", status="inactive")
    told = text(marketing.get("/catalogue/automations/"))
    assert "can be run for a customer, on their page" in told
    assert "no: its event starts it" in told
    assert "not while it is off" in told
    assert "2 automations of 3" in text(marketing.get("/catalogue/automations/?status=active"))


def test_the_brand_is_shown_without_a_style_in_the_page(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add(
        "brand_kit",
        primary_color="#7A3B1D",
        secondary_color="red; } body { display: none",
        quarternary_color="#D9A441",
        sdk_spelling=True,
        large_logo_url="https://cdn.example.org/logo.png",
        small_logo_url="http://cdn.example.org/logo.png",
        font_family="Work Sans",
    )
    page = marketing.get("/catalogue/brand/")
    html = page.content.decode()
    assert 'fill="#7a3b1d"' in html
    assert 'fill="#d9a441"' in html, "in the SDK's spelling too"
    assert html.count("<rect") == 2, "what is no colour is not drawn"
    assert "<img" not in html
    assert " style=" not in html
    assert 'href="https://cdn.example.org/logo.png" rel="noopener noreferrer external"' in html
    assert 'href="http://cdn' not in html
    assert "Work Sans" in text(page)


def test_a_brand_that_nobody_set_says_what_that_means(marketing: Person, sandbox: SandboxAccount) -> None:
    assert "No colour is set" in text(marketing.get("/catalogue/brand/"))


@pytest.mark.parametrize(
    "wild", ["", "red", "#fff", "#12345g", "#1234567", "#112233;", " #112233", "url(#a)", "#١١٢٢٣٣"]
)
def test_only_a_colour_of_six_digits_is_drawn(wild: str) -> None:
    assert color_of(wild) == ""


@pytest.mark.parametrize(
    "wild",
    ["", None, "http://a.example", "https://", "javascript:alert(1)", "//a.example", "https://u:p@a.example/",
     "https://a.example/ b", "https://a.example/\n", "https://[", "data:text/html,x", "HTTPS:a"],
)  # fmt: skip
def test_only_a_plain_https_address_is_followed(wild: str | None) -> None:
    assert safe_link(wild) == ""


@pytest.mark.parametrize(
    ("page", "kind", "columns"),
    [
        ("shops", "shop", "shop_uuid,name,type,reference,in_dashboard,time_zone"),
        ("forms", "form", "form_uuid,name,status,type,url"),
        ("automations", "automation", "automation_uuid,name,status,event,can_be_run,created_at,updated_at"),
        ("subscription-types", "subscription_type", "subscription_type_uuid,name,description,strategy,active"),
        ("perks", "perk", "perk_uuid,name,key,kind,values,default"),
    ],
)
def test_every_list_is_a_file_without_formulas(
    admin: Person, sandbox: SandboxAccount, page: str, kind: str, columns: str
) -> None:
    name = "label" if kind == "perk" else "name"
    sandbox.add(kind, **{name: "=HYPERLINK(1)"})
    sandbox.add(kind, **{name: "Another"})
    file = admin.get(f"/catalogue/{page}/?q=hyper&csv=1")
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == columns
    assert "'=HYPERLINK(1)" in lines[1]
    assert len(lines) == 3, "the file holds what the filter shows"
    assert file["Content-Disposition"].endswith('_1rows.csv"')
    assert file["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("page", ["shops", "forms", "automations", "subscription-types", "brand", "perks", "rewards"])
def test_with_piggy_away_each_page_says_so(admin: Person, sandbox: SandboxAccount, page: str) -> None:
    sandbox.broken = 503
    answer = admin.get(f"/catalogue/{page}/")
    assert answer.status_code == 503
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("page", ["forms", "automations", "subscription-types", "perks", "rewards"])
def test_an_empty_list_says_why_and_htmx_gets_the_list_alone(admin: Person, sandbox: SandboxAccount, page: str) -> None:
    part = admin.get(f"/catalogue/{page}/", headers={"HX-Request": "true"})
    assert 'class="empty"' in part.content.decode()
    assert "<html" not in part.content.decode()
