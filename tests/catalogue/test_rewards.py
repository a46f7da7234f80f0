"""Rewards: seen by all, changed by marketing in two steps, and nothing of somebody else's overwritten."""

from typing import Any

import pytest

from piggyadmin.ledger.models import Act, ActDetail
from tests.catalogue.hands import asked, send, text, token
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

LIST = "/catalogue/rewards/"


@pytest.fixture
def tote(sandbox: SandboxAccount) -> str:
    """A reward with two attributes of the account's own."""
    sandbox.add_attribute("till_sku", entity="reward", label="Till key")
    sandbox.add_attribute("weight", "number", entity="reward", label="Weight")
    made = sandbox.add_reward(
        "Tote bag",
        description="Cotton.",
        required_credits=75,
        stock=12,
        pre_redeemable=True,
        expiration_duration=30 * 86_400,
        attributes={"till_sku": "TOTE1", "weight": 200},
    )
    return str(made["uuid"])


def row(sandbox: SandboxAccount, uuid: str) -> dict[str, Any]:
    return next(each for each in sandbox.state("reward") if each["uuid"] == uuid)


def typed(**more: Any) -> dict[str, Any]:
    return {
        "title": "Tote bag",
        "description": "Cotton.",
        "required_credits": "75",
        "a_till_sku": "TOTE1",
        "a_weight": "200",
        **more,
    }


