"""New rows with sensible defaults, for the demo's cast and for tests. The API's own checks are not made here: a test
may want a state that no call leads to. All of them must run inside ``account.commit()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.attribute_values import TYPES
from piggyadmin.sandbox.makers import catalogue, orders, portal, products, rewards
from piggyadmin.sandbox.resources import attributes, bookings, subscriptions, webhook_subscriptions
from piggyadmin.sandbox.resources.contacts import new_contact
from piggyadmin.sandbox.resources.giftcard_transactions import book_giftcard, new_giftcard_transaction
from piggyadmin.sandbox.resources.giftcards import new_giftcard, new_program
from piggyadmin.sandbox.resources.loyalty_transactions import book_credits, new_transaction
from piggyadmin.sandbox.resources.new_vouchers import add_vouchers, blank_voucher, plan_dates
from piggyadmin.sandbox.resources.prepaid import book_prepaid, new_prepaid
from piggyadmin.sandbox.resources.promotions import new_promotion
from piggyadmin.sandbox.resources.vouchers import LOCK_SECONDS, resting_status
from piggyadmin.sandbox.store import Row

Fields = dict[str, Any]
DATES = (
    "created_at",
    "updated_at",
    "activation_date",
    "expiration_date",
    "redeemed_at",
    "expires_at",
    "starts_at",
    "ends_at",
    "checked_in_at",
)
BY_WAY_OF = {
    "contact_uuid": "contact",
    "shop_uuid": "shop",
    "promotion_uuid": "promotion",
    "tier_uuid": "tier",
    "giftcard_program_uuid": "giftcard_program",
    "giftcard_uuid": "giftcard",
}


class MakeError(ValueError):
    """Why a row cannot be made, for who asked for it."""


def make(account: Account, kind: str, fields: Fields) -> Row:
    """A row of a kind. Dates may be in any ISO form; rows it names must be there."""
    maker = MAKERS.get(kind)
    if maker is None:
        raise MakeError(f"There is no kind {kind!r}; there are {', '.join(MAKERS)}.")
    fields = dict(fields)
    for name in DATES:
        if fields.get(name) is not None:
            fields[name] = _moment(name, fields[name])
    for name, other in BY_WAY_OF.items():
        if fields.get(name) is not None and account.table(other).get(str(fields[name])) is None:
            raise MakeError(f"There is no {other} {fields[name]!r}.")
    return maker(account, fields)


def _moment(name: str, value: Any) -> str:
    moment = moments.read(value) if isinstance(value, str) else None
    if moment is None:
        raise MakeError(f"{name} is no ISO 8601 date: {value!r}.")
    return moment


def laid_over(kind: str, defaults: Row, fields: Fields) -> Row:
    """The defaults with the fields laid over them; a field that is in no default is a mistake."""
    strange = fields.keys() - defaults.keys()
    if strange:
        raise MakeError(f"A {kind} has no {', '.join(sorted(strange))}.")
    return {**defaults, **fields}


def _row(account: Account, kind: str, fields: Fields, defaults: Row) -> Row:
    frame = {"uuid": account.new_uuid(), "id": account.number(kind), "created_at": account.now()}
    return account.put(kind, laid_over(kind, {**frame, **defaults}, fields))


def make_tier(account: Account, fields: Fields) -> Row:
    position = len(account.table("tier")) + 1
    return _row(
        account,
        "tier",
        fields,
        {"name": f"Tier {position}", "description": None, "position": position, "media": None},
    )


def make_shop(account: Account, fields: Fields) -> Row:
    number = account.number("shop")
    defaults: Fields = {
        "name": f"Shop {number}",
        "type": "physical",
        "reference": f"S{number:02d}",
        "street": "Amsterdamsestraatweg",
        "housenumber": 100 + number,
        "postalcode": "3513AA",
        "city": "Utrecht",
    }
    return _row(account, "shop", fields, defaults)


def make_contact(account: Account, fields: Fields) -> Row:
    """``anonymous=True`` for one without a known person. Other names become attributes of the contact."""
    fields = dict(fields)
    anonymous = bool(fields.pop("anonymous", False))
    made_up = None if anonymous else f"customer-{account.number('contact')}@mail.example"
    channel = "CUSTOMER_APP" if anonymous else "BUSINESS_APP"
    row = new_contact(account, email=made_up, channel=channel, created_at=fields.get("created_at"))
    own = {name: fields.pop(name) for name in list(fields) if name in row and name != "values"}
    return account.put(
        "contact", {**row, **own, "uuid": str(own.get("uuid", row["uuid"])), "values": row["values"] | fields}
    )


def make_identifier(account: Account, fields: Fields) -> Row:
    number = account.number("identifier")
    first = fields.get("contact_uuid") and not account.table("identifier").where("contact_uuid", fields["contact_uuid"])
    defaults: Fields = {
        "value": f"26009000{number:08d}",
        "name": "Loyalty card",
        "active": True,
        "default": bool(first),
        "contact_uuid": None,
    }
    return _row(account, "identifier", fields, defaults)


def make_promotion(account: Account, fields: Fields) -> Row:
    return account.put("promotion", laid_over("promotion", new_promotion(account), fields))


def make_voucher(account: Account, fields: Fields) -> Row:
    """``status`` leads: what it says is made true (dates, redemption, lock), where the fields do not say otherwise."""
    fields = dict(fields)
    if not fields.get("promotion_uuid"):
        fields["promotion_uuid"] = _first(account, "promotion")["uuid"]
    status = fields.pop("status", None)
    row = laid_over("voucher", blank_voucher(account), {**_in_state(account, status, fields), **fields})
    row = account.put("voucher", {**row, "status": status or resting_status(row, account.now())})
    plan_dates(account, [row])
    if row["status"] == "LOCKED":
        row = _locked(account, row)
    if row["times_redeemed"]:
        _redemptions(account, row)
    return row


def make_vouchers(account: Account, fields: Fields) -> Row:
    """``count`` of them at once, alike but for their codes; answers how many were made."""
    fields = dict(fields)
    count = int(fields.pop("count", 1))
    promotion = account.table("promotion").get(fields.pop("promotion_uuid", "")) or _first(account, "promotion")
    if strange := fields.keys() - blank_voucher(account).keys():
        raise MakeError(f"A voucher has no {', '.join(sorted(strange))}.")
    return {"made": len(add_vouchers(account, promotion, count, **fields))}


def _in_state(account: Account, status: str | None, fields: Fields) -> Fields:
    if status == "REDEEMED":
        uses = fields.get("total_redemptions_allowed", 1)
        return {"times_redeemed": uses, "redeemed_at": account.after(-3600)}
    if status == "EXPIRED":
        return {"expiration_date": account.after(-86_400)}
    if status == "INACTIVE":
        return {"activation_date": account.after(7 * 86_400)}
    return {}


def _locked(account: Account, row: Row) -> Row:
    lock = row["lock"] or {}
    lock = {
        "release_key": account.new_uuid(),
        "locked_at": account.now(),
        "system_release_at": account.after(LOCK_SECONDS),
        **lock,
    }
    account.plan(lock["system_release_at"], "voucher_lock", uuid=row["uuid"], release_key=lock["release_key"])
    return account.put("voucher", {**row, "lock": lock})


def _redemptions(account: Account, row: Row) -> None:
    shop = _first(account, "shop")
    for _ in range(row["times_redeemed"]):
        redemption = {
            "uuid": account.new_uuid(),
            "voucher_uuid": row["uuid"],
            "contact_uuid": row["contact_uuid"],
            "shop_uuid": shop["uuid"],
            "created_at": row["redeemed_at"] or account.now(),
            "reversed_at": None,
        }
        account.put("redemption", redemption)


def make_reward(account: Account, fields: Fields) -> Row:
    defaults: Fields = {
        "title": "Free flat white",
        "description": None,
        "reward_type": "PHYSICAL",
        "is_active": True,
        "required_credits": 150,
        "cost_price": None,
        "media": None,
        "stock": None,
        "claims_per_contact": None,
        "pre_redeemable": False,
        "expiration_duration": None,
        "shop_uuids": None,
        "attributes": {},
    }
    return _row(account, "reward", fields, defaults)


def make_loyalty_transaction(account: Account, fields: Fields) -> Row:
    """Changes the contact's balance by its credits, as a real one does. Made in the order of their dates, each row's
    ``balance_after`` is the balance of its day."""
    contact, shop = _contact(account, fields), _shop(account, fields)
    defaults = new_transaction(account, contact=contact, shop=shop, credits=int(fields.get("credits", 10)))
    return book_credits(account, laid_over("loyalty_transaction", defaults, fields))


def make_prepaid_transaction(account: Account, fields: Fields) -> Row:
    """Changes the contact's prepaid balance by its amount."""
    contact, shop = _contact(account, fields), _shop(account, fields)
    defaults = new_prepaid(account, contact=contact, shop=shop, cents=int(fields.get("amount_in_cents", 1000)))
    return book_prepaid(account, laid_over("prepaid_transaction", defaults, fields))


