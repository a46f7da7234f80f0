"""What a row of the table of actions is."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

COMPOSIO, METORIAL, BEYOND = "Composio", "Metorial", "Beyond"
"""Where an action is listed: the two integrations that others offer, or Piggy's API alone."""


@dataclass(frozen=True)
class Row:
    """One action. `do` does it the way its person does: it opens the page, sends its form, and says with assert what
    that person then sees; the test looks at the stand-in's own books for the call."""

    listing: str  # COMPOSIO, METORIAL or BEYOND
    action: str  # in the listing's words: "Claim Anonymous Contact", "award_credits"
    page: str  # the page's address by name: "contacts:claim"
    role: str  # the fixture of the person who does it: "desk", "marketing", "admin"
    operation: str  # the contract's operationId that must have been called, and answered with success
    do: Callable[[Person, SandboxAccount], None]

    @property
    def id(self) -> str:
        """As pytest names it: "composio-claim-anonymous-contact-claim_anonymous_contact"."""
        return "-".join((self.listing, self.action, self.operation)).lower().replace(" ", "-")
