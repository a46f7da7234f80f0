"""Claiming, flagging and verifying, as the ledger tells them."""

from contacts.claiming import resolvers
from piggyadmin.ledger.actions import Action, Words, register

NOT_DONE = "Not done."
NOT_KNOWN = "We do not know whether it was done."

CLAIM = register(
    Action(
        name="contact.claim",
        permission="contacts.claim_contact",
        words=Words(
            do="Claim",
            done="Claimed: the customer has an e-mail address now.",
            refused="Not claimed; nothing was changed.",
            unknown="We do not know whether this customer was claimed. Do not claim again; we look at Piggy first.",
            settle_question="Did this customer get the address that was sent?",
        ),
        resolve=resolvers.resolve_claim,
        on_settled=resolvers.settled_claim,
        # The claim itself is sent some seconds after the act began: two questions come before it.
        may_come_late=90,
    )
)

CLAIM_MERGED = register(
    Action(
        name="contact.claim_merged",
        permission="contacts.claim_contact",
        words=Words(
            do="Merged by a claim",
            done="Piggy merged another customer into this one when that one was claimed. Check cards and balances.",
            refused=NOT_DONE,
            unknown=NOT_KNOWN,
        ),
        writes_to_piggy=False,
    )
)

FLAG = register(
    Action(
        name="contact.flag",
        permission="contacts.flag_duplicate",
        words=Words(
            do="Flag a duplicate",
            done="Flagged this customer and another as perhaps one person.",
            refused=NOT_DONE,
            unknown=NOT_KNOWN,
        ),
        writes_to_piggy=False,
    )
)

VERIFY_SEND = register(
    Action(
        name="contact.verify_send",
        permission="contacts.claim_contact",
        words=Words(
            do="Send a verification mail",
            done="Sent a verification mail.",
            refused="No verification mail was sent.",
            unknown=(
                "We do not know whether the mail went out. Ask the customer to look. After a minute you may send "
                "another: two mails harm nobody."
            ),
            settle_question="Did the customer get the verification mail?",
        ),
    )
)

VERIFY_CODE = register(
    Action(
        name="contact.verify_code",
        permission="contacts.claim_contact",
        words=Words(
            do="Check a verification code",
            done="Verified: the code proved the e-mail address.",
            refused="Not verified.",
            unknown=(
                "We do not know whether the code was right. Send a new mail and use its code: the old one may be "
                "used up."
            ),
            settle_question="Was the code right?",
        ),
        on_settled=resolvers.settled_code,
    )
)

VERIFY_MISMATCH = register(
    Action(
        name="contact.verify_mismatch",
        permission="contacts.claim_contact",
        words=Words(
            do="Code of another customer",
            done="A code read out for this customer’s address was another customer’s. An admin should look.",
            refused=NOT_DONE,
            unknown=NOT_KNOWN,
        ),
        writes_to_piggy=False,
    )
)
