"""What a run of vouchers does, as the ledger tells it: the run itself, each of its calls, and what people decide."""

from django.conf import settings

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind
from vouchers import marks
from vouchers.batches import resolvers

PROMOTION = register_kind(Kind("promotion", "promotion {short}", "vouchers:promotion"))
BATCH = register_kind(Kind("batch", "batch {short}", "vouchers:batch"))
register_kind(Kind("voucher_attribute", "voucher attribute {id}"))

SETTLE = int(settings.BATCH_SETTLE_SECONDS)
MAKES = "vouchers.make_batch"

BATCH_RUN = register(
    Action(
        name="batch.run",
        permission=MAKES,
        approve_permission="vouchers.approve_batch",
        words=Words(
            do="Make vouchers",
            done="Set out to make {quantity:vouchers}.",
            refused="No vouchers were made.",
            unknown="We do not know whether the vouchers were made.",
            what="{quantity:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
        page="vouchers:batch-new-of",
    )
)

BATCH_CHUNK = register(
    Action(
        name="batch.chunk",
        permission=MAKES,
        words=Words(
            do="Send one call of a batch",
            done="Piggy took call {chunk:thousands} of the batch: {quantity:vouchers}.",
            refused="Call {chunk:thousands} of the batch made no vouchers.",
            unknown="We do not know whether call {chunk:thousands} of the batch made {quantity:vouchers}.",
            settle_question="Did call {chunk:thousands} of the batch make its {quantity:vouchers}?",
            what="{quantity:thousands}",
        ),
        resolve=resolvers.resolve_chunk,
        on_settled=resolvers.settled_chunk,
        needs_shop=False,
        may_come_late=max(SETTLE, 60),
        looks=(30, 60, 300, max(SETTLE, 60), 300, 3600),
    )
)

CODE_CREATE = register(
    Action(
        name="batch.code",
        permission=MAKES,
        words=Words(
            do="Make a voucher with a code of one's own",
            done="Made the voucher ending {code_end}.",
            refused="The voucher ending {code_end} was not made.",
            unknown="We do not know whether the voucher ending {code_end} was made.",
            settle_question="Was the voucher ending {code_end} made?",
        ),
        resolve=resolvers.resolve_code,
        on_settled=resolvers.settled_chunk,
        needs_shop=False,
    )
)

SURPLUS = register(
    Action(
        name="batch.surplus",
        permission=MAKES,
        words=Words(
            do="Withdraw a voucher too many",
            done="Withdrew the voucher ending {code_end}: it was one too many.",
            refused="The voucher ending {code_end}, one too many, was not withdrawn.",
            unknown="We do not know whether the voucher ending {code_end}, one too many, was withdrawn.",
            settle_question="Was the voucher ending {code_end} withdrawn?",
        ),
        resolve=resolvers.resolve_surplus,
        needs_shop=False,
    )
)


def _word(name: str, do: str, done: str) -> Action:
    """What a person tells a run to do."""
    words = Words(do=do, done=done, refused="Not done.", unknown="We do not know whether it was done.")
    return register(Action(name, MAKES, words, needs_shop=False, writes_to_piggy=False))


BATCH_PAUSED = _word("batch.paused", "Pause a batch", "Paused the batch.")
BATCH_RESUMED = _word("batch.resumed", "Go on with a batch", "Went on with the batch.")
BATCH_CANCELLED = _word("batch.cancelled", "Cancel a batch", "Cancelled what was not sent of the batch.")
BATCH_DECIDED = _word("batch.decided", "Decide about a batch", "Ended the batch as it stands.")

MAKE_MARK = register(marks.ATTRIBUTE.action())
