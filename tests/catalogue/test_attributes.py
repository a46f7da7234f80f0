"""Attributes of everything that Piggy keeps: listed, made of every type, changed, grouped, refused."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piggyadmin.catalogue.attributes.lists import LISTS, TYPE_WORDS
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

ROOT = "/catalogue/attributes/"
SELECTS = ("select", "multi_select")
MAKERS = {"contact": "create_contact_attribute", "loyalty_transaction": "create_loyalty_transaction_attribute"}
MAKERS |= {"promotion-older": "create_promotion_attribute", "reward-older": "create_reward_attribute"}


def form_token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found
    return found[1]


def words(page: HttpResponse) -> str:
    text = re.sub(r"<(style|script)[ >].*?</\1>", " ", page.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def send(person: Person, path: str, **data: Any) -> HttpResponse:
    page = person.get(path)
    seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    hidden = {"form_token": form_token(page), **({"seen": seen[1]} if seen else {})}
    return person.post(path, {**hidden, **data}, follow=True)


def make(person: Person, of: str = "visit", **data: Any) -> HttpResponse:
    return send(person, f"{ROOT}{of}/new/", **{"name": "dish", "label": "Dish", "type": "text", **data})


def rows(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return sandbox.state("attribute")


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def test_contacts_come_first_with_what_piggy_fills_in_itself(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("dish", "select", options=[{"value": "1", "label": "Soup of the day"}])
    sandbox.add_attribute(MARK, entity="voucher")
    page = words(marketing.get(ROOT))
    assert "Soup of the day" in page
    assert "Piggy’s own." in page
    assert "New attribute" not in page  # marketing looks
    ours = words(marketing.get(f"{ROOT}?of=voucher"))
    assert "ours" in ours
    assert "This dashboard’s own mark" in ours


def test_it_is_narrowed_by_type_and_words(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("table", "number", entity="visit", label="Table")
    sandbox.add_attribute("dish", entity="visit", label="Dish")
    page = words(marketing.get(f"{ROOT}?of=visit&type=number"))
    assert "Visits: 1" in page
    assert "None of visits is like that" in words(marketing.get(f"{ROOT}?of=visit&q=zebra"))
    everything = words(marketing.get(f"{ROOT}?of=all&q=dish"))
    assert "Visits: 1" in everything
    assert "Rewards" not in everything.partition("Visits: 1")[0].partition("Show")[2]
    assert marketing.get(f"{ROOT}?of=nothing").status_code == 422
    assert "No attribute of shifts yet" in words(marketing.get(f"{ROOT}?of=shift"))


def test_a_list_that_fails_leaves_the_others_standing(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("note", entity="loyalty_transaction", label="Note")
    sandbox.fault("list_custom_attributes", kind="503", times=99)
    page = marketing.get(f"{ROOT}?of=all")
    assert page.status_code == 503
    assert "could not be read" in words(page)
    assert "Loyalty transactions: 1" in words(page)


def test_the_file_holds_what_the_list_shows(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("table", "number", entity="visit", label="Table")
    page = marketing.get(f"{ROOT}?of=visit&csv=1")
    lines = page.content.decode("utf-8-sig").strip().split("\r\n")
    assert lines[0].startswith("entity,name,label,type")
    assert lines[1].startswith("visit,table,Table,number")


@pytest.mark.parametrize("type", TYPE_WORDS)
def test_an_attribute_of_every_type_is_made(admin: Person, sandbox: SandboxAccount, type: str) -> None:
    options = "soup = Soup of the day\nstew" if type in SELECTS else ""
    page = make(admin, type=type, options=options, description="What they had")
    assert "Made the attribute dish of visits." in words(page)
    (row,) = rows(sandbox)
    assert (row["type"], row["label"], row["description"]) == (type, "Dish", "What they had")
    wanted = [{"value": "soup", "label": "Soup of the day"}, {"value": "stew", "label": "stew"}]
    assert row["options"] == (wanted if options else [])


@pytest.mark.parametrize("of", LISTS)
def test_each_list_is_made_by_its_own_call_and_once(admin: Person, sandbox: SandboxAccount, of: str) -> None:
    one = form_token(admin.get(f"{ROOT}{of}/new/"))
    for _ in range(2):
        data = {"form_token": one, "name": "dish", "label": "Dish", "type": "select", "options": "1 = Soup"}
        page = admin.post(f"{ROOT}{of}/new/", data, follow=True)
        assert f"Made the attribute dish of {LISTS[of].of}." in words(page)
    assert [(row["entity"], row["options"]) for row in rows(sandbox)] == [
        (of.removesuffix("-older"), [{"value": "1", "label": "Soup"}])
    ]
    assert writes(sandbox) == [MAKERS.get(of, "create_custom_attribute")]
    again = make(admin, of)
    assert again.status_code == 422
    assert "of this name" in words(again)


@pytest.mark.parametrize(
    ("field", "typed", "type"),
    [
        ("name", "Dish", "text"),
        ("name", "1st", "text"),
        ("name", "my dish", "text"),
        ("name", "x" * 65, "text"),
        ("name", MARK, "text"),
        ("label", "", "text"),
        ("type", "poem", "text"),
        ("options", "a = A", "text"),
        ("options", "", "select"),
        ("options", "a = A\na = B", "select"),
        ("options", " = A", "multi_select"),
        ("options", "\n".join(f"{n}" for n in range(101)), "select"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_never_sent(
    admin: Person, sandbox: SandboxAccount, field: str, typed: str, type: str
) -> None:
    page = make(admin, **{"type": type, field: typed})
    assert page.status_code == 422
    assert f'id="id_{field}-e"' in page.content.decode()
    assert writes(sandbox) == []


wild = st.text(max_size=40) | st.sampled_from(
    ["a = A", "a=A\r\nb", "\u202e= x", "dish", "credits", "a\x00", "=", "a = b = c"]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=wild | st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True), options=wild, label=wild)
@pytest.mark.parametrize("of", ["visit", "loyalty_transaction"])
def test_whatever_is_typed_is_refused_or_made(
    admin: Person, sandbox: SandboxAccount, of: str, name: str, options: str, label: str
) -> None:
    before = len(rows(sandbox))
    page = admin.post(
        f"{ROOT}{of}/new/",
        {
            "form_token": f"a-form-typed-wildly-{before}-{Act.objects.count()}",
            "name": name.encode("utf-8", "replace").decode(),
            "label": label.encode("utf-8", "replace").decode(),
            "type": "select",
            "options": options.encode("utf-8", "replace").decode(),
        },
    )
    assert page.status_code in (303, 409, 422)
    made = len(rows(sandbox)) - before
    if page.status_code == 303:
        assert made == 1
    else:
        assert made == 0
        assert "-e" in "".join(re.findall(r'class="error" id="id_(?:name|label|options)(-e)"', page.content.decode()))


def test_what_piggy_refuses_is_said_beside_the_field(admin: Person, sandbox: SandboxAccount) -> None:
    page = make(admin, "loyalty_transaction", name="credits")  # a key that transactions have already
    assert page.status_code == 409
    assert "is reserved" in words(page)
    assert 'id="id_name-e"' in page.content.decode()
    assert make(admin, "loyalty_transaction", name="table").status_code == 200


def test_it_is_changed_where_piggy_lets_us(admin: Person, sandbox: SandboxAccount) -> None:
    send(admin, f"{ROOT}visit/new-group/", name="kitchen", label="From the kitchen")
    sandbox.add_attribute("dish", "select", entity="visit", options=[{"value": "1", "label": "Soup"}])
    path = f"{ROOT}visit/dish/change/"
    data = {"label": "Dish of the day", "description": "Hot", "options": "1 = Soup\n2 = Stew", "group": "kitchen"}
    assert "Changed the attribute dish of visits." in words(send(admin, path, **data))
    (row,) = rows(sandbox)
    assert (row["label"], row["description"], row["group_name"]) == ("Dish of the day", "Hot", "kitchen")
    assert [each["label"] for each in row["options"]] == ["Soup", "Stew"]
    assert "Nothing was changed" in words(send(admin, path, **data))
    assert send(admin, path, **{**data, "description": ""}).status_code == 422  # Piggy would keep the old one


def test_options_that_would_go_are_named_first(admin: Person, sandbox: SandboxAccount) -> None:
    both = [{"value": "1", "label": "Soup"}, {"value": "2", "label": "Stew"}]
    sandbox.add_attribute("dish", "multi_select", entity="visit", label="Dish", options=both)
    path = f"{ROOT}visit/dish/change/"
    warned = send(admin, path, label="Dish", options="1 = Soup")
    assert warned.status_code == 422
    assert "1 option would go" in words(warned)
    assert "Whoever has one of them keeps it" in words(warned)
    assert len(rows(sandbox)[0]["options"]) == 2
    assert "Changed the attribute" in words(send(admin, path, label="Dish", options="1 = Soup", sure="on"))
    assert rows(sandbox)[0]["options"] == both[:1]


def test_options_that_cannot_be_typed_are_left_alone(admin: Person, sandbox: SandboxAccount) -> None:
    odd = [{"value": "a=b", "label": "Both"}]
    sandbox.add_attribute("dish", "select", entity="visit", label="Dish", options=odd)
    path = f"{ROOT}visit/dish/change/"
    assert "characters that cannot be typed here" in words(admin.get(path))
    send(admin, path, label="Other", options="1 = Soup")
    assert (rows(sandbox)[0]["label"], rows(sandbox)[0]["options"]) == ("Other", odd)


def test_somebody_elses_change_in_the_meantime_is_not_overwritten(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("dish", entity="visit", label="Dish")
    path = f"{ROOT}visit/dish/change/"
    old = re.search(r'name="seen" value="(\w+)"', admin.get(path).content.decode())
    send(admin, path, label="First")
    late = admin.post(path, {"form_token": "a-form-of-its-own-1", "seen": old and old[1], "label": "Second"})
    assert late.status_code == 409
    assert "changed in the meantime" in words(late)
    assert rows(sandbox)[0]["label"] == "First"


def test_the_older_list_of_promotions_is_changed_by_its_number(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_attribute("till_code", entity="promotion", label="Till code")
    send(admin, f"{ROOT}promotion-older/till_code/change/", label="Code")
    assert rows(sandbox)[0]["label"] == "Code"
    assert writes(sandbox) == ["update_promotion_attribute"]


@pytest.mark.parametrize(
    ("of", "name", "why"),
    [
        ("contact", "email", "Piggy’s own."),
        ("voucher", MARK, "This dashboard’s own mark"),
        ("reward-older", "sku", "no call that changes it"),
        ("loyalty_transaction", "note", "no call that changes it"),
    ],
)
def test_what_cannot_be_changed_says_why(admin: Person, sandbox: SandboxAccount, of: str, name: str, why: str) -> None:
    sandbox.add_attribute(MARK, entity="voucher")
    sandbox.add_attribute("sku", entity="reward")
    sandbox.add_attribute("note", entity="loyalty_transaction")
    assert why in words(admin.get(f"{ROOT}{of}/{name}/change/", follow=True))
    assert admin.get(f"{ROOT}visit/nothing/change/").status_code == 404
    assert admin.get(f"{ROOT}nothing/new/").status_code == 404
    assert admin.get(f"{ROOT}reward-older/new-group/").status_code == 404


def test_a_group_is_made_once(admin: Person, sandbox: SandboxAccount) -> None:
    path = f"{ROOT}booking/new-group/"
    assert "Made the group kitchen of bookings." in words(send(admin, path, name="kitchen", label="From the kitchen"))
    assert "From the kitchen" in words(admin.get(f"{ROOT}?of=booking"))
    assert send(admin, path, name="kitchen", label="Again").status_code == 422
    assert send(admin, path, name="Kit chen", label="Again").status_code == 422
    assert writes(sandbox) == ["create_custom_attribute_group"]
