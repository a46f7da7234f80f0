"""What a scan of the test code tells about a scanner: its layout, its prefix, its Enter, its speed."""

from dataclasses import dataclass

from piggyadmin.desk.scanner.device import GAP_MS, MOST_GAP_MS, Scanner, is_prefix
from piggyadmin.typed import AIM_PREFIX

# Letters, signs and digits that lie elsewhere on other keyboards, in both cases: what a wrong layout changes shows.
TEST_CODE = "Az-qwymZ-1290"
SLACK_MS = 20  # a scanner is not equally fast every time


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard on which an American scanner types something else: `typed` is what comes for each of `keys`."""

    name: str
    keys: str
    typed: str

    def of(self, text: str) -> str:
        return text.translate(str.maketrans(self.keys, self.typed))


LAYOUTS = (
    Layout("French or Belgian (AZERTY)", "aqzwmAQZWM-1290", "qawz,QAWZ?)&éçà"),
    Layout("German (QWERTZ)", "zyZY-", "yzYZß"),
    Layout("Swiss (QWERTZ)", "zyZY-", "yzYZ'"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen in a scan. `look` is "done" (nothing to do), "refused" (to be mended) or "" (worth knowing)."""

    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found, and the settings that suit this scanner; None where no setting of ours can help."""

    text: str
    findings: tuple[Finding, ...]
    suits: Scanner | None

    @property
    def works(self) -> bool:
        return self.suits is not None


def read(*, text: str, ended: str, slowest_ms: int | None, now: Scanner) -> Reading:
    """Judge one scan of TEST_CODE.

    `ended` is the key that came right after it ("Enter", "Tab", "" for none), `slowest_ms` the longest pause between
    two characters in milliseconds; both None or "" where the page could not measure them. `now` is what is set.
    """
    findings: list[Finding] = []
    prefix = _prefix_of(text, now, findings)
    if prefix is None:
        return Reading(text, (Finding("refused", _why_wrong(text)),), None)
    gap = _gap_for(slowest_ms, now, findings)
    if ended == "Enter":
        findings.append(Finding("done", "It sends Enter after the code."))
    elif ended == "Tab":
        findings.append(Finding("done", "It sends Tab after the code. That works here."))
    elif slowest_ms is not None:
        findings.append(
            Finding(
                "",
                "It sends no Enter after the code. That works here, a moment later; its manual has a code that "
                "switches Enter (CR) on.",
            )
        )
    if gap is None:
        return Reading(text, tuple(findings), None)
    findings.insert(0, Finding("done", "Every character came as printed: the keyboard layout is right."))
    return Reading(text, tuple(findings), Scanner(gap, prefix))


def _prefix_of(text: str, now: Scanner, findings: list[Finding]) -> str | None:
    """The prefix in front of the test code; None when the code itself is not there."""
    if text == TEST_CODE:
        return now.prefix  # taken away by the page already, or none
    if not text.endswith(TEST_CODE):
        return None
    prefix = text.removesuffix(TEST_CODE)
    if AIM_PREFIX.fullmatch(prefix):
        findings.append(Finding("done", f"It sends {prefix} first, which says what kind of barcode it read: left out."))
        return now.prefix
    if not is_prefix(prefix):
        return None
    findings.append(Finding("", f"It sends {prefix} before the code. Save it as its prefix, and it is left out."))
    return prefix


def _gap_for(slowest_ms: int | None, now: Scanner, findings: list[Finding]) -> int | None:
    """How long to allow between two characters; None when no setting is long enough."""
    if slowest_ms is None:
        return now.gap_ms
    if slowest_ms <= now.gap_ms:
        findings.append(Finding("done", f"It is quick enough: at most {slowest_ms} ms between two characters."))
        return now.gap_ms
    if slowest_ms + SLACK_MS > MOST_GAP_MS:
        findings.append(
            Finding(
                "refused",
                f"It took {slowest_ms} ms between two characters, as long as a hand. If it was a scan, take the pause "
                "between characters away in its own settings (its manual calls it inter-character delay).",
            )
        )
        return None
    findings.append(
        Finding(
            "", f"It is slow: {slowest_ms} ms between two characters, where {now.gap_ms} are set. Save what suits it."
        )
    )
    return max(slowest_ms + SLACK_MS, GAP_MS)


def _why_wrong(text: str) -> str:
    """A sentence on what must have happened to the test code."""
    for layout in LAYOUTS:
        if layout.of(TEST_CODE) in text:
            return (
                f"This computer’s keyboard is {layout.name}, and the scanner types for an American one. Set the "
                "scanner’s country or keyboard layout with the codes in its manual, then scan again."
            )
    if TEST_CODE.swapcase() in text:
        return "Capitals and small letters came the other way round. Switch Caps Lock off, then scan again."
    if TEST_CODE.casefold() in text.casefold():
        return (
            "Capitals and small letters were changed. Switch Caps Lock off, or case conversion in the scanner’s own "
            "settings; voucher codes need both."
        )
    if text and (text in TEST_CODE or TEST_CODE in text):
        return "Only a part came, or something stood around it. Hold the scanner still and scan once more."
    return f"That is not the test code. It reads {TEST_CODE}; scan the bars on this page."
