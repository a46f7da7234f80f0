"""Erase what is left here of a customer whom Piggy does not have any more: deleted there, or before our time."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.copy.forgetting import forget
from contacts.copy.tombstones import where_now
from contacts.deleting import services
from contacts.models import GoneContact
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error

PAGE = "contacts/deleting/erase.html"
WORD = "erase"
LOST_RACE, DOWN = 409, 503
STILL_THERE = (
    "Piggy still has this customer. Propose a GDPR deletion on their page: it erases what is kept here as well."
)
MERGED = "They were merged into a customer who is still there, so this is that customer’s record too."


class EraseForm(forms.Form):
    """A word to type: nothing of a person who is gone can be asked for."""

    typed = forms.CharField(
        label=f"Type the word {WORD}",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": f"Type: {WORD}"},
    )

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().casefold() != WORD:
            raise forms.ValidationError(f"Type: {WORD}")
        return typed


@called("Erase what is left of a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("ledger.erase_details", raise_exception=True)
@fresh_sign_in_required
def erase(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """GET says what goes and asks; POST erases it, once Piggy has said that it does not have them."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    who = services.look_up(contact_uuid)
    if who.error:
        problem, status = f"Piggy could not be asked whether they are gone. {who.error.message}", DOWN
    elif who.facts:
        problem, status = STILL_THERE, LOST_RACE
    elif where_now(contact_uuid) not in ("", contact_uuid):
        problem, status = MERGED, LOST_RACE
    else:
        problem, status = "", 200
    if not problem and form.is_valid():
        forget(contact_uuid, why=GoneContact.Why.ERASED, by=actor_of(request))
        messages.info(request, "Erased. Nothing here tells any more who this was.", "done")
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    if form.errors:
        focus_first_error(form)
        status = 422 if status == 200 else status
    context = {"contact_uuid": contact_uuid, "form": form, "problem": problem}
    return render_page(request, PAGE, context, status=status)
