"""The permissions of all that is done with vouchers and gift cards."""

from django.db import models


class VoucherPermissions(models.Model):
    """Vouchers live at Piggy, so no table of ours carries their permissions: this unmanaged model does."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("check_voucher", "May look up a voucher by its code"),
            ("redeem_voucher", "May lock, release and redeem a voucher"),
            ("reverse_redemption", "May take back a redemption"),
            ("view_promotion", "May see promotions, their vouchers, and batches"),
            ("create_promotion", "May make a promotion"),
            ("make_batch", "May make vouchers: one, by the thousand, or from a list of codes"),
            ("approve_batch", "May approve a batch over somebody's limit"),
            ("see_codes", "May see, export and print voucher codes in full"),
            ("change_voucher", "May withdraw vouchers, give them back and change their end"),
            ("use_giftcard", "May find a gift card and see its balance"),
            ("spend_giftcard", "May top up a gift card and pay with it"),
            ("approve_giftcard", "May approve a top-up over somebody's limit"),
            ("create_giftcard", "May make a gift card"),
            ("adjust_giftcard", "May take back and correct what was done on a gift card"),
            ("send_giftcard", "May mail a gift card to a contact"),
            ("make_claim_links", "May make claim links: credits for whoever scans them first"),
            ("approve_claim_links", "May approve claim links over somebody's limit"),
        ]
