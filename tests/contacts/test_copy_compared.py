"""When what a page of the list brought is compared with all others: at once, but for a first copy."""

import pytest

from contacts.copy.taking import take_many
from contacts.duplicates import scanning
from contacts.models import BlockingKey, DuplicatePair, How
from tests.contacts.sweep_hands import told

pytestmark = pytest.mark.django_db


def test_a_page_of_a_first_copy_makes_keys_and_later_ones_are_compared_at_once() -> None:
    take_many([told("a", phonenumber="0612344417"), told("b", phonenumber="0612344417")], how=How.PAGE)
    assert BlockingKey.objects.exists()
    assert not DuplicatePair.objects.exists()  # the scan that follows finds them
    scan = scanning.start()
    take_many([told("c", phonenumber="0612344417")], how=How.PAGE)  # this one the scan may have missed
    assert {pair.second_uuid for pair in DuplicatePair.objects.all()} == {"c"}
    while scanning.advance(scan.pk):
        pass
    assert DuplicatePair.objects.count() == 3
    take_many([told("d", phonenumber="0612344417")], how=How.PAGE)
    assert DuplicatePair.objects.filter(second_uuid="d").count() == 3
    gone = told("d", firstname="Mehmet", lastname="Kaya", email="mk@mail.example", birthdate="1991-02-03")
    take_many([gone], how=How.PAGE)
    assert not DuplicatePair.objects.filter(second_uuid="d").exists()
