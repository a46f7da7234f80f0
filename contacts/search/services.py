"""Find contacts in the copy: by name, part of an e-mail address, phone number, card or id. Asks Piggy nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection

from contacts.copy.tombstones import where_now
from contacts.models import CardCopy, ContactCopy, GoneContact, Snapshot
from contacts.search import index, numbers, pieces
from contacts.search.index import Asked, Candidate, Needle, Where
from contacts.search.question import Question, Word, question_of, spellings
from contacts.search.ranking import Fit, fit

ENOUGH = 10
LOOKED_AT = 30  # contacts that are compared for one answer
FEW = 200  # contacts that are fetched at once, so that the index is asked only once
MAIL_LIKE = re.compile(r"[@\d_+]|\w\.\w\w")  # what stands in addresses and in no name
MOST_SLIPS = 8  # words that one typed word may have been meant to be
COLUMNS = (
    *("id", "contact_uuid", "firstname", "lastname", "email", "phone", "phone_e164"),
    *("default_card", "is_anonymous"),
)
SELECT = f"SELECT {', '.join(COLUMNS)} FROM {ContactCopy._meta.db_table}"  # noqa: S608
KNOWN_OR_GONE = (
    f"SELECT gone.survivor_uuid, {', '.join(f'known.{column}' for column in COLUMNS)} "  # noqa: S608
    f"FROM (SELECT CAST(%s AS varchar(255)) AS uuid) AS asked "
    f"LEFT JOIN {ContactCopy._meta.db_table} AS known ON known.contact_uuid = asked.uuid "
    f"LEFT JOIN {GoneContact._meta.db_table} AS gone ON gone.contact_uuid = asked.uuid"
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """A contact that fits, and why. Its e-mail address and phone number are whole: pages mask them by permission."""

    contact_uuid: str
    name: str
    email: str
    phone: str
    card: str
    is_anonymous: bool
    reason: str
    was_merged: bool = False  # what was typed led to another contact, which was merged into this one


def find(text: str, *, limit: int = ENOUGH, time_zone: str = "") -> list[Hit]:
    """The contacts that `text` fits best, the best first; at most `limit`. Any text at all is answered.

    `time_zone` is that of the shop: numbers typed without a country belong to its country.
    """
    question = question_of(text)
    if question.uuid:
        return _by_uuid(question.uuid)
    if question.digits:
        hits = _by_number(question, limit=limit, time_zone=time_zone or settings.TIME_ZONE)
    elif question.words:
        hits = _by_words(question, limit=limit)
    else:
        return []
    if not hits and len(question.text.split()) == 1:
        # Ids of Piggy's may look like anything.
        hits = _by_old_address(question.text) if "@" in question.text else _by_uuid(question.text)
    return hits[:limit]


def by_card(value: str) -> str:
    """Whose card this is as far as the copy knows: a contact's uuid, or "". One that is switched off is nobody's."""
    owner = (
        CardCopy.objects.filter(value=value)
        .exclude(active=False)
        .values_list("contact__contact_uuid", flat=True)
        .first()
    )
    return owner or ""


def _by_uuid(uuid: str) -> list[Hit]:
    # Both tables at once: whatever is found nowhere else comes by here.
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_OR_GONE, [uuid])
        survivor, *found = cursor.fetchone()
    if found[0] is not None:
        return [_hit(dict(zip(COLUMNS, found, strict=True)), "id")]
    now = where_now(survivor) if survivor else ""
    if now in ("", uuid):
        return []
    reason = "the one that was asked for was merged into this one"
    return [replace(_hit(row, reason), was_merged=True) for row in _rows("contact_uuid", [now])]


def _by_old_address(address: str) -> list[Hit]:
    """Whom somebody became who had this address before a merge done here."""
    before = Snapshot.objects.filter(merge__isnull=False, body__email__iexact=address)
    gone = before.order_by("-taken_at").values_list("contact_uuid", flat=True)[:ENOUGH]
    hits = {hit.contact_uuid: hit for uuid in gone for hit in _by_uuid(uuid) if hit.was_merged}
    return [replace(hit, reason="this address was merged into this one") for hit in hits.values()]


def _by_number(question: Question, *, limit: int, time_zone: str) -> list[Hit]:
    reasons: dict[int, str] = {}  # by key, the surest first

    def take(keys: Iterable[int], reason: str) -> None:
        for key in keys:
            reasons.setdefault(key, reason)

    for reason, keys in numbers.ways(question, limit=limit, time_zone=time_zone):
        take(keys, reason)
        if len(reasons) >= limit or (reasons and reason in numbers.CERTAIN):
            break
    else:
        digits = question.digits.removeprefix("+")
        if len(digits) >= 3:
            among = index.current().candidates([[Needle(Where.EMAIL, digits)]], limit=limit)
            take((one.id for one in among), f"e-mail contains “{digits}”")
    rows = {row["id"]: row for row in _rows("id", list(reasons)[:limit])}
    return [_hit(rows[key], reason) for key, reason in reasons.items() if key in rows]


def _by_words(question: Question, *, limit: int) -> list[Hit]:
    cards = _by_card_text(question)
    fits: dict[int, Fit | None] = {}
    for among in _ways(question, max(LOOKED_AT, limit)):
        for one in among:
            if one.id not in fits:
                fits[one.id] = fit(question, one.search_name, one.search_email)
        if sum(1 for how in fits.values() if how) >= limit:
            break
    best = sorted(((-how.score, -key) for key, how in fits.items() if how))[:limit]
    rows = {row["id"]: row for row in _rows("id", [-key for _score, key in best])}
    parts = [f"phone has {part}" for part in question.parts]
    hits = [
        _hit(row, ", ".join([how.reason, *parts]))
        for _score, key in best
        if (row := rows.get(-key)) and (how := fits[-key]) and _has_parts(row, question.parts)
    ]
    return list({hit.contact_uuid: hit for hit in [*cards, *hits]}.values())[:limit]


def _ways(question: Question, limit: int) -> Iterator[list[Candidate]]:
    """Ever wider questions to the index; the next is only asked when the ones before brought too little."""
    ours = index.current()
    names = [name for word in question.required for name in word.names]
    lookable = [name for name in names if len(name) > 1]
    by_name = bool(names) and not any("@" in word.mail for word in question.required)
    part = question.parts[0].lstrip("0") if question.parts else ""
    anywhere = [needles for word in question.required if (needles := _anywhere(word))]

    everybody: list[Candidate] | None = None  # that any of the questions could bring, when they are few

    def among(asked: Asked) -> list[Candidate]:
        if everybody is None:
            return ours.candidates(asked, limit=limit, phone=part)
        return [
            one
            for one in everybody
            if all(any(needle.text in getattr(one, needle.where) for needle in needles) for needles in asked)
        ][:limit]

    if by_name and not lookable:
        yield among([[Needle(Where.NAME, f" {name} ")] for name in names])
        yield ours.beginning(f" {names[0]}", limit=limit)
        return
    if anywhere and any(MAIL_LIKE.search(word.mail) for word in question.required):
        found = among(anywhere)
        yield found
        if found:
            return  # no name looks so, and it is found as it was typed
    if by_name:
        widest = [_anyhow(name, word) for word in question.required for name in word.names if name in lookable]
        everybody = ours.everybody(widest, most=FEW, phone=part)
        # Those who have just these words come first: the newest with a common beginning would hide them.
        whole = among([[Needle(Where.NAME, f" {way} ") for way in spellings(name)] for name in lookable])
        yield whole
        yield among([[Needle(Where.NAME, f" {way}") for way in spellings(name)] for name in lookable])
        if whole and len(lookable) > 1:
            return  # both names, and somebody is called so: no need to guess
    if anywhere:
        yield among(anywhere)
    if by_name:
        everybody = None
        meant = [_meant(name) for name in lookable]
        if any(len(needles) > len(spellings(name)) for name, needles in zip(lookable, meant, strict=True)):
            yield among(meant)


def _anyhow(name: str, word: Word) -> list[Needle]:
    return [*(Needle(Where.NAME, f" {way}") for way in spellings(name)), *_anywhere(word)]


def _anywhere(word: Word) -> list[Needle]:
    name = " ".join(word.names)
    needles = [Needle(Where.NAME, name)] if len(name) > 2 else [Needle(Where.NAME, f" {name}")] if len(name) > 1 else []
    return needles + ([Needle(Where.EMAIL, word.mail)] if len(word.mail) > 2 else [])


def _meant(name: str) -> list[Needle]:
    ways = spellings(name)
    slips = pieces.slips_of(ways)
    # What begins with another one is found by that one.
    least = [slip for slip in slips if not any(slip[:end] in slips for end in range(1, len(slip)))]
    least.sort(key=lambda slip: (-len(slip), slip))
    return [Needle(Where.NAME, f" {text}") for text in dict.fromkeys([*ways, *least[:MOST_SLIPS]])]


def _by_card_text(question: Question) -> list[Hit]:
    """Cards that have letters, too: only a single text with a digit in it is taken for one."""
    if " " in question.text or not any(char.isdigit() for char in question.text):
        return []
    if keys := numbers.having_card(question.text):
        return [_hit(row, numbers.CARD) for row in _rows("id", keys)]
    if len(question.text) < numbers.SHORTEST_CARD:
        return []
    keys = index.current().cards_beginning(question.text, limit=ENOUGH)
    return [_hit(row, "card begins so") for row in _rows("id", keys)]


def _has_parts(row: Row, parts: tuple[str, ...]) -> bool:
    return all(part.lstrip("0") in row["phone_e164"] or part in row["phone"] for part in parts)


def _rows(column: str, values: Sequence[int | str]) -> list[Row]:
    """The contacts with one of these values, the newest first. By hand: building the query costs more than asking."""
    if not values:
        return []
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE {column} IN ({places}) ORDER BY id DESC", values)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _hit(row: Row, reason: str) -> Hit:
    return Hit(
        contact_uuid=row["contact_uuid"],
        name=" ".join(part for part in (row["firstname"], row["lastname"]) if part),
        email=row["email"],
        phone=row["phone"],
        card=row["default_card"],
        is_anonymous=bool(row["is_anonymous"]),  # SQLite has no truth, only 1 and 0
        reason=reason,
    )
