"""Products and categories on their pages: listed, found, made once, changed, deleted, and refused beside the field."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

ROOT = {"product": "/catalogue/products/", "category": "/catalogue/categories/"}
KIND = {"product": "product", "category": "product_category"}
both = pytest.mark.parametrize("sort", ["product", "category"])


def token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found
    return found[1]


def words(page: HttpResponse) -> str:
    text = re.sub(r"<(style|script).*?</\1>", " ", page.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def send(person: Person, path: str, **data: Any) -> HttpResponse:
    """Open the form's page and post it with its hidden fields."""
    page = person.get(path)
    hidden = {"form_token": token(page)}
    seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    return person.post(path, {**hidden, **({"seen": seen[1]} if seen else {}), **data}, follow=True)


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


@both
def test_an_empty_list_says_why_and_what_next(marketing: Person, sandbox: SandboxAccount, sort: str) -> None:
    assert f"No {sort} yet" in words(marketing.get(ROOT[sort]))


@both
def test_it_lists_page_by_page_as_piggy_does(marketing: Person, sandbox: SandboxAccount, sort: str) -> None:
    for number in range(53):
        sandbox.add(KIND[sort], name=f"Thing {number:02d}")
    first, second = words(marketing.get(ROOT[sort])), words(marketing.get(f"{ROOT[sort]}?page=2"))
    assert "Thing 00" in first
    assert "Thing 52" not in first
    assert "1 to 50 of 53" in first
    assert "Thing 52" in second
    assert "51 to 53 of 53" in second
    assert "no such page any more" in words(marketing.get(f"{ROOT[sort]}?page=9"))
    assert marketing.get(f"{ROOT[sort]}?page=0").status_code == 422


def test_words_narrow_the_page_that_is_read(marketing: Person, sandbox: SandboxAccount) -> None:
    hot = sandbox.add("product_category", name="Hot drinks")
    sandbox.add("product", name="Mint tea", category_uuids=[hot["uuid"]])
    sandbox.add("product", name="Croissant")
    shown = words(marketing.get(f"{ROOT['product']}?q=hot+MINT"))
    assert "1 of the 2 on this page hold" in shown
    assert "Croissant" not in shown
    assert "Nothing on this page" in words(marketing.get(f"{ROOT['product']}?q=zebra"))


def test_the_file_holds_every_page_and_no_formula(marketing: Person, sandbox: SandboxAccount) -> None:
    for number in range(104):
        sandbox.add("product", name=f"Tea {number}")
    sandbox.add("product", name="=HYPERLINK(1)", description="Tea")
    page = marketing.get(f"{ROOT['product']}?csv=1&q=tea")
    lines = page.content.decode("utf-8-sig").strip().split("\r\n")
    assert lines[0] == "uuid,external_identifier,name,description,categories"
    assert len(lines) == 106
    assert "'=HYPERLINK(1)" in lines[-1]
    assert page["Cache-Control"] == "no-store"


@both
def test_it_finds_by_the_whole_identifier_and_puts_it_in_no_address(
    marketing: Person, sandbox: SandboxAccount, sort: str
) -> None:
    made = sandbox.add(KIND[sort], external_identifier="sku 9/ä", name="Ninth")
    found = marketing.post(f"{ROOT[sort]}find/", {"identifier": "sku 9/ä"})
    assert (found.status_code, found["Location"]) == (303, f"{ROOT[sort]}{made['uuid']}/")
    assert "Ninth" in words(marketing.get(found["Location"]))
    missing = marketing.post(f"{ROOT[sort]}find/", {"identifier": "nothing"})
    assert missing.status_code == 404
    assert f"No {sort} has the identifier nothing" in words(missing)
    assert marketing.post(f"{ROOT[sort]}find/", {"identifier": ""}).status_code == 422


@both
def test_it_is_made_once_however_often_the_form_is_sent(marketing: Person, sandbox: SandboxAccount, sort: str) -> None:
    data = {"identifier": "x-1", "name": "Xenon"}
    one = token(marketing.get(f"{ROOT[sort]}new/"))
    for _ in range(2):
        page = marketing.post(f"{ROOT[sort]}new/", {**data, "form_token": one}, follow=True)
        assert f"Made the {sort} x-1." in words(page)
    assert [row["name"] for row in sandbox.state(KIND[sort])] == ["Xenon"]
    taken = send(marketing, f"{ROOT[sort]}new/", **data)
    assert taken.status_code == 422
    assert "with this identifier already: Xenon" in words(taken)
    assert writes(sandbox) == [f"create_{sort}"]


@both
def test_find_or_create_says_which_of_the_two_it_was(marketing: Person, sandbox: SandboxAccount, sort: str) -> None:
    path = f"{ROOT[sort]}find-or-create/"
    assert "x-1 was made: there was none" in words(send(marketing, path, identifier="x-1", name="Xenon"))
    assert "x-1 was found: it was there already" in words(send(marketing, path, identifier="x-1", name="Other"))
    assert [row["name"] for row in sandbox.state(KIND[sort])] == ["Xenon"]
    assert [act.all_figures["how"][:5] for act in Act.objects.order_by("seq")] == ["made:", "found"]


