"""What the one box takes a text for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.desk.meanings import Kind, meanings_of
from piggyadmin.typed import LONGEST, NotReadable


def kinds(text: str) -> list[Kind]:
    return [meaning.kind for meaning in meanings_of(text, time_zone="Europe/Amsterdam")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sanne@mail.example", [Kind.EMAIL]),
        ("  sanne@mail.example\r\n", [Kind.EMAIL]),
        ("mailto:sanne@mail.example", [Kind.EMAIL]),
        ("0f8b4c0e-77aa-4f3e-9c1d-5b6c7d8e9f41", [Kind.UUID]),
        ("https://desk.example/contacts/0F8B4C0E-77AA-4F3E-9C1D-5B6C7D8E9F41/", [Kind.UUID]),
        ("2600441700810092", [Kind.CARD, Kind.VOUCHER]),
        ("2600 4417 0081 0092", [Kind.CARD, Kind.VOUCHER]),
        ("]C12600441700810092", [Kind.CARD, Kind.VOUCHER]),
        ("0612345678", [Kind.PHONE, Kind.CARD, Kind.VOUCHER]),
        ("06-12 34 56 78", [Kind.PHONE, Kind.CARD, Kind.VOUCHER, Kind.VOUCHER]),
        ("+31 6 12345678", [Kind.PHONE]),
        ("COFFEE-1", [Kind.VOUCHER, Kind.CARD, Kind.NAME]),
        ("SUMR 26AP 4T7K 9QXD", [Kind.VOUCHER, Kind.CARD]),
        ("Jansen", [Kind.VOUCHER, Kind.CARD, Kind.NAME]),
        ("de Vries", [Kind.NAME]),
        ("محمد الأمين", [Kind.NAME]),
    ],
)
def test_it_names_what_it_got(text: str, expected: list[Kind]) -> None:
    assert kinds(text) == expected


def test_a_phone_number_is_asked_for_in_the_ways_it_may_be_stored() -> None:
    phone = meanings_of("06 1234 5678", time_zone="Europe/Amsterdam")[0]
    assert phone.spellings == ("+31612345678", "0612345678", "06 1234 5678")


def test_a_number_without_a_country_is_of_the_country_the_shop_is_in() -> None:
    phone = meanings_of("0171 1234567", time_zone="Europe/Berlin")
    assert any(meaning.value.startswith("+49") for meaning in phone)


def test_leading_zeros_and_case_are_kept() -> None:
    assert [meaning.value for meaning in meanings_of("00Ab", time_zone="UTC")] == ["00Ab"] * 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first"),
        (" \r\n", "first"),
        ("x" * (LONGEST + 1), "255 characters"),
        ("COF\x00FEE", "control character"),
        ("COF\x1bFEE", "control character"),
        ("not@an-address", "not a whole one"),
        ("@", "not a whole one"),
        ("+31 6 1", "no telephone number"),
    ],
)
def test_it_refuses_what_can_be_nothing(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        meanings_of(text, time_zone="Europe/Amsterdam")


@given(st.text(max_size=400))
def test_any_text_has_a_meaning_or_a_sentence(text: str) -> None:
    try:
        meanings = meanings_of(text, time_zone="Europe/Amsterdam")
    except NotReadable as refusal:
        told = str(refusal)
    else:
        told = " ".join(meaning.kind for meaning in meanings)
        assert all(meaning.value and len(meaning.value) <= LONGEST for meaning in meanings)
    assert told
