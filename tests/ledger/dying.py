"""A process to be killed in mid-call: `python -m tests.ledger.dying STAFF SHOP`. It says "asked" when Piggy is."""

import sys
import time

import django

django.setup()

from piggyadmin.accounts.models import Shop, Staff  # noqa: E402
from piggyadmin.ledger.actions import Action, Words, register  # noqa: E402
from piggyadmin.ledger.actor import Actor  # noqa: E402
from piggyadmin.ledger.door import Target, perform  # noqa: E402
from piggyadmin.ledger.models import Act  # noqa: E402


def call(act: Act) -> None:
    print("asked", act.pk, flush=True)
    time.sleep(60)


if __name__ == "__main__":
    words = Words("Test award", "Awarded.", "Not awarded.", "Not known.", "Was it awarded?")
    action = register(Action("test.award", "ledger.settle_act", words))
    actor = Actor(Staff.objects.get(pk=sys.argv[1]), "desk", Shop.objects.get(pk=sys.argv[2]))
    perform(
        action,
        by=actor,
        target=Target("contact", "123"),
        figures={"credits": 24},
        form_token="the-form-of-a-process-that-died",
        call=call,
    )
