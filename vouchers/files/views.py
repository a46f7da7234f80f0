"""The files of a run: take all its codes as CSV or XLSX, and see who did. Handing them over takes a POST."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import OnceForm
from vouchers.files import services
from vouchers.files.forms import CsvForm
from vouchers.files.ready import NotReady
from vouchers.models import BatchRun

TEMPLATE = "vouchers/files/files.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_NOW = 409


@require_safe
@permission_required("vouchers.see_codes", raise_exception=True)
def files(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """What can be taken, and who took what. No code is shown here."""
    return _page(request, _run_or_404(run_id))


@called("Export codes")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def csv(request: StaffRequest, run_id: UUID) -> HttpResponseBase:
    """All vouchers of the run as a stream of CSV. A bare visit leads to the page that has the button."""
    run = _run_or_404(run_id)
    if request.method != "POST":
        return go_to(request, _url(run))
    form = CsvForm(request.POST)
    if not form.is_valid():
        return _page(request, run, csv_form=form, status=422)
    try:
        file = services.export_csv(run=run, actor=actor_of(request), separator=form.cleaned_data["separator"])
    except NotReady:
        return _page(request, run, status=NOT_NOW)
    response = StreamingHttpResponse(file.lines, content_type="text/csv; charset=utf-8")
    return _named(response, file.name)


@called("Export codes")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.see_codes", raise_exception=True)
def xlsx(request: StaffRequest, run_id: UUID) -> HttpResponseBase:
    """A workbook of all vouchers, or the promise of one that a job writes."""
    run = _run_or_404(run_id)
    if request.method != "POST":
        return go_to(request, _url(run))
    form = OnceForm(request.POST)
    if not form.is_valid():
        return _page(request, run, incomplete=True, status=422)
    try:
        file = services.export_xlsx(run=run, actor=actor_of(request), token=form.cleaned_data["form_token"])
    except NotReady:
        return _page(request, run, status=NOT_NOW)
    return _whole(file) if isinstance(file, services.WholeFile) else go_to(request, _url(run))


@called("Download codes")
@require_POST
@permission_required("vouchers.see_codes", raise_exception=True)
def download(request: StaffRequest, run_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file that a job has written."""
    run = _run_or_404(run_id)
    try:
        return _whole(services.take_file(run=run, file_id=file_id, actor=actor_of(request)))
    except services.NoFile:
        return _page(request, run, is_gone=True, status=404)


def _run_or_404(run_id: UUID) -> BatchRun:
    run = services.find_run(run_id)
    if run is None:
        raise Http404
    return run


def _page(request: StaffRequest, run: BatchRun, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"run": run, "files": services.files_of(run=run), "csv_form": CsvForm(), "once": OnceForm()}
    return render_page(request, TEMPLATE, shown | context, partial="exports", status=status)


def _whole(file: services.WholeFile) -> HttpResponseBase:
    response = StreamingHttpResponse(file.parts, content_type=XLSX)
    response["Content-Length"] = file.size  # so that a download that breaks off is seen to be one
    return _named(response, file.name)


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _url(run: BatchRun) -> str:
    return reverse("vouchers:batch-files", args=[run.pk])
