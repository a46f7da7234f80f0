"""The Piggy client. `get_client()` and `gather()` are its doors, and the only readers of the `PIGGY_*` settings.

    piggy = get_client()
    voucher = piggy.find_voucher(code="COFFEE-1")

    facts = gather({"contact": lambda p: p.get_contact(contact_uuid=uuid), "shops": Piggy.list_shops}, seconds=3)
    facts["contact"].value, facts["contact"].error, facts["contact"].read_at

Every failure is one of the errors in `piggyadmin.piggy.errors`. Settings are read at each call, so a test that changes
them gets a client that follows; threads and connections stay.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from .budget import Budget, Kind, Use
from .client import Piggy
from .deadline import Deadline
from .pool import Answer, Question
from .pool import gather as gather_with

__all__ = ["Answer", "Piggy", "Use", "as_job", "budget_use", "gather", "get_client"]


_paying: ContextVar[Kind] = ContextVar("piggy_paying", default="people")


@contextmanager
def as_job() -> Iterator[None]:
    """Within this, calls are paid from the jobs' budget, also those of services that pages use as well."""
    before = _paying.set("jobs")
    try:
        yield
    finally:
        _paying.reset(before)


def get_client(*, seconds: float | None = None, kind: Kind | None = None) -> Piggy:
    """A client as the settings say.

    With `seconds` all calls of this client together end by then, counted from now; without, each may take
    PIGGY_TIMEOUT. `kind` says whose budget pays: "people" for whoever waits at a page, "jobs" for background work;
    without it, "jobs" within `as_job()` and "people" elsewhere.
    """
    from django.conf import settings

    from .credentials import tokens_from

    base_url = settings.PIGGY_BASE_URL
    tokens = tokens_from(
        base_url=base_url,
        token=settings.PIGGY_TOKEN,
        client_id=settings.PIGGY_CLIENT_ID,
        client_secret=settings.PIGGY_CLIENT_SECRET,
    )
    return Piggy(
        base_url=base_url,
        tokens=tokens,
        seconds=float(settings.PIGGY_TIMEOUT),
        deadline=None if seconds is None else Deadline(seconds),
        budget=_budget(
            settings.PIGGY_BUDGET_URL,
            f"{base_url} {tokens.account}",
            float(settings.PIGGY_RATE_PER_SECOND),
            float(settings.PIGGY_JOB_RATE_PER_SECOND),
        ),
        kind=kind or _paying.get(),
    )


def gather(
    calls: Mapping[str, Question],
    *,
    seconds: float,
    kind: Kind | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, Answer[Any]]:
    """Ask Piggy all `calls` at once, reads only, and bring every answer within `seconds`; see `pool.gather`."""
    from django.conf import settings

    threads = int(settings.PIGGY_POOL_THREADS)
    return gather_with(get_client(kind=kind), calls, seconds=seconds, threads=threads, meanwhile=meanwhile)


def budget_use() -> dict[Kind, Use]:
    """How much of people's and of jobs' calls is taken now; {} when neither is limited. Raises StoreError."""
    budget = get_client().budget
    return budget.use() if budget else {}


@lru_cache(maxsize=64)
def _budget(url: str, account: str, people: float, jobs: float) -> Budget | None:
    """One per account and process. None when both rates are 0: then not even a file is opened."""
    if people <= 0 and jobs <= 0:
        return None
    from .stores import store_for

    return Budget(store_for(url), account=account, rates={"people": people, "jobs": jobs})
