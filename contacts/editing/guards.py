"""What stands between an act's beginning and its one call: questions to Piggy, and earlier acts of the same kind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import OPEN, was_before
from piggyadmin.piggy.errors import PiggyError, PiggyNotSent, PiggyRejected


@contextmanager
def nothing_sent(words: str) -> Iterator[None]:
    """For questions before the call: one that is not answered leaves nothing unknown, so the act is refused.

    What Piggy refuses or wants us to wait with says so itself.
    """
    try:
        yield
    except (PiggyRejected, PiggyNotSent):
        raise
    except PiggyError as error:
        raise PiggyRejected(words, request_id=error.request_id) from error


def insist_on_clear(act: Act, earlier: Iterable[Act], words: str) -> None:
    """Refuse `act` while one of the `earlier` ones, sent before it, is under way or unknown."""
    for other in earlier:
        if other.pk != act.pk and other.outcome in OPEN and was_before(other, act):
            raise PiggyRejected(words)
