"""The pages of catalogue, in every state."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto

YES_OR_NO = [{"label": "No", "value": "false", "default": True}, {"label": "Yes", "value": "true", "default": False}]
LONG = f"{LONG_NAME[:150]} {UNBROKEN_NAME}"


def furnished(visit: Visit) -> None:
    """An account with something of everything, and names of every kind."""
    sandbox = visit.sandbox
    for position, name in enumerate(("Bronze", "Silver", LONG), 1):
        sandbox.add_tier(name, position=position, description="From 250 credits a year.")
    sandbox.add_unit("visits")
    sandbox.add("giftcard_program", name="Winter", max_amount_in_cents=15_000, expiration_days=365)
    perk(visit)
    sandbox.add("perk", label=LONG, name="x" * 64)
    for title, more in (
        ("Free flat white", {"required_credits": 150}),
        (" ".join(ARABIC_NAME), {"required_credits": 1200, "is_active": False}),
        (LONG, {"required_credits": 2_000_000_000, "reward_type": "DIGITAL", "description": LONG}),
    ):
        sandbox.add_reward(title, **more)
    sandbox.add_shop("Web shop", type="web", reference="WEB")
    sandbox.add_shop(LONG, reference="R" * 60)
    for name, status, kind in (("How was it?", "PUBLISHED", "PUBLIC"), (LONG, "DRAFT", "PRIVATE")):
        sandbox.add("form", name=name, status=status, type=kind)
    sandbox.add("form", name="Odd", url="javascript:alert(1)")
    sandbox.add("automation", name="We miss you")
    sandbox.add("automation", name=LONG, event="tier_reached", status="inactive")
    sandbox.add_subscription_type("Newsletter", "DOUBLE_OPT_IN", description=LONG)
    sandbox.add_subscription_type("Old list", addressable=False, active=False)
    branded(visit)


def branded(visit: Visit, **more: Any) -> None:
    colors = {"primary_color": "#7A3B1D", "secondary_color": "#F4E7D3", "tertiary_color": "brown", **more}
    visit.sandbox.add(
        "brand_kit",
        **colors,
        quarternary_color="#D9A441",
        font_family="Work Sans",
        large_logo_url="https://cdn.koffie.example/hare.png",
        small_logo_url=f"http://cdn.koffie.example/{'x' * 200}.png",
    )


def perk(visit: Visit, label: str = "Free refills") -> str:
    options = [*YES_OR_NO, {"label": LONG, "value": "x" * 60, "default": False}]
    return str(visit.sandbox.add("perk", label=label, name="free_refills", options=options)["uuid"])


def reward(visit: Visit, title: str = "Tote bag") -> str:
    visit.sandbox.add_attribute("till_sku", entity="reward", label="Till key")
    visit.sandbox.add_attribute("colour", "select", entity="reward", options=[{"value": "a", "label": "Red"}])
    about = {"description": "Cotton, with our hare on it.", "required_credits": 75, "stock": 12, "pre_redeemable": True}
    made = visit.sandbox.add_reward(title, **about, expiration_duration=30 * 86_400, attributes={"till_sku": "TOTE1"})
    return str(made["uuid"])


def full(path: str) -> Any:
    def go(visit: Visit) -> None:
        furnished(visit)
        visit.page.goto(path)

    return go


def half_read(path: str, *operations: str) -> Any:
    def go(visit: Visit) -> None:
        furnished(visit)
        for operation in operations:
            visit.sandbox.fault(operation, kind="503", times=-1)
        visit.page.goto(path)

    return go


def found_none(visit: Visit) -> None:
    furnished(visit)
    visit.page.goto("/catalogue/rewards/?q=parasol&state=off")


def one_perk(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/perks/{perk(visit)}/")


def one_perk_long(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/perks/{perk(visit, LONG)}/")


def perk_unknown(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/perks/{perk(visit)}/")
    visit.sandbox.fault("update_perk", kind="lost_before")
    visit.page.locator("[name=label]").fill("Refills")
    visit.page.locator("[name=label]").press("Enter")
    expect(visit.page.locator("#story")).to_be_visible()
    visit.page.goto(f"/catalogue/perks/{visit.sandbox.state('perk')[0]['uuid']}/")
    expect(visit.page.locator(".notice.unknown")).to_be_visible()


def perk_delete_wrong(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/perks/{perk(visit)}/delete/")
    visit.page.locator("[name=typed]").fill("refills")
    visit.page.locator("[name=typed]").press("Enter")
    expect(visit.page.locator("#id_typed-e")).to_be_visible()


def perk_new_choice(visit: Visit) -> None:
    visit.page.goto("/catalogue/perks/new/")
    visit.page.get_by_label("One of several values").check()
    expect(visit.page.locator("[name=options]")).to_be_visible()
    expect(visit.page.locator("[name=begins]").first).to_be_hidden()


def perk_new_wrong(visit: Visit) -> None:
    perk_new_choice(visit)
    visit.page.locator("[name=label]").fill("Off the beans")
    visit.page.locator("[name=name]").fill("Off Beans")
    visit.page.locator("[name=options]").fill("Only one")
    visit.page.get_by_role("button", name="Make the perk").click()
    expect(visit.page.locator("#id_options-e")).to_be_visible()


def unit_taken(visit: Visit) -> None:
    visit.page.goto("/catalogue/programme/units/new/")
    visit.page.locator("[name=label]").fill("Euros")
    visit.page.locator("[name=name]").fill("purchase_amount")
    visit.page.get_by_role("button", name="Make the unit").click()
    expect(visit.page.locator("#unit-form .notice.refused")).to_be_visible()


def one_reward(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/rewards/{reward(visit)}/")


def one_reward_long(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/rewards/{reward(visit, LONG)}/")


def reward_change(visit: Visit) -> None:
    visit.page.goto(f"/catalogue/rewards/{reward(visit)}/change/")


def reward_change_wrong(visit: Visit) -> None:
    reward_change(visit)
    visit.page.locator("[name=required_credits]").fill("lots")
    visit.page.get_by_role("button", name="See what changes").click()
    expect(visit.page.locator("#id_required_credits-e")).to_be_visible()


def reward_preview(visit: Visit) -> None:
    reward_change(visit)
    visit.page.locator("[name=required_credits]").fill("90")
    visit.page.locator("[name=title]").fill(LONG[:190])
    visit.page.get_by_role("button", name="See what changes").click()
    expect(visit.page.locator(".compare")).to_be_visible()


def down(path: str) -> Any:
    """Piggy answers nothing at all."""

    def go(visit: Visit) -> None:
        visit.sandbox.fault("reads", kind="503", times=-1)
        visit.page.goto(path)
        expect(visit.page.get_by_role("link", name="Read again").first).to_be_visible()

    return go


DESK, WHO, ADMIN = "desk", "marketing", "admin"
CATALOGUE: list[Place] = [
    Place("catalogue", full("/catalogue/"), ADMIN),
    Place("catalogue-desk", full("/catalogue/"), DESK),
    Place("catalogue-half-read", half_read("/catalogue/", "list_perks", "list_forms", "get_loyalty_program"), WHO),
    Place("programme", full("/catalogue/programme/"), ADMIN),
    Place("programme-half-read", half_read("/catalogue/programme/", "list_tiers", "list_giftcard_programs"), DESK),
    Place("programme-down", down("/catalogue/programme/"), ADMIN),
    Place("unit-new-taken", unit_taken, ADMIN),
    Place("perks", full("/catalogue/perks/"), ADMIN),
    Place("perks-empty", goto("/catalogue/perks/"), DESK),
    Place("perks-down", down("/catalogue/perks/"), ADMIN),
    Place("perk", one_perk, ADMIN),
    Place("perk-long-name", one_perk_long, DESK),
    Place("perk-unknown", perk_unknown, ADMIN),
    Place("perk-new", goto("/catalogue/perks/new/"), ADMIN),
    Place("perk-new-bad-input", perk_new_wrong, ADMIN),
    Place("perk-delete-bad-input", perk_delete_wrong, ADMIN),
    Place("rewards-list", full("/catalogue/rewards/"), DESK),
    Place("rewards-found-none", found_none, WHO),
    Place("reward", one_reward, WHO),
    Place("reward-long-name", one_reward_long, DESK),
    Place("reward-change", reward_change, WHO),
    Place("reward-change-bad-input", reward_change_wrong, WHO),
    Place("reward-change-seen", reward_preview, WHO),
    Place("piggy-shops", full("/catalogue/shops/"), DESK),
    Place("piggy-shop", goto("/catalogue/shops/shop-utrecht/"), DESK),
    Place("forms", full("/catalogue/forms/"), WHO),
    Place("automations", full("/catalogue/automations/"), WHO),
    Place("subscription-types", full("/catalogue/subscription-types/"), WHO),
    Place("brand", full("/catalogue/brand/"), WHO),
    Place("brand-empty", goto("/catalogue/brand/"), WHO),
]
