"""What this computer's scanner needs: kept in the browser, for the scanner lies on the desk whoever signs in."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

COOKIE = "scanner"
YEAR_SECONDS = 365 * 24 * 60 * 60
GAP_MS = 35  # between two characters: a scanner, never a hand
LEAST_GAP_MS, MOST_GAP_MS = 15, 120
LONGEST_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Scanner:
    """`gap_ms`: how long it may take between two characters of a scan. `prefix`: what it sends before every code."""

    gap_ms: int = GAP_MS
    prefix: str = ""


def scanner_of(request: HttpRequest) -> Scanner:
    """This browser's scanner; the usual one where nothing, or nothing sensible, is kept."""
    gap, _, prefix = request.COOKIES.get(COOKIE, "").partition(".")
    if not gap.isascii() or not gap.isdigit() or not is_prefix(unpacked := _unpacked(prefix)):
        return Scanner()
    return Scanner(min(max(int(gap[:4]), LEAST_GAP_MS), MOST_GAP_MS), unpacked)


def keep(response: HttpResponse, scanner: Scanner) -> None:
    """Remember a scanner in this browser for a year."""
    value = f"{scanner.gap_ms}.{scanner.prefix.encode().hex()}"
    response.set_cookie(COOKIE, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax")


def is_prefix(text: str) -> bool:
    """Whether a scanner may send this before a code: a few printable characters without a blank, or none."""
    return len(text) <= LONGEST_PREFIX and all("!" <= character <= "~" for character in text)


def _unpacked(packed: str) -> str:
    try:
        return bytes.fromhex(packed).decode("ascii")
    except ValueError:
        return " "  # no prefix could be that
