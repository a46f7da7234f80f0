"""The demo's account: "Koffie & Co", three shops and everybody who comes there. Nobody in it exists.

Worth knowing, to type or to paste (all e-mail addresses end in .example):

    2600441700810092   card of Wilhelmina van der Hoeven-Oudekerk de Graaf: 214 transactions, prepaid money, vouchers
    2600118022107713   a card she lost: inactive
    2600118033104417   card of Sanne Vermeulen
    2600441700818841   card of somebody who never said who they are (anonymous)
    2600000000000017   a card that belongs to nobody yet
    2600555500005555   a card (of Joost de Vries) and a voucher code at once
    2600118077004410   card of Fenna Postma: 240 credits, € 16.45, a tote bag to collect and one she came too late for
    +31612345678       Wilhelmina's phone;  +31612000118 the phone of a whole family

    2600118022104417   card of Saskia van den Berg: 80 credits, no prepaid money. She is here twice: as S. v.d. Berg,
    2600335600813356   with this card, the same phone in another spelling and a slip in the e-mail address, she has
                       120 credits and € 4.50 more. Merged they hold 200 credits and € 4.50.
    (In the crowd 4 of 100 are somebody's second sight, and 3 of 100 share somebody's phone and address.)

    COFFEE-1           active, nobody's: redeeming it needs a customer
    COFFEE-2           active, Sanne Vermeulen's
    COFFEE-3           redeemed
    COFFEE-4           locked by another till, for an hour after the start of a new demo
    COFFEE-5           withdrawn (deactivated)
    SUMR26AP4T7K9QXD   active, nobody's: 10 euro off
    SUMR26AP1M0O7K2M   redeemed in May by Wilhelmina
    BDAY26TAART4TNP    active, Wilhelmina's
    TEN-COFFEES-7      ten uses, three of them gone, Joost de Vries's;  TEN-COFFEES-9 is nobody's and has one left
    SPRING-OLD-1       expired;  WINTER-SOON-1 not valid yet;  EARLY-BIRD-1 active although its date has not come

    GIFT2026HOUSE8KQ   a gift card with € 37.50 and some history;  GIFT2026EMPTY2RT one that is empty
    GIFT2023OLD5WXYZ   expired with € 12.00 on it;  GIFT2025ONCE7MNP cannot be topped up again

    phone-wilhelmina-26  the session token on Wilhelmina's phone, good once;  phone-used-26  one that was used

    UTR-100519   an order of Wilhelmina's with a discount and a charge;  AMF-55012 one of Sanne's

    sku-1001           the identifier of a product (flat white);  cat-coffee of a category, in the catalogue

    7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01   a booking of Wilhelmina's for eight today, which nobody can list or read
"""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.cast.bookings import add_bookings
from piggyadmin.sandbox.cast.catalogue import add_catalogue
from piggyadmin.sandbox.cast.crowd import add_crowd
from piggyadmin.sandbox.cast.definitions import add_definitions
from piggyadmin.sandbox.cast.giftcards import add_giftcards
from piggyadmin.sandbox.cast.histories import add_histories
from piggyadmin.sandbox.cast.orders import add_orders
from piggyadmin.sandbox.cast.people import add_people
from piggyadmin.sandbox.cast.places import add_places
from piggyadmin.sandbox.cast.portal import add_session_tokens
from piggyadmin.sandbox.cast.products import add_products
from piggyadmin.sandbox.cast.rewards import add_rewards
from piggyadmin.sandbox.cast.vouchers import add_vouchers

__all__ = ["seed"]


def seed(account: Account, *, contacts: int, seed: int) -> None:
    """Put the cast into an account, and a crowd around it until there are ``contacts`` contacts.

    The same seed gives the same people, cards and codes; dates count back from now."""
    with account.commit(), account.seeded(seed) as dice:
        places = add_places(account)
        add_definitions(account)
        people = add_people(account, places)
        add_histories(account, dice, places, people)
        add_vouchers(account, places, people)
        add_bookings(account, places, people)
        add_giftcards(account, places)
        add_rewards(account)
        add_orders(account, places, people)
        add_catalogue(account)
        add_products(account)
        add_session_tokens(account)
        add_crowd(account, dice, places, contacts)
