"""The registry: one name an action, words for all of it, and a check that nothing is missing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django import forms
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from piggyadmin.ledger import actions
from piggyadmin.ledger.actions import Action, Words, action_named, on_words, register
from piggyadmin.ledger.checks import known_permissions, problems_of
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.ledger.phrases import fields_of, phrase
from piggyadmin.templatetags.words import euros

FULL = Words("Do it", "Done it.", "Not done.", "Not known.", "Was it done?")
GOOD = Action("test.good", "ledger.view_acts", FULL)


def test_a_name_is_taken_once(registering: Callable[[Action], Action]) -> None:
    registering(GOOD)
    assert register(GOOD) is GOOD
    with pytest.raises(ValueError, match=r"test\.good"):
        register(replace(GOOD, permission="ledger.settle_act"))


def test_an_action_that_the_code_no_longer_has_keeps_its_acts_readable() -> None:
    assert action_named("voucher.melt").words.do == "voucher.melt"
    assert action_named("voucher.melt").permission == ""


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (replace(GOOD, permission=""), "it names no permission."),
        (replace(GOOD, permission="ledger.fly"), "no model declares the permission ledger.fly."),
        (replace(GOOD, approve_permission="ledger.fly"), "no model declares the permission ledger.fly."),
        (replace(GOOD, words=replace(FULL, unknown=" ")), "words.unknown is empty."),
        (replace(GOOD, words=replace(FULL, settle_question="")), "words.settle_question is empty."),
        (replace(GOOD, settle_after=5), "settle_after is shorter than a call may take; 30 seconds at least."),
        (replace(GOOD, looks=(0,)), "looks are waits in seconds, each more than 0."),
        (
            replace(GOOD, words=replace(FULL, done="Did {this.")),
            "words.done is no phrase: expected '}' before end of string.",
        ),
    ],
)
def test_the_check_names_what_is_missing(action: Action, problem: str) -> None:
    assert list(problems_of(action, known_permissions())) == [problem]


def test_an_act_of_our_own_needs_no_words_for_what_cannot_come() -> None:
    own = replace(GOOD, words=Words("Do it", "Done.", "", ""), writes_to_piggy=False)
    assert list(problems_of(own, known_permissions())) == []


def test_every_registered_action_passes_the_check() -> None:
    assert [list(problems_of(action, known_permissions())) for action in actions.registered()] == [
        [] for _ in actions.registered()
    ]
    assert {"voucher.redeem", "staff.added", "audit.exported"} <= {action.name for action in actions.registered()}


def test_manage_py_check_fails_for_a_bad_action(registering: Callable[[Action], Action]) -> None:
    registering(replace(GOOD, permission="ledger.fly"))
    with pytest.raises(SystemCheckError, match=r"test\.good: no model declares the permission"):
        call_command("check")


def test_a_phrase_is_filled_from_figures_and_shows_what_is_missing() -> None:
    figures = {"credits": 24, "cents": 150, "end": "9QXD", "n": 12345}
    assert (
        phrase("{credits:signed} for {cents:euros}, {end}, {n:thousands}", figures)
        == f"+24 for {euros(150)}, 9QXD, 12,345"
    )
    assert phrase("{gone} and {gone:euros}", figures) == "? and ?"
    assert phrase("{end:euros}", figures) == "9QXD"
    assert phrase("", {}) == ""
    assert fields_of("{a} {b:euros} c") == {"a", "b"}


def test_figures_that_look_like_a_template_are_left_alone() -> None:
    assert phrase("{end}", {"end": "{secret}"}) == "{secret}"


def test_a_thing_without_registered_words_is_named_by_its_kind_and_id() -> None:
    assert on_words("thing", "5f0c88aa-0000", {}) == "thing 5f0c88aa"
    assert on_words("voucher", "5f0c88aa-0000", {"code_end": "9QXD"}) == "voucher ending 9QXD"


class AwardForm(OnceForm):
    credits = forms.IntegerField()


def test_a_form_shown_has_a_new_token_and_a_form_sent_keeps_its_own() -> None:
    first, second = AwardForm()["form_token"].value(), AwardForm()["form_token"].value()
    assert first != second
    sent = AwardForm({"form_token": first, "credits": "x"})
    assert not sent.is_valid()
    assert sent["form_token"].value() == first
    assert f'value="{first}"' in str(sent["form_token"])
    assert AwardForm({"form_token": first, "credits": "1"}).is_valid()


@pytest.mark.parametrize("token", ["", "short", "x" * 101, "with blank and more", "a" * 20 + "\x00"])
def test_a_form_without_a_good_token_is_refused(token: str) -> None:
    assert "form_token" in AwardForm({"form_token": token, "credits": "1"}).errors
