"""What leads a customer to their own pages, as the ledger tells it. No link and no token is among its figures."""

from contacts.portal import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

TOKEN = register_kind(Kind("session_token", "session token ending {token_end}"))

SIGN_IN_LINK = register(
    Action(
        name="portal.sign_in_link",
        permission="contacts.open_portal",
        words=Words(
            do="Show a sign-in link",
            done="Showed a link that signs the customer in on their own phone.",
            refused="No sign-in link was shown.",
            unknown="No answer came, so no link was shown. Nothing can come of it: make a new one.",
            settle_question="Was a sign-in link shown to the customer?",
        ),
        resolve=resolvers.in_nobodys_hands,
        page="contacts:portal",
    )
)

SESSION = register(
    Action(
        name="portal.session",
        permission="contacts.open_portal",
        words=Words(
            do="Open a portal session",
            done="Opened a portal session: {kind_words}.",
            refused="No portal session was opened.",
            unknown="No answer came, so no session is on any screen. Nothing moves by that: open a new one.",
            settle_question="Is the portal session ({kind_words}) on a screen?",
        ),
        resolve=resolvers.in_nobodys_hands,
        page="contacts:portal",
    )
)

USE_TOKEN = register(
    Action(
        name="portal.use_token",
        permission="contacts.view_contact",
        words=Words(
            do="Use a session token",
            done="Used the session token ending {token_end}: the customer was identified by their own phone.",
            refused="The session token was not used.",
            unknown="We do not know whether the session token was used. Nothing moves by it: look the token up again.",
            settle_question="Does Piggy show the session token ending {token_end} as used?",
        ),
    )
)

CLAIM_LINK = register(
    Action(
        name="portal.claim_link",
        permission="contacts.award_credits",
        words=Words(
            do="Claim a link for a customer",
            done="Claimed a link for the customer: {credits:in_credits}.",
            refused="The link was not claimed for this customer.",
            unknown="We do not know whether the link was claimed ({gives}). Do not claim it again.",
            settle_question="Was the link claimed for this customer ({gives})?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_claim,
        page="contacts:claim-link",
    )
)