def make_giftcard_program(account: Account, fields: Fields) -> Row:
    return account.put("giftcard_program", laid_over("giftcard_program", new_program(account), fields))


def make_giftcard(account: Account, fields: Fields) -> Row:
    """Without ``giftcard_program_uuid`` of the first program. Money comes by a ``giftcard_transaction``."""
    program = account.table("giftcard_program").get(fields.get("giftcard_program_uuid") or "")
    defaults = new_giftcard(account, program or _first(account, "giftcard_program"))
    return account.put("giftcard", laid_over("giftcard", defaults, fields))


def make_giftcard_transaction(account: Account, fields: Fields) -> Row:
    """Changes the balance of its card (the first one, unless ``giftcard_uuid`` is given) by its amount."""
    card = account.table("giftcard").get(fields.get("giftcard_uuid") or "") or _first(account, "giftcard")
    cents = int(fields.get("amount_in_cents", 1000))
    defaults = new_giftcard_transaction(account, card=card, shop=_shop(account, fields), cents=cents)
    return book_giftcard(account, laid_over("giftcard_transaction", defaults, fields))


def make_booking(account: Account, fields: Fields) -> Row:
    """What is not given is null, as in a booking made without it."""
    contact = _contact(account, fields) or _first(account, "contact")
    defaults: Fields = {
        "shop_uuid": _shop(account, fields)["uuid"],
        "contact_uuid": contact["uuid"],
        **dict.fromkeys(bookings.FIELDS),
    }
    return _row(account, "booking", fields, defaults)