def test_everybody_sees_the_rewards_cheapest_first(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_reward("Beans", required_credits=400)
    sandbox.add_reward("Cake", required_credits=200)
    sandbox.add_reward("Parasol", required_credits=500, is_active=False)
    sandbox.add_reward("Cinema ticket", required_credits=900, reward_type="DIGITAL")
    told = text(desk.get(LIST))
    assert "4 rewards" in told
    assert "3 active, 1 off" in told
    assert told.index("Cake") < told.index("Beans") < told.index("Cinema")
    for query, count in (("state=off", 1), ("kind=DIGITAL", 1), ("q=c", 2), ("q=none", 0)):
        assert f"{count} reward{'' if count == 1 else 's'} of 4" in text(desk.get(f"{LIST}?{query}"))


def test_a_shop_shows_what_it_gives(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_reward("Everywhere")
    elsewhere = sandbox.add_shop("Amersfoort")["uuid"]
    sandbox.add_reward("Elsewhere", shop_uuids=[elsewhere])
    told = text(desk.get(f"{LIST}?shop=shop-utrecht"))
    assert "Everywhere" in told
    assert "Elsewhere" not in told
    assert desk.get(f"{LIST}?shop=unknown").status_code == 422


def test_the_list_is_a_file(desk: Person, sandbox: SandboxAccount, tote: str) -> None:
    lines = desk.get(f"{LIST}?csv=1").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("reward_uuid,title,description,kind,active,required_credits")
    assert lines[1].startswith(f"{tote},Tote bag,Cotton.,PHYSICAL,true,75,true,2592000,")
    assert '""till_sku"": ""TOTE1""' in lines[1]


def test_one_reward_tells_stock_and_attributes(desk: Person, sandbox: SandboxAccount, tote: str) -> None:
    told = text(desk.get(f"{LIST}{tote}/"))
    for said in ("75", "12", "in stock", "within 30 days", "Till key", "TOTE1"):
        assert said in told
    assert "Change e" not in told, "the desk changes none"


def test_a_reward_that_is_gone_is_said_to_be_gone(admin: Person, sandbox: SandboxAccount) -> None:
    for rest in ("", "change/"):
        assert admin.get(f"{LIST}no-such-reward/{rest}").status_code == 404


def test_without_the_definitions_the_rest_stands(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    sandbox.fault("list_reward_attributes", kind="500", times=-1)
    page = text(marketing.get(f"{LIST}{tote}/"))
    assert "TOTE1" in page
    assert "could not be read" in page
    form = marketing.get(f"{LIST}{tote}/change/").content.decode()
    assert "Its attributes cannot be changed now" in form
    assert "a_till_sku" not in form


def test_what_would_change_is_shown_first_and_then_saved(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    page = f"{LIST}{tote}/change/"
    values = typed(required_credits="90", a_till_sku="TOTE2")
    preview = send(marketing, page, **values)
    assert preview.status_code == 200
    told = text(preview)
    assert "2 changes" in told
    assert "75 90" in told.replace("Credits it costs", "")
    assert "TOTE1 TOTE2" in told
    assert asked(sandbox, "update_reward") == 0
    saved = send(marketing, page, **values, step="save")
    assert saved["Location"] == f"{LIST}{tote}/"
    assert (row(sandbox, tote)["required_credits"], row(sandbox, tote)["attributes"]["till_sku"]) == (90, "TOTE2")
    assert row(sandbox, tote)["title"] == "Tote bag"
    (call,) = [call for call in sandbox.calls if call.operation == "update_reward"]
    assert call.body == {"required_credits": 90, "till_sku": "TOTE2"}, "only what changes is sent"
    assert "Changed the reward." in text(marketing.get(f"{LIST}{tote}/"))


def test_the_preview_carries_everything_that_was_typed(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    page = f"{LIST}{tote}/change/"
    preview = send(marketing, page, **typed(title="Tote “bag” <b>", description="One\r\ntwo"))
    html = preview.content.decode()
    assert "Tote “bag” &lt;b&gt;" in html
    hidden = {"title": "Tote “bag” <b>", "description": "One\ntwo"}
    saved = marketing.post(
        page, {**typed(**hidden), "form_token": token(preview), "shown": _shown(html), "step": "save"}
    )
    assert saved.status_code == 303
    assert row(sandbox, tote)["title"] == "Tote “bag” <b>"
    assert row(sandbox, tote)["description"] == "One\ntwo"


def _shown(html: str) -> str:
    return html.split('name="shown" value="')[1].split('"')[0]


def test_one_may_change_something_else_before_saving(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    again = send(marketing, f"{LIST}{tote}/change/", **typed(title="Bag"), step="again")
    assert 'value="Bag"' in again.content.decode()
    assert "See what changes" in text(again)
    assert asked(sandbox, "update_reward") == 0


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    marketing: Person, sandbox: SandboxAccount, tote: str
) -> None:
    page = f"{LIST}{tote}/change/"
    opened = marketing.get(page).content.decode()
    form = {**typed(title="Bag"), "form_token": token(marketing.get(page)), "shown": _shown(opened), "step": "save"}
    sandbox.add_reward("Linen bag", uuid=tote, required_credits=75)
    answer = marketing.post(page, form)
    assert answer.status_code == 409
    assert "Somebody changed the reward meanwhile" in text(answer)
    assert 'value="Bag"' in answer.content.decode(), "what was typed stays"
    assert asked(sandbox, "update_reward") == 0
    assert not Act.objects.filter(action="reward.change").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "Nothing is changed yet."),
        ({"title": ""}, "Give it a title."),
        ({"required_credits": "lots"}, "Type a whole number"),
        ({"required_credits": ""}, "0 for nothing"),
        ({"required_credits": "99999999999"}, "too much"),
        ({"description": ""}, "Piggy cannot be told to empty a description"),
        ({"description": "a\x07"}, "control character"),
        ({"a_weight": "heavy"}, "Type a number"),
    ],
)
def test_what_is_typed_wrong_never_reaches_piggy(
    marketing: Person, sandbox: SandboxAccount, tote: str, wrong: dict[str, str], said: str
) -> None:
    answer = send(marketing, f"{LIST}{tote}/change/", **typed(**wrong), step="save")
    assert answer.status_code == 422
    assert said in text(answer)
    assert asked(sandbox, "update_reward") == 0


def test_an_attribute_can_be_emptied_and_free_is_a_price(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    send(marketing, f"{LIST}{tote}/change/", **typed(a_till_sku="", required_credits="0"), step="save")
    assert row(sandbox, tote)["required_credits"] == 0
    assert row(sandbox, tote)["attributes"]["till_sku"] in (None, "")


def test_the_words_stand_beside_the_chain(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    send(marketing, f"{LIST}{tote}/change/", **typed(title="Bag"), step="save")
    act = Act.objects.get(action="reward.change")
    assert act.figures == {"fields": ["title"]}
    kept = ActDetail.objects.get(act=act, event=None).words
    assert (kept["before"], kept["after"]) == ({"title": "Tote bag"}, {"title": "Bag"})


def test_a_second_click_saves_once(marketing: Person, sandbox: SandboxAccount, tote: str) -> None:
    page = f"{LIST}{tote}/change/"
    opened = marketing.get(page)
    form = {**typed(title="Bag"), "form_token": token(opened), "shown": _shown(opened.content.decode()), "step": "save"}
    for _ in range(2):
        assert marketing.post(page, form)["Location"] == f"{LIST}{tote}/"
    assert asked(sandbox, "update_reward") == 1


def test_the_desk_changes_no_reward(desk: Person, sandbox: SandboxAccount, tote: str) -> None:
    assert desk.get(f"{LIST}{tote}/change/").status_code == 403
    assert desk.post(f"{LIST}{tote}/change/", typed(title="Mine")).status_code == 403
