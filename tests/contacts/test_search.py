"""One table of what is typed and who is found, in order: the same on SQLite and on PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.copy.forgetting import forget
from contacts.models import CardCopy, ContactCopy, GoneContact, Merge, NamePiece, Snapshot
from contacts.search import index, upkeep
from contacts.search.fields import search_fields
from contacts.search.services import by_card, find
from tests.conftest import Person
from tests.contacts.copy_hands import copied

pytestmark = pytest.mark.django_db

LONG_UUID = "0f9a1c52-8f0e-4d37-9a51-6b1f2f6f3a10"

PEOPLE = {
    "jan": ("Jan Jansen", "jan@mail.example", "06 1234 4417", "9100000000000017"),
    "piet": ("Piet Janssen", "pietj84@post.example", "0612349999", "9100000000000025"),
    "berg": ("Marieke van den Berg", "m.vdberg@mail.example", "+31 30 123 4567", ""),
    "vdb": ("Sofie vdBerg", "sofie@berg.example", "", "KOF-0042"),
    "bergh": ("Ed Bergh", "ed@post.example", "", ""),
    "jose": ("José Muñoz-Peña", "jose@post.example", "+34 612 345 678", ""),
    "obrien": ("Sinéad O’Brien", "sob@mail.example", "+353 85 012 3456", ""),
    "greek": ("Ελένη Παπαδοπούλου", "eleni@mail.example", "", ""),
    "cyrillic": ("Анна Каренина", "anna.k@mail.example", "", ""),
    "arabic": ("محمد العلي", "m.ali@mail.example", "", ""),
    "chinese": ("李 小龙", "li@mail.example", "", ""),
    "meijer": ("Truus Meijer", "truus@mail.example", "", ""),
    "anonymous": ("", "", "", "9100000000000999"),
    LONG_UUID: ("Wendy Quist", "wendy@mail.example", "", ""),
}

FINDS = [
    # a name, whole, in any order, the beginning of one
    ("jan jansen", ["jan"]),
    ("Jansen Jan", ["jan"]),
    ("JANSEN", ["jan", "piet"]),  # the one spelt so first, then the one that is alike
    ("Janssen", ["piet", "jan"]),
    ("Jansn", ["jan", "piet"]),
    ("jansne", ["jan", "piet"]),
    ("janss", ["piet", "jan"]),
    ("janzse", ["piet", "jan"]),  # half a surname, and a slip in it
    ("jan", ["jan", "piet"]),
    ("marike berg", ["berg"]),
    # little words, joined or not
    ("van den berg", ["berg", "vdb", "bergh"]),
    ("berg", ["berg", "vdb", "bergh"]),
    ("vdberg", ["vdb", "berg", "bergh"]),
    ("vandenberg", ["berg", "bergh"]),
    ("v.d. Berg", ["berg", "vdb", "bergh"]),
    # accents, apostrophes, hyphens, two ways to write a sound
    ("munoz", ["jose"]),
    ("jose pena", ["jose"]),
    ("obrien", ["obrien"]),
    ("o'brien", ["obrien"]),
    ("o´brien sinead", ["obrien"]),
    ("meyer", ["meijer"]),
    # other scripts
    ("παπαδοπουλου", ["greek"]),
    ("Παπαδοπούλο", ["greek"]),
    ("каренина", ["cyrillic"]),
    ("каренена", ["cyrillic"]),
    ("العلي", ["arabic"]),
    ("小龙", ["chinese"]),
    ("李", ["chinese"]),
    # part of an e-mail address
    ("pietj84", ["piet"]),
    ("@post.example", ["jose", "bergh", "piet"]),
    ("m.vdberg@mail", ["berg"]),
    ("jan@mail.example", ["jan"]),
    ("sofie@", ["vdb"]),
    # telephone
    ("0612344417", ["jan"]),
    ("+31 6 1234 4417", ["jan"]),
    ("06-1234.4417", ["jan"]),
    ("4417", ["jan"]),
    ("44417", ["jan"]),
    ("234417", []),
    ("344417", ["jan"]),
    ("061234", ["jan", "piet"]),
    ("0612", ["jan", "piet"]),
    ("+34612345678", ["jose"]),
    ("jansen 0612", ["jan", "piet"]),
    ("jansen 4417", ["jan"]),
    # cards and ids
    ("9100000000000017", ["jan"]),
    ("9100 0000 0000 0025", ["piet"]),
    ("910000000000", ["anonymous", "piet", "jan"]),
    ("0017", ["jan"]),
    ("00 17", ["jan"]),
    ("0999", ["anonymous"]),  # not the phone that ends 9999
    ("000025", ["piet"]),
    ("100025", []),
    ("0042", ["vdb"]),  # of a card with letters, too
    ("+0017", []),  # no card has a plus
    ("017", []),  # too little of a card
    ("KOF-0042", ["vdb"]),
    ("KOF-00", ["vdb"]),
    ("9100000000000999", ["anonymous"]),
    (LONG_UUID, [LONG_UUID]),
    (f"https://piggy.example/contacts/{LONG_UUID}/", [LONG_UUID]),
    ("vdb", ["vdb", "berg"]),
    # one or two letters
    ("qu", [LONG_UUID]),
    ("w", [LONG_UUID]),
    # nobody, and nonsense
    ("xyzzy", []),
    ("jansen xyzzy", []),
    ("%", []),
    ("_", []),
    ('"', []),
    ("*", []),
    ("jan*", ["jan", "piet"]),
    ('"jansen" OR "berg"', []),
    ("'; DROP TABLE contacts_contactcopy; --", []),
    ("🐷", []),
    ("jan 🐷", ["jan", "piet"]),
    ("", []),
    ("   \t", []),
    ("jansen" * 1000, []),
    ("a b c d e f g h i j", []),
]


@pytest.fixture
def people() -> None:
    for uuid, (name, email, phone, card) in PEOPLE.items():
        copied(uuid, name, email, phone, card)


@pytest.mark.parametrize(("typed", "found"), FINDS, ids=[typed[:30] for typed, _found in FINDS])
def test_who_is_found_and_in_which_order(people: None, typed: str, found: list[str]) -> None:
    assert [hit.contact_uuid for hit in find(typed)] == found


REASONS = [
    ("jan jansen", "name"),
    ("janzsen", "name alike"),
    ("ietj8", "e-mail contains “ietj8”"),
    ("jan@mail.example", "e-mail"),
    ("4417", "phone ends 4417"),
    ("+3161234", "phone begins +3161234"),
    ("0612344417", "phone number"),
    ("9100000000000017", "card"),
    ("9100000", "card begins 9100000"),
    ("0017", "card ends 0017"),
    ("000017", "card ends 000017"),
    ("truus mail.example", "name, e-mail contains “mail.example”"),
    ("jansen 4417", "name, phone has 4417"),
    (LONG_UUID, "id"),
]


@pytest.mark.parametrize(("typed", "reason"), REASONS)
def test_each_hit_says_why_it_fits(people: None, typed: str, reason: str) -> None:
    assert find(typed)[0].reason == reason


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300) | st.text(alphabet="jansen 0619%_*\"'@.-+{}:^()李é🐷", max_size=40))
def test_any_text_at_all_is_answered_with_ten_at_most(people: None, typed: str) -> None:
    assert len(find(typed)) <= 10


def test_ten_of_a_crowd_are_the_best_not_the_first(db: None) -> None:
    copied("the-one", "Jan Berg", "jan.berg@mail.example")
    for number in range(80):
        copied(f"crowd-{number}", f"Jan Bergman{'abcdefghij'[number % 10]}", f"crowd{number}@mail.example")
    hits = find("jan berg")
    assert hits[0].contact_uuid == "the-one"
    assert len(hits) == 10


def test_the_end_of_a_card_and_of_a_phone_share_the_ten_places(db: None) -> None:
    for number in range(12):
        copied(f"phone-{number}", "", "", f"06 12{number:02} 4417")
        copied(f"card-{number}", card=f"91000000{number:04}4417")
    found = [(hit.contact_uuid, hit.reason) for hit in find("4417")]
    assert found == [
        *((f"phone-{number}", "phone ends 4417") for number in range(11, 6, -1)),
        *((f"card-{number}", "card ends 4417") for number in range(11, 6, -1)),
    ]
    ContactCopy.objects.filter(contact_uuid__startswith="phone", pk__gt=ContactCopy.objects.first().pk).delete()
    assert len(find("4417")) == 10, "what one does not need the other takes"


def test_only_a_number_of_four_digits_or_more_asks_for_ends_of_cards(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ours = type(index.current())
    ends = ours.cards_ending
    monkeypatch.setattr(ours, "cards_ending", lambda *args, **more: asked.append(args[1]) or ends(*args, **more))
    for typed in ("jan jansen", "jansen 4417", "017", "KOF-0042", "jan@mail.example", LONG_UUID, "0612344417", "+4417"):
        find(typed)
    assert asked == []
    find("0017")
    assert asked == ["0017"]


def test_a_number_typed_without_its_country_belongs_to_the_shops_country(db: None) -> None:
    copied("madrid", "Inés Gil", "ines@mail.example", "+34612345678")
    assert [hit.contact_uuid for hit in find("612 345 678", time_zone="Europe/Madrid")] == ["madrid"]
    assert find("612 345 678", time_zone="Europe/Madrid")[0].reason == "phone number"


def test_the_id_of_a_merged_contact_leads_to_the_survivor(people: None) -> None:
    forget("piet", why=GoneContact.Why.MERGED, survivor="jan")
    (hit,) = find("piet")[:1]
    assert (hit.contact_uuid, hit.was_merged) == ("jan", True)
    forget("jan", why=GoneContact.Why.MERGED, survivor=LONG_UUID)
    assert [hit.contact_uuid for hit in find("piet")] == [LONG_UUID]


def test_the_old_address_of_a_merged_contact_leads_to_the_survivor_until_it_is_erased(
    people: None, admin: Person
) -> None:
    now = timezone.now()
    merge = Merge.objects.create(
        source_uuid="piet", destination_uuid="jan", proposed_by=admin.staff, proposed_at=now, state="done", ended_at=now
    )
    for uuid, email in (("piet", "pietj84@post.example"), ("jan", "jan@mail.example")):
        Snapshot.objects.create(merge=merge, contact_uuid=uuid, taken_at=now, body={"email": email})
    forget("piet", why=GoneContact.Why.MERGED, survivor="jan")
    assert [(hit.contact_uuid, hit.was_merged) for hit in find("PietJ84@post.example")] == [("jan", True)]
    assert find("pietj8@post.example") == []
    forget("jan", why=GoneContact.Why.ERASED)
    assert find("pietj84@post.example") == []


def test_what_is_forgotten_is_found_by_nothing_and_leaves_no_word_of_its_name(people: None) -> None:
    assert NamePiece.objects.filter(piece="meijer").exists()
    forget("meijer", why=GoneContact.Why.ERASED)
    for typed in ("meijer", "truus", "meyer", "truus@mail.example", "meijer"):
        assert find(typed) == []
    assert not NamePiece.objects.filter(piece__in=["meijer", "meije", "meij", "truus", "truu"]).exists()
    assert NamePiece.objects.filter(piece="jansen").exists()


def test_a_word_that_another_name_has_stays_known(people: None) -> None:
    copied("other", "Truus Boer", "truus2@mail.example")
    forget("meijer", why=GoneContact.Why.DELETED)
    assert [hit.contact_uuid for hit in find("trus boer")] == ["other"]


def test_a_changed_name_is_found_by_the_new_one_only(people: None) -> None:
    found_by = search_fields(firstname="Johanna", lastname="de Wit", email="jo@mail.example", phone="")
    ContactCopy.objects.filter(contact_uuid="jan").update(
        search_name=found_by.search_name, search_email=found_by.search_email
    )
    assert [hit.contact_uuid for hit in find("johanna wit")] == ["jan"]
    assert [hit.contact_uuid for hit in find("jan jansen")] == []


def test_migrating_again_makes_what_the_database_lost(people: None) -> None:
    ours = index.current()
    connection.check_constraints()  # PostgreSQL changes no indexes over rows whose keys are still to be checked
    ours.drop(connection)
    assert ours.missing(connection)
    copied("late", "Late Comer", "late@mail.example")
    upkeep.after_migrate(using="default")
    assert ours.missing(connection) == []
    assert [hit.contact_uuid for hit in find("late comer")] == ["late"]
    assert [hit.contact_uuid for hit in find("jan jansen")] == ["jan"]
    call_command("migrate", verbosity=0)
    assert [hit.contact_uuid for hit in find("late comer")] == ["late"]


def test_a_card_says_whose_it_is(people: None) -> None:
    assert by_card("9100000000000017") == "jan"
    assert by_card("9100000000000018") == ""
    CardCopy.objects.filter(value="9100000000000017").update(contact=ContactCopy.objects.get(contact_uuid="piet"))
    assert by_card("9100000000000017") == "piet"


@pytest.mark.parametrize(
    ("firstname", "lastname", "email", "phone", "made"),
    [
        (
            *("Ýrsa-Ann", "O’Brien", "Ýrsa.X+y@Mail.example", "06 1234 4417"),
            (" yrsa ann obrien ", "yrsa.x+y@mail.example", "+31612344417", "4417"),
        ),
        ("", "", "", "", ("", "", "", "")),
        ("x" * 10_000, "", "", "123", (" " + "x" * 300 + " ", "", "", "")),
        ("%_*", '"', "a%b@mail.example", "call me", ("", "a b@mail.example", "", "")),
        ("", "", "", "call me, 12", ("", "", "", "")),
    ],
)
def test_what_a_contact_is_found_by(
    firstname: str, lastname: str, email: str, phone: str, made: tuple[str, ...]
) -> None:
    found_by = search_fields(firstname=firstname, lastname=lastname, email=email, phone=phone)
    assert (found_by.search_name, found_by.search_email, found_by.phone_e164, found_by.phone_end) == made


def test_whoever_has_two_cards_of_one_end_or_two_of_the_same_phone_stands_once_and_the_newest_first() -> None:
    old = copied("old", "Old Bearer", "old@mail.example", "0687654321", "91000000005555")
    copied("new", "New Bearer", "new@mail.example", "0687654321", "92000000005555")
    CardCopy.objects.create(contact=old, value="93000000005555", read_at=timezone.now())
    assert [hit.contact_uuid for hit in find("5555")] == ["new", "old"]
    assert [hit.contact_uuid for hit in find("0687654321")] == ["new", "old"]


def test_digits_alone_find_an_address_with_them_the_newest_first() -> None:
    copied("first", "", "k1987654x@mail.example", "", "")
    copied("second", "", "k1987654y@mail.example", "", "")
    hits = find("1987654")
    assert [hit.contact_uuid for hit in hits] == ["second", "first"]
    assert {hit.reason for hit in hits} == {"e-mail contains “1987654”"}
