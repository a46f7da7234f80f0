"""Mistyped mail hosts: "gnail.com" was meant to be "gmail.com". A hint for a person to accept, never a silent change.

A host is told apart into its name and its ending ("hotmail", "nl"). A hint needs a name that is that of a common host
but for a slip or two, and the same ending or one that fingers make of it ("con"). A host that is itself common, or
known to be real, never gets one: "mail.com" is nobody's slip of "gmail.com".
"""

# Where most customers have their mail, the likeliest first: of two that are equally near, the first is the hint.
COMMON = (
    *("gmail.com", "hotmail.com", "outlook.com", "live.nl", "hotmail.nl", "icloud.com", "ziggo.nl", "kpnmail.nl"),
    *("yahoo.com", "planet.nl", "home.nl", "outlook.nl", "live.com", "hetnet.nl", "xs4all.nl", "me.com", "msn.com"),
    *("upcmail.nl", "casema.nl", "chello.nl", "quicknet.nl", "telfort.nl", "tele2.nl", "online.nl", "solcon.nl"),
    *(
        "caiway.nl",
        "zeelandnet.nl",
        "zonnet.nl",
        "versatel.nl",
        "kpnplanet.nl",
        "wxs.nl",
        "concepts.nl",
        "kabelfoon.nl",
    ),
    *("googlemail.com", "protonmail.com", "proton.me", "aol.com", "mac.com", "hotmail.be", "telenet.be", "skynet.be"),
    *("proximus.be", "outlook.be", "live.be", "gmx.de", "gmx.net", "web.de", "t-online.de", "hotmail.de", "outlook.de"),
    *("freenet.de", "yahoo.de", "hotmail.fr", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "outlook.fr"),
    *("yahoo.fr", "hotmail.co.uk", "yahoo.co.uk", "outlook.es", "hotmail.es", "hotmail.it", "libero.it"),
)
# Real as well, near to a common one, and rare: never a slip, and nothing to be led to.
REAL = frozenset(
    (
        *("mail.com", "ymail.com", "email.com", "rocketmail.com", "fastmail.com", "mail.nl", "email.nl", "pm.me"),
        *("gmx.com", "gmx.at", "gmx.ch", "planet.com", "home.com", "online.com", "orange.com", "orange.nl", "qq.com"),
        *(
            "hotmail.se",
            "hotmail.no",
            "hotmail.dk",
            "live.co.uk",
            "live.fr",
            "live.de",
            "live.se",
            "live.dk",
            "live.no",
        ),
        *("yahoo.es", "yahoo.it", "yahoo.ca", "yahoo.se", "outlook.it", "outlook.pt", "outlook.dk", "outlook.ie"),
    )
)
ENDINGS = {  # what fingers make of an ending
    "com": frozenset(("con", "cim", "cmo", "ocm", "vom", "xom", "comm", "cm", "co", "om", "cpm", "c0m", "coom")),
    "nl": frozenset(("nk", "nll", "ln", "bl", "nlk", "n", "nnl")),
}
# Mail services that have one ending only, so that the right name with another is a slip too: "gmail.nl".
ONE_ENDING = ("gmail.com", "icloud.com", "ziggo.nl", "kpnmail.nl", "hetnet.nl", "xs4all.nl", "protonmail.com")

_ONE_HOME = {host.partition(".")[0]: host for host in ONE_ENDING}
_KNOWN = frozenset(COMMON) | REAL


def suggestion(address: str) -> str:
    """`address` with the host that was probably meant; "" when there is nothing to suggest."""
    name, at, host = address.rpartition("@")
    meant = meant_host(host) if at and name else ""
    return f"{name}@{meant}" if meant else ""


def meant_host(host: str) -> str:
    """The common host that `host` is a slip of; "" when it is none, or is known itself."""
    host = _readable(host.strip().rstrip(".").lower())
    if host in _KNOWN:
        return ""
    name, _, ending = host.partition(".")
    if name in _ONE_HOME and ending:
        return _ONE_HOME[name]
    best, nearest = "", 99
    for common in COMMON:
        known, _, known_ending = common.partition(".")
        if ending != known_ending and ending not in ENDINGS.get(known_ending, ()):
            continue
        most = slips_allowed(known)
        slips = distance(name, known, most=most) + (ending != known_ending)
        if slips <= most + (ending != known_ending) and slips < nearest:
            best, nearest = common, slips
    return best


def slips_allowed(name: str) -> int:
    """How many slips of the finger a name may have: in a short one each makes another real name."""
    return 0 if len(name) <= 4 else 1 if len(name) <= 6 else 2


def distance(one: str, other: str, *, most: int) -> int:
    """How many slips lie between two words: a letter too many, too few, another, or two neighbours swapped.

    Counted no further than `most` + 1 (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            slips = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != wanted))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted
            now.append(min(slips, before[column - 2] + 1) if swapped else slips)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)


def _readable(host: str) -> str:
    """A host of punycode as people read it, so that "xn--gmil-6na.com" is seen to be "gmáil.com"."""
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
