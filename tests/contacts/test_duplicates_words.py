"""Why two are a pair, in words: the engine's fields and levels, weights with their signs, and whatever else is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.duplicates.engine.levels import FIELDS, UNKNOWN
from contacts.duplicates.words import LEVELS, OTHER, Reason, reasons_of, signed, told


def test_every_level_of_the_engine_has_words() -> None:
    levels = {level for levels in FIELDS.values() for level in levels} - {UNKNOWN}
    assert levels <= set(LEVELS)
    for field, names in FIELDS.items():
        for level in names:
            (reason,) = reasons_of([[field, level, 1.0]])
            assert "{" not in reason.words


def test_what_is_no_field_is_told_in_words_too() -> None:
    from contacts.duplicates.engine import model

    assert {model.FAMILY, model.HOUSEHOLD} == set(OTHER)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (["phone", "same", 6.14], "+6.1 same phone"),
        (["first name", "alike", 4], "+4.0 first name alike"),
        (["birthdate", "other", -2.0], "−2.0 other birthdate"),
        (["first name", "swapped", 11.0], "+11.0 first and last name swapped"),
        (["household", "likely", -35.5], "−35.5 may be two of one household"),
        (["family", "same", -12], "−12.0 one family"),
        (["shoe size", "near", 0.04], "0.0 shoe size near"),
    ],
)
def test_a_reason_is_a_weight_and_words(reason: list[Any], words: str) -> None:
    (found,) = reasons_of([reason])
    assert f"{found.signed} {found.words}" == words
    assert found.speaks_against == (reason[2] < 0)


def test_scores_have_a_true_minus() -> None:
    assert (told(28.46), told(-3), signed(-0.01)) == ("28.5", "−3.0", "0.0")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(json_values, max_size=4))
def test_reasons_that_cannot_be_read_are_left_out_and_never_a_fault(rows: list[Any]) -> None:
    for reason in reasons_of(rows):
        assert isinstance(reason, Reason)
        assert isinstance(reason.signed, str)
