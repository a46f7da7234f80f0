"""Fixtures of the ledger: people who act, and an action whose call and resolver a test decides."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger import actions
from piggyadmin.ledger.actions import Action, Settlement, Words
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act

WORDS = Words(
    do="Test award",
    done="Awarded {credits} credits.",
    refused="Not awarded.",
    unknown="We do not know whether {credits} credits were awarded. Do not award them again.",
    settle_question="Were {credits} credits awarded?",
    what="{credits:signed}",
)


class Resolver:
    """Stands where an action's resolver stands; answers what the test says, and counts."""

    def __init__(self) -> None:
        self.answer: Settlement | Exception | None = None
        self.looks = 0

    def __call__(self, act: Act) -> Settlement | None:
        self.looks += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


@pytest.fixture
def registering() -> Iterator[Callable[[Action], Action]]:
    """Register an action for one test."""
    names: list[str] = []

    def register(action: Action) -> Action:
        names.append(action.name)
        return actions.register(action)

    yield register
    for name in names:
        del actions._actions[name]


@pytest.fixture
def award(registering: Callable[[Action], Action], resolver: Resolver) -> Action:
    """A write to Piggy that can be looked up."""
    return registering(
        Action(
            "test.award",
            "ledger.settle_act",
            WORDS,
            resolve=resolver,
            approve_permission="ledger.view_all_acts",
            may_come_late=0,
        )
    )


@pytest.fixture
def blind(award: Action, registering: Callable[[Action], Action]) -> Action:
    """A write to Piggy that nobody can look up: a person decides."""
    return registering(replace(award, name="test.blind", resolve=None, words=replace(WORDS, do="Test prepaid")))


@pytest.fixture
def noted(registering: Callable[[Action], Action]) -> Action:
    """Something that we do ourselves."""
    words = Words("Test note", "Noted {n}.", "Not done.", "Not known.", what="{n}")
    return registering(Action("test.note", "ledger.view_acts", words, needs_shop=False, writes_to_piggy=False))


@pytest.fixture
def customer() -> Target:
    return Target("contact", "123")


@pytest.fixture
def clerk(db: None, shop: Shop) -> Callable[..., Actor]:
    """Make somebody who acts, with exactly these permissions of the ledger."""

    def make(
        username: str = "fatima",
        *,
        may: tuple[str, ...] = ("view_acts", "settle_act"),
        in_shop: bool = True,
        **facts: Any,
    ) -> Actor:
        staff = Staff.objects.create_user(username=username, name=username.title(), password="correct horse", **facts)
        group = _group(may)
        if group:
            staff.groups.add(group)
        staff = Staff.objects.get(pk=staff.pk)
        return Actor(staff, "desk", shop if in_shop else None)

    return make


def _group(codenames: tuple[str, ...]) -> Any:
    from django.contrib.auth.models import Group

    if not codenames:
        return None
    group, _ = Group.objects.get_or_create(name="test " + " ".join(sorted(codenames)))
    group.permissions.set(Permission.objects.filter(codename__in=codenames, content_type__app_label="ledger"))
    return group


@pytest.fixture
def actor(clerk: Callable[..., Actor]) -> Actor:
    return clerk()
