"""`piggyadmin demo`: everything together with data to look at. What it keeps lies in `var/`."""

import json
import urllib.error
import urllib.request

from piggyadmin import together
from piggyadmin.together import ROOT, CannotStart, Installation

VAR = ROOT / "var"
SIGN_INS = ("desk", "marketing", "admin", "reviewer")


def _demo() -> Installation:
    return Installation(
        name="demo",
        folder=VAR,
        settings={},
        seeds=("seed_demo",),
        greeting=(
            f"Sign in as {', '.join(SIGN_INS)}; the password is demo.",
            "Try card 2600441700810092 and voucher COFFEE-1. README names more.",
        ),
        throws_away=(VAR / "static",),
    )


def run(*, port: int, contacts: int, fresh: bool) -> int:
    """Start the demo and stay until Ctrl-C or SIGTERM. Raises CannotStart."""
    return together.run(_demo(), port=port, contacts=contacts, fresh=fresh)


def fault(*, kind: str, operation: str, times: int) -> int:
    """Ask the running demo's stand-in Piggy to let something go wrong. Raises CannotStart when there is no demo."""
    known = _demo().known()
    body = json.dumps({"kind": kind, "operation": operation, "times": times}).encode()
    headers = {"Authorization": f"Bearer {known.get('PIGGY_TOKEN', '')}", "Content-Type": "application/json"}
    try:
        address = f"{known.get('PIGGY_BASE_URL', '')}/_sandbox/faults"
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 (our own sandbox)
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 (an address of this machine)
            pass
    except urllib.error.HTTPError as error:
        raise CannotStart(f"The stand-in Piggy refused: {error.read().decode()}") from error
    except (OSError, ValueError) as error:
        raise CannotStart("No demo is running; start it with “piggyadmin demo”.") from error
    print(f"The next {times} of {operation}: {kind}.")
    return 0
