"""One's own account: what is known of me, how the pages look to me, how I sign in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.me.forms import MyForm
from piggyadmin.accounts.models import Staff
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.accounts.roles import ADMIN
from piggyadmin.htmx import go_to, render_page


@called("Change how pages look to you")
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: StaffRequest) -> HttpResponse:
    """Everybody's own page; it needs a sign-in and no permission."""
    mine = {"theme": request.user.theme, "single_keys": request.user.single_keys}
    form = MyForm(request.POST if request.method == "POST" else None, initial=mine)
    if form.is_valid():
        Staff.objects.filter(pk=request.user.pk).update(**form.cleaned_data)
        messages.success(request, "Saved.", extra_tags="done")
        return go_to(request, reverse("accounts:me"))
    has_codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    context = {
        "form": form,
        "shops": request.user.shops.all(),
        "has_second_factor": has_codes,
        "should_have_one": request.user.role == ADMIN and not has_codes,
    }
    return render_page(request, "accounts/me.html", context, partial="form", status=422 if form.errors else 200)
