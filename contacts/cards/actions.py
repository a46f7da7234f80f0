"""What can be done to a customer's cards, as the ledger tells it.

Acts name a card by its last characters. The whole number is words about a person: it lies in the detail of an act,
where a resolver finds it and where it can be erased.
"""

from contacts.cards import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

CARD = register_kind(Kind("card", "card ending {card_end}"))
NEW_CONTACT = register_kind(Kind("new-contact", "new anonymous customer"))

LINK_CARD, MANAGE_CARDS, CREATE_CONTACT = "contacts.link_card", "contacts.manage_cards", "contacts.create_contact"

LINK = register(
    Action(
        name="card.link",
        permission=LINK_CARD,
        words=Words(
            do="Link a card",
            done="Linked the card ending {card_end}.",
            refused="The card ending {card_end} was not linked.",
            unknown="We do not know whether the card ending {card_end} was linked. Do not link it again.",
            settle_question="Was the card ending {card_end} linked to this customer?",
        ),
        resolve=resolvers.resolve_link,
    )
)

MAKE = register(
    Action(
        name="card.make",
        permission=LINK_CARD,
        words=Words(
            do="Make a card",
            done="Made the card ending {card_end} and linked it.",
            refused="The card ending {card_end} was not made.",
            unknown="We do not know whether the card ending {card_end} was made and linked. Do not make it again.",
            settle_question="Was the card ending {card_end} made and linked to this customer?",
        ),
        resolve=resolvers.resolve_link,
    )
)

MAKE_FREE = register(
    Action(
        name="card.make_free",
        permission=LINK_CARD,
        words=Words(
            do="Make a card for nobody yet",
            done="Made the card ending {card_end}. It belongs to nobody yet.",
            refused="The card ending {card_end} was not made.",
            unknown="We do not know whether the card ending {card_end} was made. Do not make it again.",
            settle_question="Does the card ending {card_end} exist at Piggy?",
        ),
        resolve=resolvers.resolve_make_free,
    )
)

SWITCH_OFF = register(
    Action(
        name="card.switch_off",
        permission=LINK_CARD,
        words=Words(
            do="Switch off a card",
            done="Switched off the card ending {card_end}.",
            refused="The card ending {card_end} was not switched off.",
            unknown="We do not know whether the card ending {card_end} is switched off.",
            settle_question="Is the card ending {card_end} switched off?",
        ),
        resolve=resolvers.resolve_switch_off,
    )
)

SWITCH_ON = register(
    Action(
        name="card.switch_on",
        permission=MANAGE_CARDS,
        words=Words(
            do="Switch on a card",
            done="Switched on the card ending {card_end}.",
            refused="The card ending {card_end} was not switched on.",
            unknown="We do not know whether the card ending {card_end} is switched on.",
            settle_question="Is the card ending {card_end} switched on?",
        ),
        resolve=resolvers.resolve_switch_on,
    )
)

RENAME = register(
    Action(
        name="card.rename",
        permission=MANAGE_CARDS,
        words=Words(
            do="Rename a card",
            done="Renamed the card ending {card_end}.",
            refused="The card ending {card_end} was not renamed.",
            unknown="We do not know whether the card ending {card_end} has its new name.",
            settle_question="Has the card ending {card_end} its new name?",
        ),
        resolve=resolvers.resolve_rename,
    )
)

UNLINK = register(
    Action(
        name="card.unlink",
        permission=MANAGE_CARDS,
        words=Words(
            do="Unlink a card",
            done="Unlinked the card ending {card_end}. It belongs to nobody now.",
            refused="The card ending {card_end} was not unlinked.",
            unknown="We do not know whether the card ending {card_end} was unlinked.",
            settle_question="Was the card ending {card_end} taken from this customer?",
        ),
        resolve=resolvers.resolve_unlink,
    )
)

NEW_ANONYMOUS = register(
    Action(
        name="contact.new_anonymous",
        permission=CREATE_CONTACT,
        words=Words(
            do="Make an anonymous customer",
            done="Made an anonymous customer {card_words}.",
            refused="No anonymous customer was made {card_words}.",
            unknown="We do not know whether an anonymous customer was made {card_words}. Do not make another one.",
            settle_question="Was an anonymous customer made {card_words}?",
        ),
        resolve=resolvers.resolve_new_anonymous,
    )
)

# Replacing a lost card is several acts. This one, told before the first of them, is what the others belong to.
REPLACE = register(
    Action(
        name="card.replace",
        permission=LINK_CARD,
        words=Words(
            do="Replace a card",
            done="Began to replace the card ending {card_end} by the card ending {new_end}.",
            refused="",
            unknown="",
        ),
        writes_to_piggy=False,
    )
)

REPLACE_ENDED = register(
    Action(
        name="card.replace_ended",
        permission=LINK_CARD,
        words=Words(
            do="End a replacement",
            done="Ended the replacement of the card ending {card_end}: {why}.",
            refused="",
            unknown="",
        ),
        writes_to_piggy=False,
    )
)
