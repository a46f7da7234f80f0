"""Proof that a customer can read a mailbox. https://docs.piggy.eu/v3/oauth/contact-verification"""

from .caller import Caller
from .contacts import LONGEST_EMAIL
from .inputs import checked_text
from .payloads import ContactVerified, VerificationSent

LONGEST_CODE = 32


class VerificationCalls(Caller):
    def send_verification(self, *, email: str) -> None:
        """Have Piggy mail a code to this address, which must have a contact.

        PiggyNotFound (55031 no such contact, 55032 the account has no customer portal), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contact-verification (Send Verification Email)
        """
        wanted = checked_text(email, field="email", longest=LONGEST_EMAIL)
        self._write(
            "send_verification_email",
            "POST",
            "contact-verification/send",
            VerificationSent,
            json={"email": wanted},
            is_ours=lambda done: done.type.casefold() == "success",
        )

    def verify_code(self, *, email: str, code: str) -> ContactVerified:
        """Hand in the code that the customer read out. The answer names the contact: compare its uuid with yours.

        PiggyRejected (13010 the code is wrong), PiggyNotFound (55032), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contact-verification (Verify Login Code)
        """
        return self._write(
            "verify_login_code",
            "POST",
            "contact-verification/verify",
            ContactVerified,
            json={
                "code": checked_text(code, field="code", longest=LONGEST_CODE),
                "email": checked_text(email, field="email", longest=LONGEST_EMAIL),
            },
        )