def make_attribute(account: Account, fields: Fields) -> Row:
    """``entity`` is "contact" unless given; "loyalty_transaction" is one too. ``options``: [{value, label}]."""
    fields = dict(fields)
    entity, name = str(fields.pop("entity", "contact")), str(fields.pop("name", "favourite_drink"))
    kind = fields.pop("type", "text")
    if entity not in (*attributes.ENTITIES, attributes.LOYALTY_TRANSACTION):
        raise MakeError(f"There is no entity {entity!r}.")
    if kind not in TYPES:
        raise MakeError(f"There is no type {kind!r}; there are {', '.join(TYPES)}.")
    if strange := fields.keys() - {"label", "description", "options", "group_name", "soft", "hard", "created_at"}:
        raise MakeError(f"An attribute has no {', '.join(sorted(strange))}.")
    return attributes.new_definition(account, entity, name, kind, **fields)


def make_subscription_type(account: Account, fields: Fields) -> Row:
    """``addressable=False`` for one whose uuid is null in answers."""
    defaults: Fields = {
        "name": "Newsletter",
        "description": None,
        "active": True,
        "strategy": "OPT_IN",
        "addressable": True,
    }
    if fields.get("strategy", "OPT_IN") not in subscriptions.STRATEGIES:
        raise MakeError(f"strategy is one of {', '.join(subscriptions.STRATEGIES)}.")
    return _row(account, "subscription_type", fields, defaults)


def make_unit(account: Account, fields: Fields) -> Row:
    """``rate``: credits for each whole one of it."""
    defaults: Fields = {"name": "visits", "label": "Visits", "prefix": "v", "is_default": False, "rate": 1}
    return _row(account, "unit", fields, defaults)


def make_webhook_subscription(account: Account, fields: Fields) -> Row:
    """Of ``contact_updated`` to nowhere, unless ``event_type`` and ``url`` are given."""
    defaults: Fields = {
        "name": "Dashboard",
        "event_type": "contact_updated",
        "url": "http://127.0.0.1:9/",
        "secret": None,
        "properties": [],
        "status": "ACTIVE",
    }
    if fields.get("event_type", "contact_updated") not in webhook_subscriptions.EVENTS:
        raise MakeError(f"event_type is one of {', '.join(webhook_subscriptions.EVENTS)}.")
    return _row(account, "webhook_subscription", fields, defaults)


def _contact(account: Account, fields: Fields) -> Row | None:
    return account.table("contact").get(fields.get("contact_uuid") or "")


def _shop(account: Account, fields: Fields) -> Row:
    return account.table("shop").get(fields.get("shop_uuid") or "") or _first(account, "shop")


def _first(account: Account, kind: str) -> Row:
    """The account's first row of a kind, made when there is none."""
    return next(iter(account.table(kind)), None) or MAKERS[kind](account, {})


MAKERS: dict[str, Callable[[Account, Fields], Row]] = {
    "tier": make_tier,
    "shop": make_shop,
    "contact": make_contact,
    "identifier": make_identifier,
    "promotion": make_promotion,
    "voucher": make_voucher,
    "vouchers": make_vouchers,
    "reward": make_reward,
    "loyalty_transaction": make_loyalty_transaction,
    "prepaid_transaction": make_prepaid_transaction,
    "giftcard_program": make_giftcard_program,
    "giftcard": make_giftcard,
    "giftcard_transaction": make_giftcard_transaction,
    "booking": make_booking,
    "attribute": make_attribute,
    "subscription_type": make_subscription_type,
    "unit": make_unit,
    "webhook_subscription": make_webhook_subscription,
    **catalogue.MAKERS,
    **orders.MAKERS,
    **portal.MAKERS,
    **products.MAKERS,
    **rewards.MAKERS,
}
