"""Perks: seen by all, made, renamed and deleted by an admin, each once."""

from typing import Any

import pytest

from piggyadmin.ledger.models import Act
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from tests.catalogue.hands import asked, send, text, token
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

LIST, NEW = "/catalogue/perks/", "/catalogue/perks/new/"
REFILLS = {"label": "Free refills", "name": "free_refills", "data_type": "boolean", "begins": "false", "options": ""}
BEANS = {
    "label": "Off the beans",
    "name": "off_beans",
    "data_type": "single_select",
    "options": "Nothing = 0\r\n5 % = five\r\n\r\nTen percent",
}


def perk(sandbox: SandboxAccount, **fields: Any) -> str:
    return str(sandbox.add("perk", **fields)["uuid"])


def test_everybody_sees_the_perks_and_finds_one(desk: Person, sandbox: SandboxAccount) -> None:
    perk(sandbox, label="Free refills", name="free_refills")
    options = [{"label": "Nothing", "value": "0", "default": True}, {"label": "5 %", "value": "5", "default": False}]
    perk(sandbox, label="Off the beans", data_type="single_select", options=options)
    told = text(desk.get(LIST))
    assert "2 perks" in told
    assert "Nothing (default), 5 %" in told
    assert "New perk" not in told, "the desk makes none"
    assert "1 perk of 2" in text(desk.get(f"{LIST}?q=REFILLS"))
    assert "1 perk of 2" in text(desk.get(f"{LIST}?kind=single_select"))
    assert "No perk is like that" in text(desk.get(f"{LIST}?q=parking"))


def test_a_perk_of_yes_and_no_is_made(admin: Person, sandbox: SandboxAccount) -> None:
    answer = send(admin, NEW, **REFILLS)
    (made,) = sandbox.state("perk")
    assert answer["Location"] == f"/catalogue/perks/{made['uuid']}/"
    assert [(each["value"], each["default"]) for each in made["options"]] == [("false", True), ("true", False)]
    page = text(admin.get(answer["Location"]))
    assert "Made a perk." in page
    assert "No false the default" in page, "its values were read again: the answer had none"


def test_a_perk_of_several_values_begins_with_the_first(admin: Person, sandbox: SandboxAccount) -> None:
    assert send(admin, NEW, **BEANS).status_code == 303
    (made,) = sandbox.state("perk")
    assert [(each["label"], each["value"], each["default"]) for each in made["options"]] == [
        ("Nothing", "0", True),
        ("5 %", "five", False),
        ("Ten percent", "ten_percent", False),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label": ""}, "Give it a name."),
        ({"label": "a\x07b"}, "control character"),
        ({"name": "Free Refills"}, "Small letters"),
        ({"name": "1st"}, "Small letters"),
        ({"data_type": "text"}, "Choose one of the two."),
        ({"begins": ""}, "Choose one of the two."),
        ({"data_type": "single_select", "options": "One"}, "two values or more"),
        ({"data_type": "single_select", "options": "One\nOne"}, "Two lines have the key one"),
        ({"data_type": "single_select", "options": "One\n无"}, "needs a key"),
        ({"data_type": "single_select", "options": "One\n= key"}, "needs a key"),
        ({"data_type": "single_select", "options": "\n".join(map(str, range(31)))}, "31 values"),
        ({"data_type": "single_select", "options": "One\nTwo = " + "x" * 120}, "longer than 100"),
    ],
)
def test_what_piggy_would_refuse_never_reaches_it(
    admin: Person, sandbox: SandboxAccount, wrong: dict[str, str], said: str
) -> None:
    answer = send(admin, NEW, **{**REFILLS, **wrong})
    assert answer.status_code == 422
    assert said in text(answer)
    assert "free_refills" in answer.content.decode() or "name" in wrong, "what was typed stays"
    assert asked(sandbox, "create_perk") == 0


def test_a_key_that_is_taken_is_told_and_what_was_typed_stays(admin: Person, sandbox: SandboxAccount) -> None:
    perk(sandbox, name="free_refills")
    answer = send(admin, NEW, **REFILLS)
    assert answer.status_code == 409
    assert "There is a perk of this key already." in text(answer)
    assert 'value="Free refills"' in answer.content.decode()
    assert asked(sandbox, "create_perk") == 0
    again = admin.post(NEW, {**REFILLS, "name": "refills", "form_token": token(answer)})
    assert again.status_code == 303, "the form shown again is a whole one"
    assert asked(sandbox, "create_perk") == 1


