"""Claim links as the ledger tells them: the order, each call, the paper. A link is cash, and in no figure."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind
from vouchers.claim_links import resolvers

MAKES = "vouchers.make_claim_links"
ORDER_KIND = register_kind(Kind("claim_link_order", "claim links {short}", "vouchers:claim-link-order"))
SHOP_KIND = register_kind(Kind("claim_links_of_shop", "shop {shop}"))

ORDER = register(
    Action(
        name="claim_links.order",
        permission=MAKES,
        approve_permission="vouchers.approve_claim_links",
        words=Words(
            do="Make claim links",
            done="Set out to make {quantity:thousands} claim links of {credits:in_credits} each.",
            refused="No claim links were made.",
            unknown="We do not know whether the claim links were made.",
            what="{quantity:thousands} of {credits:in_credits}",
        ),
        writes_to_piggy=False,
        page="vouchers:claim-links",
    )
)

LINK = register(
    Action(
        name="claim_links.link",
        permission=MAKES,
        words=Words(
            do="Make one claim link",
            done="Made claim link {number:thousands}: {credits:in_credits}.",
            refused="This call made no claim link {number:thousands}.",
            unknown="No answer came for claim link {number:thousands}. It is asked for again: it stays one link.",
            settle_question="Did this call bring claim link {number:thousands}?",
            what="{credits:thousands}",
        ),
        resolve=resolvers.in_nobodys_hands,
        needs_shop=False,
        settle_after=30,  # s: after a kill the one link in hand waits for it
    )
)

STOPPED = register(
    Action(
        "claim_links.stopped",
        MAKES,
        Words(
            "Stop making claim links",
            "Stopped; {left:thousands} claim links were not made.",
            "Not stopped.",
            "We do not know whether it was stopped.",
            what="{left:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)

PRINTED = register(
    Action(
        "claim_links.printed",
        "vouchers.see_codes",
        Words(
            "Print claim links",
            "Opened {labels:thousands} claim links for printing.",
            "Nothing was printed.",
            "We do not know whether they were printed.",
            what="{labels:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
