"""The doors of the package: settings are read at each call, threads and connections stay."""

import pytest

from piggyadmin import piggy
from piggyadmin.piggy.errors import PiggyNotSent, PiggyUnavailable

from .conftest import answering


@pytest.fixture
def pointed(settings, wire, tmp_path):
    """The settings of a dashboard whose Piggy is the wire."""
    settings.PIGGY_BASE_URL = wire.url
    settings.PIGGY_TOKEN = "test-one"
    settings.PIGGY_CLIENT_ID = settings.PIGGY_CLIENT_SECRET = ""
    settings.PIGGY_RATE_PER_SECOND = settings.PIGGY_JOB_RATE_PER_SECOND = 0
    settings.PIGGY_TIMEOUT = 2
    settings.PIGGY_POOL_THREADS = 8
    settings.PIGGY_BUDGET_URL = f"sqlite:///{tmp_path / 'budget.sqlite3'}"
    return settings


def test_a_client_follows_the_settings_of_the_moment(pointed, wire):
    wire.script = [answering([])] * 2
    piggy.get_client().list_shops()
    pointed.PIGGY_TOKEN = "test-two"
    piggy.get_client().list_shops()
    assert [asked.headers["authorization"] for asked in wire.asked] == ["Bearer test-one", "Bearer test-two"]
    assert wire.asked[0].connection == wire.asked[1].connection


def test_gather_follows_the_settings_with_the_same_threads(pointed, wire):
    wire.script = [answering([])] * 9
    for token in ("test-one", "test-two", "test-three"):
        pointed.PIGGY_TOKEN = token
        answers = piggy.gather({f"{n}": piggy.Piggy.list_shops for n in range(3)}, seconds=2)
        assert all(answer.ok for answer in answers.values())
    assert {asked.headers["authorization"] for asked in wire.asked} == {
        "Bearer test-one", "Bearer test-two", "Bearer test-three",
    }  # fmt: skip
    assert len({asked.connection for asked in wire.asked}) <= 8


def test_without_a_budget_no_file_is_made(pointed, wire, tmp_path):
    wire.script = [answering([])]
    piggy.get_client().list_shops()
    assert list(tmp_path.iterdir()) == []


def test_two_clients_share_one_budget(pointed, wire):
    pointed.PIGGY_RATE_PER_SECOND = 2
    wire.script = [answering([])] * 3
    piggy.get_client(seconds=0.2).list_shops()
    piggy.get_client(seconds=0.2).list_shops()
    with pytest.raises(PiggyNotSent):
        piggy.get_client(seconds=0.2).list_shops()
    pointed.PIGGY_TOKEN = "test-another-account"
    piggy.get_client(seconds=0.2).list_shops()


def test_jobs_have_a_budget_of_their_own(pointed, wire):
    pointed.PIGGY_RATE_PER_SECOND, pointed.PIGGY_JOB_RATE_PER_SECOND = 50, 1
    wire.script = [answering([])] * 3
    piggy.get_client(kind="jobs", seconds=0.2).list_shops()
    with pytest.raises(PiggyNotSent):
        piggy.get_client(kind="jobs", seconds=0.2).list_shops()
    piggy.get_client(seconds=0.2).list_shops()


def test_the_deadline_is_for_all_calls_of_a_client_or_for_each(pointed, wire):
    wire.script = [answering([], after=0.15)] * 8
    together = piggy.get_client(seconds=0.2)
    together.list_shops()
    with pytest.raises(PiggyUnavailable):
        together.list_shops()
    pointed.PIGGY_TIMEOUT = 0.25
    each = piggy.get_client()
    each.list_shops()
    each.list_shops()


def test_client_credentials_are_used_when_there_is_no_personal_token(pointed, wire):
    import json

    pointed.PIGGY_TOKEN = ""
    pointed.PIGGY_CLIENT_ID, pointed.PIGGY_CLIENT_SECRET = "17", "s3cret"
    pointed.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": wire.url}}
    from .conftest import sending, whole

    token = json.dumps({"access_token": "fresh", "token_type": "Bearer", "expires_in": 3600}).encode()
    wire.script = [sending(whole(token)), answering([]), answering([])]
    piggy.get_client().list_shops()
    piggy.get_client().list_shops()
    assert [asked.path for asked in wire.asked] == ["/oauth/token", *["/api/v3/oauth/clients/shops"] * 2]
    assert wire.asked[2].headers["authorization"] == "Bearer fresh"