def test_a_perk_is_renamed(admin: Person, sandbox: SandboxAccount) -> None:
    uuid = perk(sandbox, label="Free refills")
    page = f"{LIST}{uuid}/"
    assert send(admin, f"{page}rename/", opened=page, label="Refills").status_code == 303
    told = text(admin.get(page))
    assert "Renamed the perk." in told
    assert sandbox.state("perk")[0]["label"] == "Refills"
    act = Act.objects.get(action="perk.rename")
    assert act.target_id == uuid
    assert "Refills" not in str(act.figures), "words stand beside the chain, where they can be erased"


def test_an_empty_or_equal_name_is_refused_beside_its_field(admin: Person, sandbox: SandboxAccount) -> None:
    page = f"{LIST}{perk(sandbox, label='Free refills')}/"
    assert "Give it a name." in text(send(admin, f"{page}rename/", opened=page, label=" "))
    same = send(admin, f"{page}rename/", opened=page, label="Free refills")
    assert same.status_code == 422
    assert "That is its name already." in text(same)
    assert asked(sandbox, "update_perk") == 0


def test_a_name_that_changed_meanwhile_is_not_overwritten(admin: Person, sandbox: SandboxAccount) -> None:
    uuid = perk(sandbox, label="Free refills")
    page = f"{LIST}{uuid}/"
    values = {"label": "Refills", "before": "Free refills", "form_token": token(admin.get(page))}
    sandbox.add("perk", uuid=uuid, label="Endless coffee")
    assert admin.post(f"{page}rename/", values).status_code == 303
    assert "Somebody renamed it meanwhile." in text(admin.get(page))
    assert asked(sandbox, "update_perk") == 0


def test_a_perk_is_deleted_once_its_key_was_typed(admin: Person, sandbox: SandboxAccount) -> None:
    uuid = perk(sandbox, label="Free refills", name="free_refills")
    page = f"{LIST}{uuid}/delete/"
    assert "Every tier loses it at once." in text(admin.get(page))
    wrong = send(admin, page, typed="Free refills")
    assert wrong.status_code == 422
    assert "That is not its key." in text(wrong)
    assert len(sandbox.state("perk")) == 1
    gone = send(admin, page, typed="free_refills")
    assert gone["Location"] == LIST
    assert "Deleted the perk." in text(admin.get(LIST))
    assert sandbox.state("perk") == []


def test_a_second_click_tells_that_it_is_deleted(admin: Person, sandbox: SandboxAccount) -> None:
    page = f"{LIST}{perk(sandbox, name='free_refills')}/delete/"
    values = {"typed": "free_refills", "form_token": token(admin.get(page))}
    assert admin.post(page, values).status_code == 303
    assert admin.post(page, values)["Location"] == LIST
    assert asked(sandbox, "delete_perk") == 1


def test_where_piggy_no_longer_deletes_perks_that_is_said(
    admin: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"{LIST}{perk(sandbox, name='free_refills')}/"

    def gone(client: Piggy, perk_uuid: str) -> None:
        raise PiggyRejected("Piggy refused it.", status=405)

    monkeypatch.setattr(Piggy, "delete_perk", gone)
    send(admin, f"{page}delete/", typed="free_refills")
    assert "Delete it in Piggy’s own dashboard." in text(admin.get(page))


@pytest.mark.parametrize("rest", ["", "delete/"])
def test_a_perk_that_is_gone_is_said_to_be_gone(admin: Person, sandbox: SandboxAccount, rest: str) -> None:
    page = admin.get(f"{LIST}no-such-perk/{rest}")
    assert page.status_code == 404
    assert "Piggy has no perk with this id" in text(page)


def test_marketing_changes_no_perk(marketing: Person, sandbox: SandboxAccount) -> None:
    uuid = perk(sandbox)
    for rest in ("new/", f"{uuid}/delete/"):
        assert marketing.get(f"{LIST}{rest}").status_code == 403
    assert marketing.post(f"{LIST}{uuid}/rename/", {}).status_code == 403
    assert "Rename it" not in text(marketing.get(f"{LIST}{uuid}/"))
