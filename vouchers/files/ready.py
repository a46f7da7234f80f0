"""When the vouchers of a run may leave the house: once nothing about them is uncertain any more."""

from vouchers.models import BatchRun, Progress


class NotReady(Exception):
    """The vouchers of this run are not handed over now; the message says why, for staff."""


def why_not(run: BatchRun) -> str:
    """Why the codes of this run are not handed over yet, in a sentence; "" when they are."""
    if run.ended_at is None and (reason := _still_open(run)):
        return reason
    if not run.vouchers.filter(number__isnull=False).exists():
        return "This run has made no vouchers."
    return ""


def _still_open(run: BatchRun) -> str:
    if run.state == BatchRun.State.RUNNING:
        return "The run is still making vouchers. Wait for its end, or pause it, then take what is there."
    if run.state == BatchRun.State.DOUBT:
        return "It is not certain what this batch made. Decide that on its page first."
    uncertain = run.chunks.filter(state__in=(Progress.SENT, Progress.UNKNOWN)).count()
    if not uncertain:
        return ""
    parts = "One part" if uncertain == 1 else f"{uncertain:,} parts"
    return f"{parts} of this batch cannot be counted yet: Piggy was asked, and the vouchers have not all been seen."


def check(run: BatchRun) -> None:
    """Raise NotReady unless the codes of this run may be handed over."""
    if reason := why_not(run):
        raise NotReady(reason)
