"""The catalogue's first page: every part counted at once, each with its own failure, and only what one may open."""

import re

import pytest
from django.urls import reverse

from piggyadmin.accounts.roles import ROLES
from piggyadmin.catalogue.places import PLACES
from piggyadmin.catalogue.start.parts import GROUPS
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db


def parts_of(person: Person) -> dict[str, str]:
    """What the page shows: the part to its count, or to "not read"."""
    html = person.get("/catalogue/").content.decode()
    found = re.findall(r'<li><a href="[^"]+">([^<]+)</a>\s*<span class="[^"]+">(.*?)</span>', html, re.DOTALL)
    return {name.replace("&amp;", "&"): re.sub(r"<[^>]+>|\s+", " ", count).strip() for name, count in found}


def test_everything_is_counted_at_once(admin: Person, sandbox: SandboxAccount) -> None:
    for number in range(3):
        sandbox.add_reward(f"Reward {number}", is_active=number > 0)
    sandbox.add("perk")
    sandbox.add("form")
    sandbox.add_tier("Gold")
    sandbox.add("brand_kit", primary_color="#112233")
    sandbox.forget_calls()
    shown = parts_of(admin)
    assert shown["Rewards"] == "3"
    assert (shown["Perks"], shown["Forms"], shown["Tiers"], shown["Units"], shown["Brand"]) == ("1", "1", "1", "1", "1")
    asked = [call.operation for call in sandbox.calls]
    assert len(asked) == len(set(asked)), "one question for each part"
    assert "2 active" in admin.get("/catalogue/").content.decode()


def test_the_programme_stands_above(desk: Person, sandbox: SandboxAccount) -> None:
    assert "Koffie &amp; Co punten" in desk.get("/catalogue/").content.decode()


def test_one_that_fails_leaves_the_others_as_they_are(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_perks", kind="500", times=-1)
    shown = parts_of(admin)
    assert shown["Perks"] == "not read"
    assert shown["Units"] == "1"


def test_the_desk_sees_what_the_desk_may_open(desk: Person, admin: Person, sandbox: SandboxAccount) -> None:
    mine = parts_of(desk)
    assert {"Tiers", "Rewards", "Shops"} <= set(mine)
    assert not {"Forms", "Webhooks", "Brand", "Products", "Promotions"} & set(mine)
    assert {"Forms", "Webhooks", "Brand"} <= set(parts_of(admin))
    assert "list_forms" not in [call.operation for call in sandbox.calls[: len(mine) + 1]]


@pytest.mark.parametrize("role", ["desk", "marketing", "admin"])
def test_every_link_of_the_navigation_opens(role: str, request: pytest.FixtureRequest, sandbox: SandboxAccount) -> None:
    who: Person = request.getfixturevalue(role)
    html = who.get("/catalogue/").content.decode()
    (places,) = re.findall(r'<nav class="tabs places".*?</nav>', html, re.DOTALL)
    links = re.findall(r'href="([^"]+)"', places)
    assert links == [reverse(place.url_name) for place in PLACES if place.permission in ROLES[role]]
    for link in links:
        assert who.get(link).status_code == 200, link


def test_every_part_and_place_has_a_page() -> None:
    names = [place.url_name for place in PLACES] + [part.url_name for group in GROUPS for part in group.parts]
    assert all(reverse(name) for name in names)
    words = [part.words for group in GROUPS for part in group.parts]
    assert len(words) == len(set(words)), "they are told apart by their words"


def test_one_sees_where_one_is(admin: Person, sandbox: SandboxAccount) -> None:
    perk = sandbox.add("perk")["uuid"]
    html = admin.get(f"/catalogue/perks/{perk}/").content.decode()
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', html) == ["/catalogue/perks/"]
