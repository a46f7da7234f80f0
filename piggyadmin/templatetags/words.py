"""Template builtins: how figures, times, codes and outcomes are written, once for all pages."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, RadioSelect, Select, Textarea
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from piggyadmin import codes
from piggyadmin.moments import MONTHS

register = template.Library()

# The three outcomes have shapes of their own, so that colour is never the only sign.
PATHS = {
    "done": '<circle cx="12" cy="12" r="9.5"/><path d="m7.5 12.5 3 3 6-7"/>',
    "refused": '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="m8.5 8.5 7 7m0-7-7 7"/>',
    "unknown": (
        '<path d="M12 1.5 22.5 12 12 22.5 1.5 12z"/>'
        '<path d="M9.6 9.7c.2-1.5 1.2-2.2 2.5-2.2 1.4 0 2.4.8 2.4 2.1 0 1.8-2.4 1.9-2.4 3.7M12.1 16.4v.2"/>'
    ),
    "brand": '<circle cx="12" cy="12" r="10"/><path d="M7.5 12h9" stroke-width="3"/>',
}
# What an outcome in the ledger looks like. "sent" and "planned" are under way: plain facts, no colour yet.
OUTCOME_LOOKS = {"done": "done", "refused": "refused", "unknown": "unknown"}
OUTCOME_WORDS = {"sent": "sending", "planned": "not done yet"}


@register.simple_tag
@lru_cache(maxsize=100)
def icon(name: str, size: int = 20) -> SafeString:
    paths = SafeString(PATHS[name])  # a constant above, never anything typed
    return format_html('<svg width="{0}" height="{0}" viewBox="0 0 24 24" aria-hidden="true">{1}</svg>', size, paths)


@register.simple_tag
@lru_cache(maxsize=100)
def outcome_tag(outcome: str, words: str = "") -> SafeString:
    """A state in a row: word, shape and colour together."""
    look = OUTCOME_LOOKS.get(outcome, "")
    shape = icon(look, 14) if look else ""
    return format_html('<span class="tag {}">{}{}</span>', look, shape, words or OUTCOME_WORDS.get(outcome, outcome))


def moment_words(at: datetime, now: datetime | None = None, *, seconds: bool = False) -> str:
    """`at` in the active zone, as short as it may be: 14:02, yesterday 18:22, tomorrow 00:10, 16 Nov 11:05, or with
    another year 16 Nov 2025, 11:05."""
    at = timezone.localtime(at)
    today = timezone.localtime(now or timezone.now()).date()
    clock = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    days = (today - at.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"yesterday {clock}"
    if days == -1:
        return f"tomorrow {clock}"
    if at.year == today.year:
        return f"{at.day} {MONTHS[at.month - 1][:3]} {clock}"
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year}, {clock}"


@register.filter
def moment(at: datetime | None, form: str = "") -> str | SafeString:
    """A `<time>` element; `at|moment:"seconds"` shows seconds too."""
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), moment_words(at, seconds=form == "seconds")
    )


@register.filter
def day(at: datetime | None) -> str:
    """31 Dec 2026, in the active zone."""
    if at is None:
        return ""
    at = timezone.localtime(at)
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year}"


@register.filter
def day_and_time(at: datetime | None, zone: str = "") -> str:
    """31 Dec 2026, 23:59, in the active zone, or in the one of this name."""
    if at is None:
        return ""
    at = timezone.localtime(at, ZoneInfo(zone) if zone else None)
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year}, {at:%H:%M}"


@register.simple_tag
def live(at: datetime | None) -> SafeString | str:
    """When a figure was read from Piggy: "live 14:02:07"."""
    if at is None:
        return ""
    return format_html(
        '<span class="fresh live">live <time datetime="{}">{}</time></span>',
        at.isoformat(timespec="seconds"),
        f"{timezone.localtime(at):%H:%M:%S}",
    )


@register.simple_tag
def copied(at: datetime | None) -> SafeString | str:
    """When a figure of our copy was read from Piggy: "copy, 3 min old"."""
    if at is None:
        return ""
    return format_html(
        '<span class="fresh copy">copy, <time datetime="{}">{} old</time></span>',
        at.isoformat(timespec="seconds"),
        age_words(timezone.now() - at),
    )


def age_words(age: timedelta) -> str:
    """ "40 s", "3 min", "5 h", "2 days"."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


@register.filter
def thousands(number: int | None) -> str:
    return "" if number is None else f"{number:,}".replace("-", "−")


@register.filter
def in_credits(number: int | None) -> str:
    """25 credits, 1 credit, −150 credits."""
    return "" if number is None else f"{thousands(number)} credit{'' if abs(number) == 1 else 's'}"


@register.filter
def signed(number: int | None) -> str:
    """+24, −150: a true minus, so that columns add up by eye."""
    return "" if number is None else f"{number:+,}".replace("-", "−")


@register.filter
def euros(cents: int | None) -> str:
    """Integer cents as € 1,085.50."""
    if cents is None:
        return ""
    sign = "−" if cents < 0 else ""
    return f"{sign}€\u00a0{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


@register.filter
def signed_euros(cents: int | None) -> str:
    if cents is None:
        return ""
    return euros(cents) if cents < 0 else f"+{euros(cents)}"


code_groups = register.filter("code_groups", codes.groups_of_four)
ends = register.filter("ends", codes.last_four)
masked_code = register.filter("masked_code", codes.masked_code)


@register.inclusion_tag("_field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """Label, hint, error, input, in this order, tied together for screen readers."""
    described = [f"{bound.auto_id}-h"] if bound.help_text else []
    described += [f"{bound.auto_id}-e"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    widget = bound.field.widget
    widget.attrs.pop("maxlength", None)  # a browser would cut off what is pasted, and say nothing: the form says it
    choices = isinstance(widget, RadioSelect) or getattr(widget, "allow_multiple_selected", False)
    single = isinstance(widget, CheckboxInput)
    if not (choices and not isinstance(widget, Select)) and not single:
        attributes["class"] = "input"
    return {
        "bound": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attributes),
        "group": choices and not (isinstance(widget, Select) and not isinstance(widget, RadioSelect)),
        "single": single,
        "wide": isinstance(widget, Textarea),
    }


masked_email = register.filter("masked_email", codes.masked_email)
masked_phone = register.filter("masked_phone", codes.masked_phone)
