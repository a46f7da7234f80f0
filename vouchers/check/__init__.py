"""Check a voucher's code, lock it, redeem it; take a redemption back."""
