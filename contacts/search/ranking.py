"""How well a contact fits what was typed. The same arithmetic on every database, so that the answers are the same."""

from dataclasses import dataclass

from rapidfuzz.distance import OSA

from contacts.search.question import Question, Word, spellings

WHOLE, SPELT, BEGINS, SLIP, SLIP_SO_FAR, WITHIN = 100.0, 97.0, 90.0, 80.0, 70.0, 60.0
MAIL_WHOLE, MAIL_BEGINS, MAIL_WITHIN = 100.0, 75.0, 55.0
SHORTEST_SLIP = 4  # letters
ALIKE = "name alike"  # the reason of a slip


@dataclass(frozen=True, slots=True)
class Fit:
    score: float  # of 100, and a little more for names that are all of what was typed
    reason: str


def fit(question: Question, search_name: str, search_email: str) -> Fit | None:
    """None when one of the words fits nowhere."""
    own = search_name.split()
    left = list(own)  # a word of a name stands for one typed word only
    total, reasons = 0.0, []
    for word in question.required:
        by_name = _names_fit(word, own, left)
        by_mail = _mail_fit(word, search_email)
        if not by_name and not by_mail:
            return None
        total += max(by_name, by_mail)
        reasons.append(_name_reason(by_name, word) if by_name >= by_mail else _mail_reason(by_mail, word))
    names = [name for word in question.words for name in word.names]
    return Fit(total / len(question.required) + _bonus(names, own), ", ".join(dict.fromkeys(reasons)))


def _names_fit(word: Word, own: list[str], left: list[str]) -> float:
    """How well the worst of the names that a typed word is fits; what it fits is taken from `left`."""
    worst = WHOLE if word.names else 0.0
    for name in word.names:
        best, at = max(((_name_fit(name, one), one) for one in left), default=(0.0, ""))
        if best:
            left.remove(at)
        elif len(name) > 4 and name in "".join(own):
            best = WITHIN  # "denberg" within "van den berg"
        worst = min(worst, best)
    return worst


def _name_fit(name: str, word: str) -> float:
    """How well one typed name fits one word of somebody's name."""
    if word == name:
        return WHOLE
    ways = spellings(name)
    if word in ways or name in spellings(word):
        return SPELT
    if begun := next((way for way in ways if word.startswith(way)), ""):
        return BEGINS + 5 * len(begun) / len(word)
    return max(_slip_fit(ways, word), WITHIN if len(name) > 2 and name in word else 0.0)


def _slip_fit(ways: tuple[str, ...], word: str) -> float:
    for way in ways:
        if len(way) < SHORTEST_SLIP or len(word) < SHORTEST_SLIP - 1:
            continue
        if OSA.distance(way, word, score_cutoff=1) <= 1:
            return SLIP
        if any(
            OSA.distance(way, word[:length], score_cutoff=1) <= 1
            for length in range(len(way) - 1, len(way) + 2)
            if SHORTEST_SLIP <= length < len(word)
        ):
            return SLIP_SO_FAR
    return 0.0


def _mail_fit(word: Word, search_email: str) -> float:
    if len(word.mail) < 3 or word.mail not in search_email:
        return 0.0
    if word.mail == search_email:
        return MAIL_WHOLE
    return MAIL_BEGINS if search_email.startswith(word.mail) else MAIL_WITHIN


def _bonus(names: list[str], own: list[str]) -> float:
    """At most 3: for words that were not required, for the order, and for a name that has little else."""
    if not names or not own:
        return 0.0
    met = [next((at for at, word in enumerate(own) if word.startswith(name)), -1) for name in names]
    found = [at for at in met if at >= 0]
    in_order = 1.0 if len(found) > 1 and found == sorted(found) else 0.0
    return len(found) / len(names) + in_order + min(1.0, len(found) / len(own))


def _name_reason(score: float, word: Word) -> str:
    if score >= BEGINS:
        return "name"
    return f"name contains “{' '.join(word.names)}”" if score == WITHIN else ALIKE


def _mail_reason(score: float, word: Word) -> str:
    return "e-mail" if score == MAIL_WHOLE else f"e-mail contains “{word.mail}”"
