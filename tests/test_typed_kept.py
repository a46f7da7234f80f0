"""A hidden field that is missing, wild or of another page: nothing is done, and every typed text stands on the page.

The walk of tests/test_wild.py holds the same on all pages, by a sample; here each form that once lost something gets
everything into each of its hidden fields.
"""

from collections.abc import Callable
from html import unescape

import pytest

from piggyadmin.accounts.models import Limit
from piggyadmin.sandbox.registry import OPERATIONS
from tests.actions.browsing import Visit, read
from tests.conftest import Person
from tests.contacts.merging_hands import Two
from tests.contacts.reward_hands import CARD
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.runs import batch_run
from tests.wild.forms import Form, encoded, forms_of

import piggyadmin.sandbox.resources  # noqa: F401  isort: skip  registers the operations

FORM = "application/x-www-form-urlencoded"
NOTHING = "00000000-0000-0000-0000-000000000007"
CODE = "otp"  # a code of one use is no text to keep: used or not, it stands on no page
BROKEN = {"wild": ("wild/\x00",), "of nothing": (NOTHING,), "empty": ("",), "absent": ()}
BY_FIELD = {"starts_at": "2027-03-05T19:30", "until": "2027-03-05T19:30", "kind": "expiry", "confirm": "van den Berg"}


def sanne(sandbox: SandboxAccount) -> str:
    uuid = str(sandbox.add_contact("sanne@mail.example", firstname="Sanne", credits=240)["uuid"])
    sandbox.add_identifier(CARD, contact_uuid=uuid)
    return f"/contacts/{uuid}/"


def merge(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, Two(sandbox).page())


def replace(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, f"{sanne(sandbox)}cards/").press("Replace")


def rename(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, f"{sanne(sandbox)}cards/").press("Rename")


def hand_over(person: Person, sandbox: SandboxAccount) -> Visit:
    sandbox.seed(contacts=1)
    holders = {row["value"]: row["contact_uuid"] for row in sandbox.state("identifier")}
    page = Visit(person, f"/contacts/{holders['2600118077004410']}/rewards/")
    return page.follow("Hand over").says("First see who it is")


def move(person: Person, sandbox: SandboxAccount) -> Visit:
    Limit.objects.update_or_create(kind="prepaid_cents", role="admin", shop=None, defaults={"amount": 100})
    return Visit(person, f"{sanne(sandbox)}prepaid/").press("Top up", amount="150").says("A second person approves")


def orders(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, f"{sanne(sandbox)}orders/").press("With what is bought")


def booking(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, f"/bookings/new/?contact={sanne(sandbox).split('/')[2]}")


def change_run(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, f"/vouchers/changes/?run={batch_run(person.staff, shop=person.shop, vouchers=2).pk}")


def change_codes(person: Person, sandbox: SandboxAccount) -> Visit:
    return Visit(person, "/vouchers/changes/")


# Where, a field of the form that is meant, and the hidden fields without which it cannot be taken.
CASES = [
    (merge, "confirm", ("source", "destination", "form_token", "step")),
    (merge, "card", ("source", "destination", "form_token", "step")),
    (replace, "new", ("card", "form_token")),
    (rename, "name", ("card", "form_token")),
    (hand_over, "card", ("step",)),
    (move, "approver", ("seal", "cents", "way", "step")),
    (move, "seal reason", ("seal", "cents", "way", "step")),
    (orders, "number", ("step",)),
    (orders, "total", ("step",)),
    (booking, "starts_at", ("contact", "form_token", "shop", "zone")),
    (change_run, "sheet", ("run", "voucher")),
    (change_codes, "codes", ("run", "voucher")),
]


@pytest.mark.parametrize(("opened", "of", "hidden"), CASES, ids=[f"{case[0].__name__} {case[1]}" for case in CASES])
def test_what_was_typed_stands_on_the_page(
    opened: Callable[[Person, SandboxAccount], Visit],
    of: str,
    hidden: tuple[str, ...],
    admin: Person,
    sandbox: SandboxAccount,
) -> None:
    page = opened(admin, sandbox)
    form = typed_into(next(form for form in forms_of(page.page, page.path) if is_meant(form, of)))
    texts = {value for each in form.fields if each.is_text and each.name != CODE for value in each.values if value}
    assert texts
    lost = []
    for name in hidden:
        field = next(each for each in form.fields if each.name == name)
        assert field.kind == "hidden"
        for told, values in BROKEN.items():
            if name in ("run", "voucher", "shop") and not field.values[0] and told in ("empty", "absent"):
                continue  # as it was
            if name == "form_token" and told == "of nothing":
                continue  # as good as any
            sandbox.forget_calls()
            answer = admin.generic("POST", form.action, encoded(form.with_wild(field, values)), FORM)
            status = {
                ("card", "of nothing"): 409,  # a card that they may have had
                ("form_token", "absent"): 200 if opened in (replace, rename) else 422,  # there it is the question
            }.get((name, told), 422)
            assert answer.status_code == status, f"{name} {told}: {answer.status_code}"
            shown = standing(answer.content.decode())
            lost += [f"{name} {told}: {text}" for text in texts if text not in shown]
            wrote = [call.operation for call in sandbox.calls if OPERATIONS[call.operation].writes]
            assert wrote == [], f"{name} {told}"
    assert lost == []


def is_meant(form: Form, of: str) -> bool:
    return form.is_post and not form.by_htmx and set(of.split()) <= {each.name for each in form.fields}


def typed_into(form: Form) -> Form:
    """Each text another one, so that none stands for another."""
    return Form(
        form.page,
        form.action,
        form.is_post,
        tuple(
            type(each)(each.name, each.kind, (BY_FIELD.get(each.name, f"Typed as {each.name}"),))
            if each.is_text or each.name in BY_FIELD
            else each
            for each in form.fields
        ),
        form.button,
    )


def standing(html: str) -> str:
    """What a person sees of a page's fields and lists of what they typed: never a hidden field."""
    root = read(html)
    fields = [each for each in root.all("input") if each.attributes.get("type") != "hidden"]
    values = [each.attributes.get("value", "") for each in fields]
    return "\n".join(unescape(text) for text in [*values, *(each.words for each in root.all("textarea", "dd"))])
