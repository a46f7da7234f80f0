"""Everything that staff can do at Piggy, done: each action on its page, by its person, seen in the stand-in's books."""

import pytest

from tests.actions.coverage import called_from, of_methods, operations
from tests.actions.listed import LISTED, listed_as
from tests.actions.reasons import REASONS
from tests.actions.rows import BEYOND, Row
from tests.actions.table import ROWS, address_of
from tests.fixtures_sandbox import SandboxAccount
from tests.test_permissions import TABLE


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_it_is_done_on_its_page_by_its_person(
    row: Row, sandbox: SandboxAccount, request: pytest.FixtureRequest
) -> None:
    row.do(request.getfixturevalue(row.role), sandbox)
    answers = [call.status for call in sandbox.calls if call.operation == row.operation]
    assert any(status is not None and 200 <= status < 300 for status in answers), f"{row.operation}: {answers}"


@pytest.mark.parametrize("listing", sorted(LISTED))
def test_everything_that_others_list_can_be_done(listing: str) -> None:
    here = {listed_as(row.listing, row.action) for row in ROWS if row.listing == listing}
    assert [name for name in LISTED[listing] if name not in here] == []


def test_no_row_has_an_action_that_nobody_lists() -> None:
    assert [row.id for row in ROWS if row.listing != BEYOND and not listed_as(row.listing, row.action)] == []


def test_no_action_stands_twice() -> None:
    ids = [row.id for row in ROWS]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_its_page_is_there_for_its_person_and_for_nobody_without_a_role(row: Row) -> None:
    """That the page keeps to this, tests/test_permissions.py tries with everybody and every method."""
    assert address_of(row.page).startswith("/")
    assert row.role in TABLE[row.page].who
    assert {"stranger", "nobody"}.isdisjoint(TABLE[row.page].who)
    assert row.operation in operations()


def test_every_operation_of_piggys_is_used_or_left_alone_for_a_reason() -> None:
    assert sorted(operations() - called_from().keys() - REASONS.keys()) == []


def test_no_reason_is_given_for_what_is_used_or_not_there() -> None:
    assert sorted(REASONS.keys() & called_from().keys()) == []
    assert sorted(REASONS.keys() - operations()) == []


def test_every_reason_is_a_sentence() -> None:
    assert [name for name, words in REASONS.items() if not (words[0].isupper() and words.endswith("."))] == []


def test_the_client_was_read() -> None:
    """The two tests before this one would pass over an empty list too."""
    assert of_methods()["each_voucher_page"] == {"list_vouchers"}
    assert len(operations()) > 150
    assert "vouchers/check/redeeming.py" in called_from()["redeem_voucher"]
