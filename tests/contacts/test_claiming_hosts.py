"""Slips of the finger in a mail host: what gets a hint, and what never does."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.claiming.hosts import COMMON, REAL, distance, meant_host, slips_allowed, suggestion


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gnail.com", "gmail.com"),
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gnail.con", "gmail.com"),
        ("gmail.nl", "gmail.com"),
        ("GMIAL.COM", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotnail.nl", "hotmail.nl"),
        ("hotmail.nll", "hotmail.nl"),
        ("hotmal.con", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("outloook.nl", "outlook.nl"),
        ("live.nk", "live.nl"),
        ("zigo.nl", "ziggo.nl"),
        ("ziggo.com", "ziggo.nl"),
        ("kpnmial.nl", "kpnmail.nl"),
        ("hetmet.nl", "hetnet.nl"),
        ("xs4al.nl", "xs4all.nl"),
        ("iclould.com", "icloud.com"),
        ("telenett.be", "telenet.be"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("gmáil.com", "gmail.com"),
        ("gmаil.com", "gmail.com"),  # the a is Cyrillic
        ("xn--gmil-6na.com", "gmail.com"),  # gmáil.com, as it travels
        ("gmail.com.", ""),  # the dot of the root: the same host
    ],
)
def test_a_slip_is_told_from_a_host(typed: str, meant: str) -> None:
    assert meant_host(typed) == meant


@pytest.mark.parametrize(
    "host",
    [
        "mail.com",  # one letter from gmail.com, and real
        "ymail.com",
        "koffie.example",
        "philips.com",
        "tudelft.nl",
        "hotmail.se",  # real, though not in the list of common ones
        "hotmail.gr",
        "live.it",
        "home.se",
        "xn--mller-kva.example",
        "müller.example",
        "xn--",  # no punycode at all
        "xn--\u00e9",
        "",
        ".",
        "gmail",
        "localhost",
    ],
)
def test_a_host_of_its_own_gets_no_hint(host: str) -> None:
    assert meant_host(host) == ""


@pytest.mark.parametrize("host", sorted({*COMMON, *REAL}))
def test_a_known_host_never_gets_a_hint(host: str) -> None:
    assert meant_host(host) == ""
    assert meant_host(host.upper()) == ""


def test_the_rest_of_the_address_stays_as_it_was_typed() -> None:
    assert suggestion("Sanne.Visser+Koffie@Gnail.com") == "Sanne.Visser+Koffie@gmail.com"
    assert suggestion("sanne@gmail.com") == ""


@pytest.mark.parametrize("text", ["", "sanne", "sanne@", "@gnail.com", "@"])
def test_what_is_no_address_gets_no_hint(text: str) -> None:
    assert suggestion(text) == ""


@given(st.text(max_size=60))
def test_whatever_is_typed_brings_a_common_host_or_nothing(text: str) -> None:
    found = suggestion(text)
    assert found == "" or (found.rpartition("@")[2] in COMMON and found.rpartition("@")[0] == text.rpartition("@")[0])


@given(st.sampled_from(COMMON), st.data())
def test_one_slip_in_a_long_name_is_hinted_at_or_makes_another_real_host(host: str, data: st.DataObject) -> None:
    name, _, ending = host.partition(".")
    if slips_allowed(name) == 0:
        return
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    kinds = {
        "lost": name[:at] + name[at + 1 :],
        "wrong": name[:at] + letter + name[at + 1 :],
        "more": name[:at] + letter + name[at:],
        "swapped": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    }
    typed = f"{kinds[data.draw(st.sampled_from(sorted(kinds)))]}.{ending}"
    meant = meant_host(typed)
    assert meant in COMMON if typed not in {*COMMON, *REAL} else meant == ""


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("ab", "abc", 1), ("abc", "xyz", 3)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert distance(one, other, most=5) == slips
    assert distance(one, other, most=0) == min(slips, 1)


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6))
def test_slips_are_the_same_in_both_directions(one: str, other: str) -> None:
    assert distance(one, other, most=9) == distance(other, one, most=9)
    assert (distance(one, other, most=9) == 0) == (one == other)
