"""The catalogue: the programme, perks, rewards, shops, forms, subscription types and the brand kit."""

from tests.actions.browsing import Visit
from tests.actions.rows import BEYOND, COMPOSIO, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

PROGRAMME, PERKS, REWARDS = "/catalogue/programme/", "/catalogue/perks/", "/catalogue/rewards/"


def refills(sandbox: SandboxAccount) -> str:
    return str(sandbox.add("perk", label="Free refills", name="free_refills")["uuid"])


def see_programme(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, PROGRAMME).says("Koffie & Co punten", "50,000 credits", "Purchase amount", "live")


def see_tiers(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_tier("Gold", description="Free refills.")
    Visit(person, PROGRAMME).says("1 tier", "Gold", "Free refills.")


def see_giftcard_programs(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("giftcard_program", name="Winter", max_amount_in_cents=15_000)
    Visit(person, PROGRAMME).says("Winter", "up to € 150.00")


def see_units(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, PROGRAMME).says("1 unit", "Purchase amount", "the default")


def make_unit(person: Person, sandbox: SandboxAccount) -> None:
    new = Visit(person, PROGRAMME).follow("New unit")
    new.press("Make the unit", label="Visits", name="visits").says("Made a unit.", "2 units", "Visits")


def see_perks(person: Person, sandbox: SandboxAccount) -> None:
    refills(sandbox)
    Visit(person, "/catalogue/").follow("Perks").says("1 perk", "Free refills", "yes or no", "No (default)")


def see_perk(person: Person, sandbox: SandboxAccount) -> None:
    refills(sandbox)
    Visit(person, PERKS).follow("Free refills").says("free_refills", "Yes true", "the default")


def make_perk(person: Person, sandbox: SandboxAccount) -> None:
    new = Visit(person, PERKS).follow("New perk")
    values = {"label": "Off beans", "name": "off_beans", "data_type": "single_select", "options": "None\n5 % = five"}
    new.press("Make the perk", **values).says("Made a perk.", "Off beans", "5 %", "the default")


def rename_perk(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, f"{PERKS}{refills(sandbox)}/").press("Rename", label="Refills").says("Renamed the perk.", "Refills")


def delete_perk(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, f"{PERKS}{refills(sandbox)}/").follow("Delete it").says("Every tier loses it at once.")
    page.press("Delete the perk", typed="free_refills").says("Deleted the perk.", "No perk yet")


def see_rewards(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_reward("Tote bag", required_credits=75)
    Visit(person, REWARDS).says("1 reward", "Tote bag", "75", "active").press("Show", q="tote").says("1 reward of 1")


def see_reward(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_reward("Tote bag", required_credits=75, stock=12)
    Visit(person, REWARDS).follow("Tote bag").says("75", "12", "in stock", "Cost price")


def change_reward(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_reward("Tote bag", required_credits=75)["uuid"]
    form = Visit(person, f"{REWARDS}{uuid}/").follow("Change")
    seen = form.press("See what changes", required_credits="90").says("1 change", "75", "90")
    seen.press("Save this change").says("Changed the reward.", "90")


def see_shops(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, "/catalogue/shops/").says("1 shop", "Utrecht West", "can be picked")


def see_shop(person: Person, sandbox: SandboxAccount) -> None:
    Visit(person, "/catalogue/shops/shop-utrecht/").says("Utrecht West", "At Piggy", "Europe/Amsterdam")


def see_forms(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("form", name="How was it?")
    sandbox.add("form", name="Draft", status="DRAFT")
    page = Visit(person, "/catalogue/forms/").says("2 forms", "How was it?", "published")
    page.press("Show", status="DRAFT").says("1 form", "a draft")


def see_subscription_types(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_subscription_type("Newsletter", "OPT_IN")
    Visit(person, "/catalogue/subscription-types/").says("1 type", "Newsletter", "who asks for it")


def see_brand(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("brand_kit", primary_color="#7A3B1D", font_family="Work Sans")
    Visit(person, "/catalogue/brand/").says("Primary", "#7A3B1D", "Work Sans")


ROWS: list[Row] = [
    Row(COMPOSIO, "List Forms", "catalogue:forms", "marketing", "list_forms", see_forms),
    Row(COMPOSIO, "List Perks", "catalogue:perks", "desk", "list_perks", see_perks),
    Row(METORIAL, "get_loyalty_program", "catalogue:programme", "desk", "get_loyalty_program", see_programme),
    Row(METORIAL, "get_loyalty_program tiers", "catalogue:programme", "desk", "list_tiers", see_tiers),
    Row(
        METORIAL,
        "get_loyalty_program gift card programmes",
        "catalogue:programme",
        "desk",
        "list_giftcard_programs",
        see_giftcard_programs,
    ),
    Row(METORIAL, "list_shops of the account", "catalogue:shops", "desk", "list_shops", see_shops),
    Row(METORIAL, "list_shops one", "catalogue:shop", "desk", "get_shop", see_shop),
    Row(METORIAL, "list_rewards of the account", "catalogue:rewards", "desk", "list_rewards", see_rewards),
    Row(BEYOND, "See a reward whole", "catalogue:reward", "desk", "get_reward", see_reward),
    Row(BEYOND, "Change a reward", "catalogue:reward-change", "marketing", "update_reward", change_reward),
    Row(BEYOND, "List units", "catalogue:programme", "desk", "list_units", see_units),
    Row(BEYOND, "Make a unit", "catalogue:unit-new", "admin", "create_unit", make_unit),
    Row(BEYOND, "See a perk", "catalogue:perk", "desk", "get_perk", see_perk),
    Row(BEYOND, "Make a perk", "catalogue:perk-new", "admin", "create_perk", make_perk),
    Row(BEYOND, "Rename a perk", "catalogue:perk-rename", "admin", "update_perk", rename_perk),
    Row(BEYOND, "Delete a perk", "catalogue:perk-delete", "admin", "delete_perk", delete_perk),
    Row(
        BEYOND,
        "List subscription types",
        "catalogue:subscription-types",
        "marketing",
        "list_subscription_types",
        see_subscription_types,
    ),
    Row(BEYOND, "See the brand kit", "catalogue:brand", "marketing", "get_brand_kit", see_brand),
]
