"""The engine that finds contacts which may be one person: normal forms, keys, blocks, levels and weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.duplicates.engine import blocks, fitting, normal
from contacts.duplicates.engine.columns import Columns, Record, gather, stands_for
from contacts.duplicates.engine.keys import CARD, KINDS, keys
from contacts.duplicates.engine.levels import FIELDS, NAMES, Comparer
from contacts.duplicates.engine.model import BUILT_IN, Model, Scales, from_json, too_common, without
from tests.bench.people import Person, people

WORDS = st.one_of(
    st.text(max_size=12), st.sampled_from(["Jan", "jansen", "Van der Berg", "Zoë", "李", "O'Neil", "J", ""])
)
RECORDS = st.builds(
    Record,
    id=st.just(1),
    first=WORDS,
    last=WORDS,
    email=st.one_of(st.just(""), st.text(max_size=15), st.sampled_from(["j.jansen+x@gmail.com", "jjansen@gmail.com"])),
    phone=st.one_of(st.text("0123456789+ -", max_size=20), st.sampled_from(["+31612345678", "+31612345687"])),
    birthdate=st.one_of(st.dates().map(str), st.sampled_from(["", "1980-02-01", "1980-01-02", "19219503", "wrong"])),
    address=st.one_of(st.just(""), st.text(max_size=30), st.sampled_from(["Dorpsstraat 12, 1234 AB Ons Dorp"])),
)


def columns(*records: Record) -> Columns:
    return gather(record._replace(id=place) for place, record in enumerate(records))


def weigh(one: Record, other: Record, model: Model = BUILT_IN) -> tuple[float, dict[str, tuple[str, float]]]:
    """The score of two contacts, and per field the level and the weight."""
    both = columns(one, other)
    levels = Comparer(both).levels(np.array([0]), np.array([1]))
    scales = Scales(model, both)
    reasons = scales.reasons(levels, np.array([0]))[0]
    return float(scales.sums(levels, np.array([0]))[0]), {field: (level, weight) for field, level, weight in reasons}


JAN = Record(1, "Jan", "de Vries", "jan.devries@gmail.com", "+31612345678", "1980-01-02", "Dorpsstraat 12, 1234 AB Ons")


# -- normal forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("j.de.vries+shop@gmail.com", "jdevries@gmail.com"),
        ("JDeVries@googlemail.com", "jdevries@gmail.com"),
        ("piet+news@ziggo.nl", "piet@ziggo.nl"),
        (" piet@ziggo.nl ", "piet@ziggo.nl"),
    ],
)
def test_two_writings_of_one_mailbox_are_the_same(one: str, other: str) -> None:
    assert normal.email(one) == normal.email(other)


def test_dots_count_where_the_host_counts_them() -> None:
    assert normal.email("p.iet@ziggo.nl") != normal.email("piet@ziggo.nl")


@pytest.mark.parametrize("text", ["", "nobody", "   "])
def test_what_is_no_address_says_nothing(text: str) -> None:
    assert normal.email(text) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("van der Berg", "Berg"),
        ("Anne-Marie", "anne marie"),
        ("Zoë", "zoe"),
        ("Łukasz", "lukasz"),
        ("O'Neil", "O Neil"),
        ("Müller", "MULLER"),
    ],
)
def test_two_writings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert normal.name(one) == normal.name(other)


def test_a_name_of_nothing_but_particles_stays() -> None:
    assert normal.name("Ben") == "ben"
    assert normal.name("van de") == "vande"


@given(st.text(max_size=50))
def test_no_text_is_too_odd_for_a_field(text: str) -> None:
    for form in (normal.name, normal.email, normal.phone, normal.birthdate, normal.address):
        assert form(text) == form(text)
    assert normal.name(normal.name(text)) == normal.name(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dorpsstraat 12, 1234 AB Ons Dorp", ("dorpsstraat ons dorp", "1234ab", "12")),
        ("1234ab 12", ("", "1234ab", "12")),
        ("12 Wallaby place, Cleveland 2119", ("wallaby place cleveland", "2119", "12")),
        ("Am Markt 5, 10115 Berlin", ("am markt berlin", "10115", "5")),
        ("Kade", ("kade", "", "")),
    ],
)
def test_an_address_has_words_a_postcode_and_a_house_number(text: str, found: tuple[str, str, str]) -> None:
    assert normal.address(text) == found


def test_a_birthday_that_forms_fill_in_says_nothing() -> None:
    assert normal.birthdate("1900-01-01") == 0
    assert normal.birthdate("1980-01-02") == 19800102


@given(st.lists(st.text(max_size=6), min_size=6, max_size=6), st.lists(st.text(max_size=6), min_size=6, max_size=6))
def test_the_digest_tells_any_two_sets_of_fields_apart(one: list[str], other: list[str]) -> None:
    def digest(fields: list[str]) -> str:
        names = ("first", "last", "email", "phone", "birthdate", "address")
        return normal.matched_digest(**dict(zip(names, fields, strict=True)))

    assert (digest(one) == digest(other)) == (one == other)
    assert digest(["ab", "c", "", "", "", ""]) != digest(["a", "bc", "", "", "", ""])


# -- keys and blocks


def test_keys_are_the_same_on_every_machine() -> None:
    # They stand in the database: another release must find what this one wrote.
    assert stands_for("jansen") == 7000771993284685541
    assert {kind.number: int(keys(columns(JAN))[kind.number][0]) for kind in KINDS}[4] == 4553007279724484486


@pytest.mark.parametrize(
    "slip",
    [
        JAN._replace(email="jandevries+klant@gmail.com", first="", last="", phone="", birthdate="", address=""),
        JAN._replace(email="", first="", last="", birthdate="", address="", phone="0612345678"),
        JAN._replace(email="jan.devries@hotmail.com", phone="", birthdate="", address=""),
        JAN._replace(email="", phone="", first="de Vries", last="Jan"),
        JAN._replace(email="", phone="", first="J", address=""),
        JAN._replace(email="", phone="", last="de Vreis", birthdate=""),
        JAN._replace(email="", phone="", birthdate="", first="Johan", last="Bakker"),
        JAN._replace(email="", phone="", birthdate="1980-02-01", address=""),
    ],
    ids=["tagged e-mail", "phone only", "other host", "swapped", "initial", "typing error", "same house", "turned day"],
)
def test_one_slip_leaves_a_key_that_both_share(slip: Record) -> None:
    assert _twos(columns(JAN, slip)) == {(0, 1)}


def test_strangers_share_no_key() -> None:
    other = Record(2, "Fatima", "Benali", "f.benali@ziggo.nl", "+31698765432", "1991-07-30", "Kade 7, 9876 ZX Elders")
    assert _twos(columns(JAN, other)) == set()


def test_a_contact_of_which_nothing_is_known_has_no_key() -> None:
    nobody = Record(1)
    assert _twos(columns(nobody, nobody, nobody)) == set()


def test_contacts_that_hold_one_card_are_a_pair() -> None:
    held = gather(
        [Record(7), Record(9), Record(11)], [(7, "C1"), (9, "C1"), (9, "C2"), (11, "C3"), (99, "C3"), (7, "C1")]
    )
    parts = list(blocks.walk(keys(held), (CARD, held.card_rows, held.cards)))
    assert [(part.left.tolist(), part.right.tolist()) for part in parts] == [([0], [1])]
    assert Comparer(held).levels(np.array([0, 0]), np.array([1, 2]))[:, NAMES.index("card")].tolist() == [1, 0]


COLUMNS_OF_KEYS = st.integers(2, 12).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 4), min_size=rows, max_size=rows), min_size=1, max_size=4)
)


@given(COLUMNS_OF_KEYS, st.integers(1, 9))
@settings(max_examples=150)
def test_every_pair_that_shares_a_key_is_met_once(table: list[list[int]], at_once: int) -> None:
    made = {kind: np.array(column, np.int64) for kind, column in enumerate(table, 1)}
    expected = {
        two
        for two in itertools.combinations(range(len(table[0])), 2)
        for column in table
        if 0 != column[two[0]] == column[two[1]]
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "AT_ONCE", at_once)
        parts = list(blocks.walk(made))
        met = [two for part in parts for two in zip(part.left.tolist(), part.right.tolist(), strict=True)]
        assert sorted(met) == sorted(expected)
        for place, part in enumerate(parts):  # taken up again after any part: the rest and nothing else
            rest = blocks.walk(made, after=(part.kind, part.key))
            again = [two for later in rest for two in zip(later.left.tolist(), later.right.tolist(), strict=True)]
            assert sorted(again) == sorted(
                two
                for later in parts[place + 1 :]
                for two in zip(later.left.tolist(), later.right.tolist(), strict=True)
            )


def test_a_key_that_too_many_share_is_passed_over_and_hides_no_pair() -> None:
    crowd = np.ones(blocks.CAP + 1, np.int64)
    sharp = np.zeros(blocks.CAP + 1, np.int64)
    sharp[[3, 40]] = 5
    [part] = blocks.walk({1: crowd, 2: sharp})
    assert (part.left.tolist(), part.right.tolist()) == ([3], [40])


def test_what_kinds_cost_is_bounded_for_many_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "AT_LEAST", 0)
    crowded = np.repeat(np.arange(1, 101), 50)  # 100 keys of 50 contacts: 122,500 pairs of 5,000 contacts
    assert blocks.cost({1: crowded}) == 0
    fine = np.repeat(np.arange(1, 2501), 2)
    assert blocks.cost({1: fine}) == 2500


# -- levels and weights


@given(RECORDS, RECORDS)
@settings(max_examples=200)
def test_a_pair_weighs_the_same_both_ways(one: Record, other: Record) -> None:
    assert weigh(one, other) == weigh(other, one)


@given(RECORDS)
def test_nothing_speaks_against_a_contact_and_its_twin(record: Record) -> None:
    _, reasons = weigh(record, record)
    assert {level for field, (level, _) in reasons.items() if field != "household"} <= {"same"}


@given(RECORDS, RECORDS)
def test_the_reasons_add_up_to_the_score(one: Record, other: Record) -> None:
    score, reasons = weigh(one, other)
    assert sum(weight for _, weight in reasons.values()) == pytest.approx(score, abs=0.6)


@pytest.mark.parametrize(
    ("changed", "field", "level"),
    [
        ({"first": "Jn"}, "first name", "roughly alike"),
        ({"first": "J."}, "first name", "initial"),
        ({"first": "Fatima"}, "first name", "other"),
        ({"first": ""}, "first name", None),
        ({"last": "de Vriess"}, "last name", "alike"),
        ({"first": "De Vries", "last": "JAN"}, "first name", "swapped"),
        ({"email": "jan.devries@outlook.com"}, "e-mail", "other"),  # Gmail's dots: another mailbox's name
        ({"email": "jandevries@outlook.com"}, "e-mail", "alike"),
        ({"email": "jan.devires@gmail.com"}, "e-mail", "alike"),
        ({"phone": "+31612345687"}, "phone", "alike"),
        ({"phone": "0612345678"}, "phone", "same"),
        ({"birthdate": "1980-02-01"}, "birthdate", "alike"),
        ({"birthdate": "1980-01-03"}, "birthdate", "alike"),
        ({"birthdate": "1992-01-02"}, "birthdate", "roughly alike"),
        ({"birthdate": "1955-10-30"}, "birthdate", "other"),
        ({"address": "Dorpstraat 12, 1234 AB Ons"}, "address", "alike"),
        ({"address": "Kade 7, 1234 AB Ons"}, "house number", "other"),
    ],
)
def test_a_field_says_how_alike_it_is(changed: dict[str, str], field: str, level: str | None) -> None:
    _, reasons = weigh(JAN, JAN._replace(**changed))
    assert reasons.get(field, (None,))[0] == level


@pytest.mark.parametrize(
    "other",
    [
        Record(2, phone=JAN.phone),
        Record(2, "Jan", "de Vries"),
        Record(2, "Fatima", "Benali", "f@ziggo.nl", JAN.phone, "1990-05-05"),
        Record(2, "Anna", "de Vries", "anna@ziggo.nl", JAN.phone, "1982-07-08", JAN.address),
        Record(2, "Anna", "de Vries", "", "", "", JAN.address),
    ],
    ids=["phone only", "name only", "a stranger's phone", "a family", "a family of which little is known"],
)
def test_a_shared_phone_name_or_house_alone_makes_no_pair(other: Record) -> None:
    model = BUILT_IN.for_size(20_000)
    score, _ = weigh(JAN, other, model)
    assert model.probability(score) < 0.5


@pytest.mark.parametrize(
    "other",
    [
        JAN._replace(email="", phone="", first="J"),
        JAN._replace(email="other@ziggo.nl", address=""),
        JAN._replace(first="de Vries", last="Jan", email="", phone="", address=""),
        JAN._replace(email="", birthdate="", address=""),
    ],
    ids=["initial", "other e-mail", "swapped", "name and phone"],
)
def test_enough_likeness_makes_a_pair(other: Record) -> None:
    model = BUILT_IN.for_size(20_000)
    score, _ = weigh(JAN, other, model)
    assert model.probability(score) > 0.5


def test_a_household_is_told_as_a_reason() -> None:
    _, reasons = weigh(JAN, Record(2, "Anna", "de Vries", "", JAN.phone, "1982-07-08", JAN.address))
    level, weight = reasons["household"]
    assert level == "likely"
    assert weight < -10


def test_a_phone_of_many_says_nothing() -> None:
    shop = [Record(0, f"Name{number}", f"Other{number}", phone="+31201234567") for number in range(20)]
    crowd = columns(*shop, JAN, JAN)
    shared = too_common(crowd)
    assert len(shared["phone"]) == 1
    assert "31201234567" not in str(shared)  # the model is kept where no contact's data are
    blind = without(crowd, shared)
    assert not blind.phone[:20].any()
    assert blind.phone[20:].all()


# -- fitting


@pytest.fixture(scope="module")
def town() -> list[Person]:
    return list(people(6_000, seed=11))


@pytest.fixture(scope="module")
def fitted(town: list[Person]) -> tuple[Columns, Model]:
    gathered = gather(_records(town))
    parts = list(blocks.walk(keys(gathered)))
    met, comparer = fitting.Patterns(), Comparer(gathered)
    for part in parts:
        met.add(comparer.levels(part.left, part.right))
    return gathered, fitting.fit(gathered, met, fitting.strangers(comparer, twos=100_000), {})


def test_weights_fitted_without_a_word_from_anybody_find_the_pairs(
    town: list[Person], fitted: tuple[Columns, Model]
) -> None:
    gathered, model = fitted
    true = {
        (one, other) for one, other in itertools.combinations(range(len(town)), 2) if town[one].who == town[other].who
    }
    found = set()
    scales, comparer = Scales(model, gathered), Comparer(gathered)
    for part in blocks.walk(keys(gathered)):
        high = scales.sums(comparer.levels(part.left, part.right), part.left) >= model.threshold
        found |= set(zip(part.left[high].tolist(), part.right[high].tolist(), strict=True))
    right = len(found & true)
    assert right / len(found) > 0.93  # families among them: two classes only would call thousands of them one person
    assert right / len(true) > 0.88  # the others have a name in common and nothing else
    assert model.relatives


def test_fitted_weights_are_in_the_order_of_likeness(fitted: tuple[Columns, Model]) -> None:
    _, model = fitted
    for field in ("first name", "last name", "birthdate", "phone", "e-mail"):
        weights = model.weights[field]
        assert weights["same"] > 0 > weights["other"]
        assert weights["alike"] > weights["other"]


def test_a_common_name_weighs_less_than_a_rare_one(fitted: tuple[Columns, Model]) -> None:
    _, model = fitted
    assert model.name_more("last name", "jong") < -1 < 0 < model.name_more("last name", "vandenzazawur")


def test_a_model_is_the_same_after_it_was_kept(fitted: tuple[Columns, Model]) -> None:
    import json

    _, model = fitted
    again = from_json(json.loads(json.dumps(model.as_json())))
    for other in (
        JAN._replace(first="J"),
        JAN._replace(last="Jong", email=""),
        Record(2, "Anna", "de Vries", address=JAN.address),
    ):
        assert weigh(JAN, other, again)[0] == pytest.approx(weigh(JAN, other, model)[0], abs=0.05)
    assert again.threshold == pytest.approx(model.threshold, abs=0.01)


def test_every_level_has_a_built_in_weight() -> None:
    for field, levels in FIELDS.items():
        assert set(BUILT_IN.weights[field]) == set(levels) - {"unknown"}


def _records(town: Iterable[Person]) -> Iterable[Record]:
    return (
        Record(each.id, each.first, each.last, each.email, each.phone, each.birthdate, each.address) for each in town
    )


def _twos(of: Columns) -> set[tuple[int, int]]:
    return {two for part in blocks.walk(keys(of)) for two in zip(part.left.tolist(), part.right.tolist(), strict=True)}
