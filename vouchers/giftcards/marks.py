"""The mark of what was put on a gift card and paid with it, in an attribute of gift card transactions."""

from piggyadmin.ledger.marks import DESCRIPTION, LABEL, MARK, MarkAttribute

ATTRIBUTE = MarkAttribute(
    kind="giftcard",
    action_name="giftcard.make_mark",
    permission="vouchers.spend_giftcard",
    writes="Top-ups and payments",
    read=lambda client: client.list_custom_attributes(entity="giftcard_transaction"),
    write=lambda client: client.create_custom_attribute(
        entity="giftcard_transaction", name=MARK, label=LABEL, type="text", description=DESCRIPTION
    ),
)
