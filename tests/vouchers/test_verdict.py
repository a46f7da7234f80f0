"""What a voucher's state means at the desk, and what a lost answer's reading proves."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.piggy.payloads import Promotion, Voucher
from vouchers.check.resolvers import redeemed
from vouchers.check.verdict import Facts, verdict_on

NOW = datetime(2026, 11, 20, 14, 4, tzinfo=UTC)
STATUSES = ["ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED", "SOMETHING_NEW"]


def voucher(status: str = "ACTIVE", **fields: object) -> Voucher:
    return Voucher(uuid="v", code="COFFEE-1", status=status, **fields)


@given(
    status=st.sampled_from(STATUSES),
    mine=st.booleans(),
    locked_by=st.sampled_from(["", "Daan"]),
    perhaps=st.sampled_from([None, NOW]),
    redeem_sent=st.sampled_from([None, NOW]),
    just=st.sampled_from([None, NOW]),
)
def test_every_combination_has_a_word_a_reason_and_what_to_do_next(
    status: str,
    mine: bool,
    locked_by: str,
    perhaps: datetime | None,
    redeem_sent: datetime | None,
    just: datetime | None,
) -> None:
    verdict = verdict_on(
        Facts(
            voucher(status),
            mine=mine,
            locked_by=locked_by,
            perhaps_ours_until=perhaps,
            redeem_sent_at=redeem_sent,
            just_redeemed_at=just,
        )
    )
    assert verdict.look in ("done", "refused", "unknown")
    assert verdict.word
    assert verdict.next
    assert verdict.value
    if redeem_sent:
        assert verdict.look == "unknown", "while nobody knows, nothing is called done or refused"
        assert not verdict.can_redeem
    if verdict.can_redeem:
        assert status == "LOCKED"
        assert mine
    if verdict.can_lock:
        assert status == "ACTIVE"


def test_a_new_status_is_refused_and_named() -> None:
    verdict = verdict_on(Facts(voucher("PAUSED")))
    assert verdict.look == "refused"
    assert "paused" in verdict.value + verdict.reason


def proved(of: Voucher, *, uses_before: int | None = 0, seconds: float = 5, lock_stands: bool = True) -> bool | None:
    return redeemed(
        of,
        uses_before=uses_before,
        locked_until=NOW + timedelta(minutes=50) if lock_stands else NOW - timedelta(minutes=1),
        lock_stands=lock_stands,
        may_still_come=seconds < 60,
    )


def test_redeemed_while_our_lock_stood_is_ours() -> None:
    assert proved(voucher("REDEEMED")) is True


def test_redeemed_after_our_lock_ended_is_nobody_knows_whose() -> None:
    assert proved(voucher("REDEEMED", redeemed_at=NOW), lock_stands=False) is None
    assert proved(voucher("REDEEMED"), lock_stands=False) is None


def test_piggys_own_times_outvote_our_clock() -> None:
    after = NOW + timedelta(minutes=51)
    assert proved(voucher("REDEEMED", redeemed_at=after), lock_stands=True) is None


def test_redeemed_at_a_time_under_our_lock_is_ours_even_when_read_late() -> None:
    once = voucher("REDEEMED", redeemed_at=NOW - timedelta(minutes=2), total_redemptions_allowed=1)
    assert proved(once, lock_stands=False) is True
    several = voucher("REDEEMED", redeemed_at=NOW - timedelta(minutes=2), total_redemptions_allowed=5)
    assert proved(several, lock_stands=False) is None, "another till may have taken the last use"


def test_a_lock_that_still_stands_is_no_only_once_the_request_can_no_longer_come() -> None:
    assert proved(voucher("LOCKED"), uses_before=None, seconds=5) is None
    assert proved(voucher("LOCKED"), uses_before=None, seconds=60) is False


def test_a_lock_of_somebody_elses_proves_nothing() -> None:
    assert proved(voucher("LOCKED"), uses_before=None, seconds=61, lock_stands=False) is None


def test_one_use_more_under_our_lock_is_ours() -> None:
    several = voucher("ACTIVE", times_redeemed=3, total_redemptions_allowed=5)
    assert proved(several, uses_before=2) is True
    assert proved(several, uses_before=2, lock_stands=False) is None
    assert proved(several, uses_before=3, seconds=5) is None
    assert proved(several, uses_before=3, seconds=61) is False
    assert proved(several, uses_before=4, seconds=61) is None, "somebody took one back: counts prove nothing now"


def test_active_without_counts_is_a_no_only_for_a_voucher_of_one_use() -> None:
    single = voucher("ACTIVE", promotion=Promotion(uuid="p", type="SINGLE_USE"))
    assert proved(single, uses_before=None, seconds=61) is False
    assert proved(voucher("ACTIVE"), uses_before=None, seconds=61) is None


@given(
    status=st.sampled_from(STATUSES),
    uses=st.one_of(st.none(), st.integers(0, 3)),
    before=st.one_of(st.none(), st.integers(0, 3)),
    seconds=st.floats(0, 59),
    lock_stands=st.booleans(),
)
def test_within_the_first_minute_nothing_is_ever_called_not_done(
    status: str, uses: int | None, before: int | None, seconds: float, lock_stands: bool
) -> None:
    reading = voucher(status, times_redeemed=uses)
    assert proved(reading, uses_before=before, seconds=seconds, lock_stands=lock_stands) is not False


@given(
    status=st.sampled_from(STATUSES),
    uses=st.one_of(st.none(), st.integers(0, 3)),
    before=st.one_of(st.none(), st.integers(0, 3)),
    allowed=st.sampled_from([None, 2, 5]),
)
def test_a_voucher_of_several_uses_is_never_proved_redeemed_once_our_lock_is_over(
    status: str, uses: int | None, before: int | None, allowed: int | None
) -> None:
    reading = voucher(status, times_redeemed=uses, total_redemptions_allowed=allowed, redeemed_at=NOW)
    assert proved(reading, uses_before=before, lock_stands=False, seconds=61) is not True
