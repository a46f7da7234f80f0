"""Change a customer: what the desk sees, what is sent to Piggy, and what is never written over."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from contacts.editing import changing
from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}


class Page:
    """One person's edit page, used as a browser does: by what stands in its form."""

    def __init__(self, person: Person, uuid: str, *, htmx: bool = False) -> None:
        self.person, self.path = person, f"/contacts/{uuid}/edit/"
        self.headers = HTMX if htmx else {}
        self.open()

    def open(self) -> "Page":
        return self._keep(self.person.get(self.path))

    def save(self, **typed: Any) -> "Page":
        """Send the form with these attributes changed."""
        self.sent = {**self.fields, **{f"a_{name}": value for name, value in typed.items()}}
        return self.again()

    def again(self) -> "Page":
        """The same form once more: a second click."""
        return self._keep(self.person.post(self.path, self.sent, headers=self.headers))

    def keep(self, **picks: str) -> "Page":
        """Choose between two values: "mine" or "theirs"."""
        self.sent = {**self.fields, **{f"keep_{name}": pick for name, pick in picks.items()}}
        return self.again()

    def _keep(self, page: Any) -> "Page":
        self.page, self.status, self.text = page, page.status_code, page.content.decode()
        if 'name="form_token"' in self.text:
            self.fields = fields_in(self.text)
        return self

    def errors(self) -> list[str]:
        found = re.findall(r'<span class="error"[^>]*><svg.*?</svg>(.*?)</span>', self.text, re.DOTALL)
        return [unescape(words) for words in found]


def fields_in(text: str) -> dict[str, Any]:
    """What a browser would send of the edit form as it stands."""
    form = re.search(r'<form method="post" action="/contacts/[^"]+/edit/".*?</form>', text, re.DOTALL).group()
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if re.search(r'type="(radio|checkbox)"', tag) and " checked" not in tag:
            continue
        put(sent, name.group(1), unescape(value.group(1)) if value else "", many='type="checkbox"' in tag)
    for name, inside in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = unescape(inside)
    for name, inside in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        sent[name] = unescape(chosen.group(1)) if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def put(sent: dict[str, Any], name: str, value: str, *, many: bool) -> None:
    if many:
        sent.setdefault(name, []).append(value)
    else:
        sent[name] = value


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact(
        "sanne@mail.example",
        firstname="Sanne",
        lastname="Visser",
        phonenumber="+31612345678",
        birthdate="1990-05-01",
        address="Laan 1, Utrecht",
    )


@pytest.fixture
def values(sandbox: SandboxAccount, sanne: dict) -> Callable[[], dict[str, Any]]:
    """What Piggy's books say of her now."""
    return lambda: next(row["values"] for row in sandbox.state("contact") if row["uuid"] == sanne["uuid"])


def sent_attributes(sandbox: SandboxAccount) -> list[dict[str, Any]]:
    return [call.body["attributes"] for call in sandbox.calls if call.operation == "update_contact"]


def change_elsewhere(sandbox: SandboxAccount, uuid: str, **attributes: Any) -> None:
    """What somebody does in Piggy's own dashboard meanwhile."""
    from piggyadmin import piggy

    piggy.get_client().update_contact(contact_uuid=uuid, attributes=attributes)
    sandbox.forget_calls()


# --- as it should go -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_only_what_was_changed_is_sent_and_told(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable, htmx: bool
) -> None:
    page = Page(desk, sanne["uuid"], htmx=htmx).save(firstname="Sanna", birthdate="1991-06-02")
    assert sent_attributes(sandbox) == [{"firstname": "Sanna", "birthdate": "1991-06-02"}]
    assert values()["firstname"] == "Sanna"
    assert values()["lastname"] == "Visser"
    where = page.page.headers["HX-Redirect"] if htmx else page.page.headers["Location"]
    assert where == f"/contacts/{sanne['uuid']}/"
    assert "Saved first name and birthday." in desk.get(where).text


