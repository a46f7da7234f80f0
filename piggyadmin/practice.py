"""`piggyadmin practice`: a second installation for new staff, striped, beside the real one and apart from it.

It has a database, a stand-in Piggy, secrets, cookies and a port of its own, in `var/practice/`, and knows no other
Piggy: what the real one is set to does not reach it, and `settings` refuses to start practice with any Piggy but one of
this machine. `/practice/` shows what to try, with three customers that are made for it.
"""

from piggyadmin import together
from piggyadmin.together import ROOT, CannotStart, Installation

VAR = ROOT / "var" / "practice"
SIGN_INS = ("desk", "marketing", "admin")
LOOPBACK = "127.0.0.1"


def run(*, port: int, contacts: int, fresh: bool, host: str) -> int:
    """Start practice and stay until Ctrl-C or SIGTERM. Raises CannotStart.

    `host` is the name under which a proxy with TLS serves it to the shops; "" is for this machine alone.
    """
    if host and not all(part.replace("-", "").isalnum() for part in host.split(".")):
        raise CannotStart(f"“{host}” is no host name. Example: --host practice.example.org")
    hosts = {"DJANGO_ALLOWED_HOSTS": f"{LOOPBACK},localhost,{host}", "DJANGO_CSRF_TRUSTED_ORIGINS": f"https://{host}"}
    house = Installation(
        name="practice",
        folder=VAR,
        settings=hosts if host else {},
        seeds=("seed_demo", "seed_practice"),
        greeting=(
            f"Sign in as {', '.join(SIGN_INS)}; the password is practice.",
            "What to try stands at /practice/. Nothing here reaches a customer.",
            *([f"Behind the proxy: https://{host}/ (PRACTICE_URL of the real one)."] if host else []),
        ),
    )
    return together.run(house, port=port, contacts=contacts, fresh=fresh)