def test_a_product_is_changed_with_its_categories(marketing: Person, sandbox: SandboxAccount) -> None:
    old, new = sandbox.add("product_category", name="Old"), sandbox.add("product_category", name="New")
    tea = sandbox.add("product", name="Tea", description="Hot", category_uuids=[old["uuid"]])
    path = f"{ROOT['product']}{tea['uuid']}/change/"
    done = send(marketing, path, name="Mint tea", description="", categories=[new["uuid"]])
    assert "Changed the product" in words(done)
    assert "Mint tea" in words(done)
    (row,) = sandbox.state("product")
    assert (row["name"], row["description"], row["category_uuids"]) == ("Mint tea", None, [new["uuid"]])
    again = send(marketing, path, name="Mint tea", description="", categories=[new["uuid"]])
    assert "Nothing was changed" in words(again)
    assert writes(sandbox) == ["update_product"]


def test_a_web_shops_description_of_several_lines_survives_another_name(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    """As a browser sends what the form holds: lines ended by both signs."""
    long = "First flush.\nPicked by hand. " + "Fine. " * 10 + "Loose."
    tea = sandbox.add("product", name="Tea", description=long)
    path = f"{ROOT['product']}{tea['uuid']}/change/"
    shown = re.search(
        r'<textarea name="description".*?>\n?(.*?)</textarea>', marketing.get(path).content.decode(), re.S
    )
    assert shown
    done = send(marketing, path, name="Green tea", description=shown[1].replace("\n", "\r\n"))
    assert "Changed the product" in words(done)
    assert (sandbox.state("product")[0]["name"], sandbox.state("product")[0]["description"]) == ("Green tea", long)


def test_somebody_elses_change_in_the_meantime_is_not_overwritten(marketing: Person, sandbox: SandboxAccount) -> None:
    drink = sandbox.add("product_category", name="Drinks")
    path = f"{ROOT['category']}{drink['uuid']}/change/"
    page = marketing.get(path).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    send(marketing, path, name="Cold drinks")
    late = marketing.post(path, {"form_token": "a-form-of-its-own-1", "seen": seen and seen[1], "name": "Hot drinks"})
    assert late.status_code == 409
    assert "changed in the meantime" in words(late)
    assert 'value="Hot drinks"' in late.content.decode()  # what was typed stays
    assert sandbox.state("product_category")[0]["name"] == "Cold drinks"


@both
def test_it_is_deleted_once_its_identifier_is_typed(marketing: Person, sandbox: SandboxAccount, sort: str) -> None:
    row = sandbox.add(KIND[sort], external_identifier="x-1")
    path = f"{ROOT[sort]}{row['uuid']}/delete/"
    assert send(marketing, path, typed="x-2").status_code == 422
    assert sandbox.state(KIND[sort])
    data = {"form_token": token(marketing.get(path)), "typed": "x-1"}
    assert f"Deleted the {sort} x-1." in words(marketing.post(path, data, follow=True))
    assert sandbox.state(KIND[sort]) == []
    assert f"Deleted the {sort} x-1." in words(marketing.post(path, data, follow=True))  # the second click
    assert marketing.get(f"{ROOT[sort]}{row['uuid']}/").status_code == 404
    assert writes(sandbox) == [f"delete_{sort}"]


@pytest.mark.parametrize("typed", ["", "   ", "a\x00b", "a\u2028b", "x" * 251])
def test_bad_input_is_refused_beside_its_field_and_never_sent(
    marketing: Person, sandbox: SandboxAccount, typed: str
) -> None:
    page = send(marketing, f"{ROOT['product']}new/", identifier="x-1", name=typed)
    assert page.status_code == 422
    assert 'id="id_name-e"' in page.content.decode()
    assert 'value="x-1"' in page.content.decode()
    assert writes(sandbox) == []


def test_an_identifier_that_looks_like_an_address_stays_out_of_the_figures(
    marketing: Person, sandbox: SandboxAccount
) -> None:
    send(marketing, f"{ROOT['product']}new/", identifier="tea@shop", name="Tea")
    act = Act.objects.get()
    assert act.figures == {"identifier": "with an @ in it"}
    assert ActDetail.objects.get(act=act).words["identifier"] == "tea@shop"


def test_when_piggy_is_down_that_is_said(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_products", kind="503", times=9)
    page = marketing.get(ROOT["product"])
    assert page.status_code == 503
    assert "Maintenance" in words(page)


def test_who_may_only_look_sees_nothing_to_press(desk: Person, marketing: Person, sandbox: SandboxAccount) -> None:
    assert desk.get(ROOT["product"]).status_code == 403
    assert "New product" in words(marketing.get(ROOT["product"]))