def test_it_keeps_old_and_new_as_words_and_only_names_as_figures(
    desk: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    Page(desk, sanne["uuid"]).save(lastname="de Wit")
    act = Act.objects.get(action="contact.update")
    assert act.figures["fields"] == ["lastname"]
    assert "Wit" not in str(act.figures)
    words = ActDetail.objects.get(act=act, event=None).words
    assert words == {"before": {"lastname": "Visser"}, "after": {"lastname": "de Wit"}}
    assert act.contact_id == sanne["uuid"]


def test_a_form_sent_back_as_it_came_sends_nothing(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"]).save()
    assert page.status == 200
    assert "You changed nothing" in page.text
    assert sent_attributes(sandbox) == []
    assert not Act.objects.filter(action="contact.update").exists()


def test_a_field_is_emptied_with_null(desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable) -> None:
    Page(desk, sanne["uuid"]).save(address="  ")
    assert sent_attributes(sandbox) == [{"address": None}]
    assert values()["address"] is None


def test_the_phone_is_shown_as_here_and_kept_international(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable
) -> None:
    page = Page(desk, sanne["uuid"])
    assert page.fields["a_phonenumber"] == "06 12345678"
    page.save(phonenumber="06-8765 4321")
    assert values()["phonenumber"] == "+31687654321"


def test_a_phone_kept_in_another_spelling_is_not_changed_by_opening_it(
    desk: Person, sandbox: SandboxAccount, values: Callable, sanne: dict
) -> None:
    change_elsewhere(sandbox, sanne["uuid"], phonenumber="06 1234 5678")
    page = Page(desk, sanne["uuid"]).save(firstname="Sanna")
    assert page.status == 303
    assert sent_attributes(sandbox) == [{"firstname": "Sanna"}]
    Page(desk, sanne["uuid"]).save(phonenumber="+31 6 12345678")
    assert values()["phonenumber"] == "06 1234 5678", "it is the same number"


def test_the_e_mail_is_read_only(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"])
    assert "sanne@mail.example" in page.text
    assert "never lets an e-mail address be changed" in page.text
    assert "a_email" not in page.fields
    page.save(email="other@mail.example", firstname="Sanna")
    assert sent_attributes(sandbox) == [{"firstname": "Sanna"}]


def test_an_anonymous_customer_is_told_apart(desk: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_contact(anonymous=True)["uuid"]
    page = Page(desk, uuid)
    assert "No e-mail address yet" in page.text
    assert "anonymous.example" not in page.text
    assert page.save(firstname="Omar").status == 303


# --- who may what --------------------------------------------------------------------------------------------------


def test_the_desk_changes_six_and_an_admin_all(
    desk: Person, admin: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    sandbox.add_attribute("nickname", "text", label="Name on the cup")
    at_desk = Page(desk, sanne["uuid"])
    shown = {name for name in at_desk.fields if name.startswith("a_")}
    assert shown == {f"a_{name}" for name in ("firstname", "lastname", "phonenumber", "birthdate", "address", "locale")}
    assert "An admin can change this." in at_desk.text
    at_desk.save(nickname="Sun")
    assert sent_attributes(sandbox) == []
    Page(admin, sanne["uuid"]).save(nickname="Sun")
    assert sent_attributes(sandbox) == [{"nickname": "Sun"}]


def test_marketing_may_not(marketing: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    assert marketing.get(f"/contacts/{sanne['uuid']}/edit/").status_code == 403


def test_what_is_read_only_at_piggy_is_shown_as_such(admin: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.add_attribute("imported_from", "text", label="Imported from", soft=True)
    page = Page(admin, sanne["uuid"])
    assert "a_imported_from" not in page.fields
    assert "Filled in by Piggy" in page.text


def test_nobody_sees_what_lets_them_in_as_the_customer(admin: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    text = Page(admin, sanne["uuid"]).text
    assert "koffie.example/login" not in text
    assert "koffie.example/preferences" not in text
    assert "act as the customer" in text


# --- two people ----------------------------------------------------------------------------------------------------


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable
) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
    page.save(firstname="Sanna", address="Weg 2")
    assert page.status == 409
    assert sent_attributes(sandbox) == []
    assert "Suzanne" in page.text
    assert "Sanna" in page.text
    assert "Somebody changed first name while you had this page open" in page.text
    assert not Act.objects.filter(action="contact.update").exists()


@pytest.mark.parametrize(("pick", "expected"), [("mine", "Sanna"), ("theirs", "Suzanne")])
def test_the_person_decides_which_of_the_two_stands(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable, pick: str, expected: str
) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
    page.save(firstname="Sanna", address="Weg 2").keep(firstname=pick)
    assert page.status == 303
    assert values()["firstname"] == expected
    assert values()["address"] == "Weg 2"
    assert len(sent_attributes(sandbox)) == 1


def test_no_choice_sends_nothing_and_says_so(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
    page.save(firstname="Sanna")
    assert page.errors() == []
    page.keep()
    assert page.status == 422
    assert "Choose one of the two." in page.errors()
    assert sent_attributes(sandbox) == []
    assert page.keep(firstname="mine").status == 303


def test_a_second_change_while_deciding_is_asked_again(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable
) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
    page.save(firstname="Sanna")
    change_elsewhere(sandbox, sanne["uuid"], firstname="Susan")
    page.keep(firstname="mine")
    assert page.status == 409
    assert "Susan" in page.text
    assert values()["firstname"] == "Susan"


def test_what_somebody_else_changed_and_we_did_not_stays(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable
) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
    page.save(lastname="de Wit")
    assert page.status == 303
    assert sent_attributes(sandbox) == [{"lastname": "de Wit"}]
    assert values()["firstname"] == "Suzanne"


def test_the_same_change_by_two_people_is_no_quarrel(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable
) -> None:
    page = Page(desk, sanne["uuid"])
    change_elsewhere(sandbox, sanne["uuid"], firstname="Sanna")
    page.save(firstname="Sanna")
    assert page.status == 200
    assert sent_attributes(sandbox) == []


def test_a_change_right_before_the_call_is_seen(
    desk: Person, sandbox: SandboxAccount, sanne: dict, values: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(desk, sanne["uuid"])
    perform = changing.perform

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        change_elsewhere(sandbox, sanne["uuid"], firstname="Suzanne")
        return perform(*args, **kwargs)

    monkeypatch.setattr(changing, "perform", interrupted)
    page.save(firstname="Sanna")
    assert page.status == 409
    assert sent_attributes(sandbox) == []
    assert values()["firstname"] == "Suzanne"
    monkeypatch.setattr(changing, "perform", perform)
    assert page.keep(firstname="mine").status == 303
    assert values()["firstname"] == "Sanna"


# --- what goes wrong -----------------------------------------------------------------------------------------------


def test_a_second_click_shows_the_first(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"]).save(firstname="Sanna")
    assert page.again().status == 303
    assert len(sent_attributes(sandbox)) == 1
    assert "Saved first name." in desk.get(f"/contacts/{sanne['uuid']}/").text


def test_what_piggy_refuses_is_told_beside_the_field_and_nothing_is_lost(
    admin: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    sandbox.add_attribute("website", "url", label="Website")
    page = Page(admin, sanne["uuid"]).save(firstname="Sanna", website="HTTPS://KOFFIE.example")
    assert page.status == 409
    assert page.fields["a_firstname"] == "Sanna"
    assert "Nothing was saved." in page.text
    assert any(words.startswith("Piggy does not accept this") for words in page.errors())
    assert page.save(website="").status == 303, "the page brought a new token"


def test_what_cannot_be_changed_any_more_is_not_lost_in_silence(
    admin: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    sandbox.add_attribute("nickname", "text")
    page, other = Page(admin, sanne["uuid"]), Page(admin, sanne["uuid"])
    sandbox.add_attribute("nickname", "text", soft=True)
    page.save(nickname="Sun")
    assert page.status == 422
    assert "cannot be changed any more" in page.text
    assert other.save(firstname="Sanna").status == 303


def test_busy_is_not_done_and_the_same_form_may_be_sent_later(
    desk: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    page = Page(desk, sanne["uuid"])
    token = page.fields["form_token"]
    sandbox.fault("update_contact", kind="429", retry_after=30)
    page.save(firstname="Sanna")
    assert page.status == 409
    assert "Piggy is busy" in page.text
    assert page.fields["form_token"] == token
    assert page.fields["a_firstname"] == "Sanna"


def test_no_answer_is_unknown_and_nothing_more_is_saved_until_it_is_known(
    desk: Person, sandbox: SandboxAccount, sanne: dict
) -> None:
    page, other = Page(desk, sanne["uuid"]), Page(desk, sanne["uuid"])
    sandbox.fault("update_contact", kind="lost_before")
    page.save(firstname="Sanna")
    assert page.page.headers["Location"] == f"/contacts/{sanne['uuid']}/edit/"
    page.open()
    act = Act.objects.get(action="contact.update")
    assert f"/audit/{act.pk}/" in page.text
    assert "Save the changes" not in page.text
    other.save(lastname="de Wit")
    assert other.status == 409
    assert "Look at that first" in other.text
    assert len(sent_attributes(sandbox)) == 1


def test_without_the_list_of_attributes_the_desk_goes_on(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.fault("list_contact_attributes", kind="500", times=-1)
    page = Page(desk, sanne["uuid"])
    assert "could not be read" in page.text
    assert page.save(firstname="Sanna", locale="de").status == 303
    assert sent_attributes(sandbox) == [{"firstname": "Sanna", "locale": "de"}]


def test_with_piggy_down_it_says_so(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"])
    sandbox.broken = 503
    answer = desk.post(page.path, page.fields | {"a_firstname": "Sanna"})
    assert answer.status_code == 503
    assert 'name="a_firstname" value="Sanna"' in answer.text  # kept, to be sent again: see tests/test_sent_again.py
    assert desk.get(page.path).status_code == 503
    assert sent_attributes(sandbox) == []


def test_a_customer_who_is_gone_says_so(desk: Person, sandbox: SandboxAccount) -> None:
    assert desk.get("/contacts/nobody/edit/").status_code == 404


def test_a_form_without_its_fingerprints_changes_nothing(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    page = Page(desk, sanne["uuid"])
    for shown in ("", "x", "firstname=nothex", page.fields["shown"][:-3]):
        assert page.person.post(page.path, {**page.fields, "a_firstname": "X", "shown": shown}).status_code == 422
    assert sent_attributes(sandbox) == []


def test_a_fingerprint_of_another_customer_is_none(desk: Person, sandbox: SandboxAccount, sanne: dict) -> None:
    other = Page(desk, sandbox.add_contact("other@mail.example", firstname="Sanne")["uuid"])
    page = Page(desk, sanne["uuid"])
    page.fields["shown"] = other.fields["shown"]
    assert page.save(firstname="Sanna").status == 409
    assert sent_attributes(sandbox) == []
