from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk.scanner import bars, device, reading
from piggyadmin.desk.scanner.device import Scanner
from piggyadmin.desk.scanner.forms import ScannerForm, TryForm
from piggyadmin.htmx import go_to, render_page

TEMPLATE = "desk/scanner.html"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("desk.use_box", raise_exception=True)
def scanner(request: StaffRequest) -> HttpResponse:
    """Try a scanner: a code to scan, and what the scan tells about layout, prefix, Enter and speed."""
    now = device.scanner_of(request)
    form = TryForm(request.POST if request.method == "POST" else None)
    found = None
    form.is_valid()
    if form.is_bound and "scan" in form.cleaned_data:
        # Where what the page measured is nothing we know, the text is judged alone, as it is without the script.
        found = reading.read(
            text=form.cleaned_data["scan"].strip("\r\n\t"),
            ended=form.cleaned_data.get("ended", ""),
            slowest_ms=form.cleaned_data.get("slowest"),
            now=now,
        )
    settings = _settings_form((found and found.suits) or now)
    status = 422 if form.is_bound and (found is None or not found.works) else 200
    return _page(request, form, settings, now, found=found, status=status)


@require_POST
@permission_required("desk.use_box", raise_exception=True)
def keep(request: StaffRequest) -> HttpResponse:
    """Remember in this browser what its scanner needs."""
    settings = ScannerForm(request.POST)
    if not settings.is_valid():
        return _page(request, TryForm(), settings, device.scanner_of(request), status=422)
    messages.success(request, "Saved for this computer. Scan the test code once more to see that it works.")
    response = go_to(request, reverse("desk:scanner"))
    device.keep(response, settings.scanner())
    return response


def _settings_form(scanner: Scanner) -> ScannerForm:
    return ScannerForm(initial={"sent_first": scanner.prefix, "gap_ms": scanner.gap_ms})


def _page(
    request: StaffRequest,
    form: TryForm,
    settings: ScannerForm,
    now: Scanner,
    *,
    found: reading.Reading | None = None,
    status: int = 200,
) -> HttpResponse:
    suits = found.suits if found else None
    context = {
        "form": form,
        "settings": settings,
        "found": found,
        "differs": suits is not None and suits != now,
        "code": reading.TEST_CODE,
        "bars": bars.path_of(reading.TEST_CODE),
        "bars_wide": bars.width_of(reading.TEST_CODE),
    }
    return render_page(request, TEMPLATE, context, status=status)
