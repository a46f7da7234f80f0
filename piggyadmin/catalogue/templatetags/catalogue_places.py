"""`{% places %}`: the catalogue's small navigation, for whoever looks at this page."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from piggyadmin.catalogue.places import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: dict[str, Any]) -> SafeString:
    """Only what this person may open; nothing where there is no request, as on an error page."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None:
        return SafeString("")
    here = request.resolver_match.view_name if request.resolver_match else ""
    return navigation(frozenset(user.get_all_permissions()), here)
