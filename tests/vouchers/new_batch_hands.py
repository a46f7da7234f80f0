"""What the tests of a new batch have in common: the way from the form to the run, without script."""

import re
from typing import Any

from tests.conftest import Person

NEW = "/vouchers/batches/new/"


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace("&nbsp;", " ")


def hidden(text: str, step: str) -> dict[str, str]:
    """The hidden fields of the form of this step."""
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        if f'name="step" value="{step}"' in form:
            fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}
    raise AssertionError(f"no form to {step}")


class NewBatch:
    """One person's way to a batch."""

    def __init__(self, person: Person, promotion: str) -> None:
        self.person, self.promotion = person, promotion
        self.text, self.status, self.led_to = "", 0, ""

    def post(self, **typed: Any) -> "NewBatch":
        answer = self.person.post(NEW, typed)
        self.text, self.status, self.led_to = answer.text, answer.status_code, answer.headers.get("Location", "")
        return self

    def see(self, **typed: Any) -> "NewBatch":
        return self.post(**{"step": "see", "promotion": self.promotion, "quantity": "1200"} | typed)

    def confirm(self, again: str, step: str = "make", **typed: Any) -> "NewBatch":
        return self.post(**hidden(self.text, step), again=again, **typed)

    @property
    def words(self) -> str:
        return plain(self.text)
