"""The frame of a page, made before the page is: for one that waits for Piggy, and has the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.template import engines
from django.template.backends.django import DjangoTemplates

if TYPE_CHECKING:
    from piggyadmin.accounts.request import StaffRequest

PARTS = {  # as pages name them, and how they are made
    "frame_head": "_head.html",
    "frame_box": "_box.html",
    "frame_side": "_side.html",
    "frame_foot": "_foot.html",
}


def make_ready(request: StaffRequest) -> None:
    """Make now what this request's page will show around itself, as the settings' context processors have it."""
    shown: dict[str, object] = {}
    for processor in cast(DjangoTemplates, engines["django"]).engine.template_context_processors:
        shown |= processor(request)
    made = {name: shown.get(name) for name in PARTS}
    request.frame_parts = {name: part() for name, part in made.items() if callable(part)}
    request.frame_parts["csrf_token"] = shown["csrf_token"]  # the page's own forms carry the one that these have
