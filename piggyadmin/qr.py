"""A code as a QR: level Q, so that a quarter of it may be scratched, with the four white modules it needs around."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # modules


@dataclass(frozen=True, slots=True)
class Qr:
    """`width` is in modules, its white sides counted. `path` is the `d` of one SVG path of filled black runs."""

    width: int
    path: str


def qr_of(code: str) -> Qr:
    """A drawing that stands in the page under its strict policy: no style, no address.

    More than 1,663 bytes fit at no such level: a long address is drawn at level L.
    """
    try:
        matrix = segno.make(code, error="q", micro=False, boost_error=False).matrix
    except segno.DataOverflowError:
        matrix = segno.make(code, error="l", micro=False, boost_error=False).matrix
    strokes = []
    for down, row in enumerate(matrix, QUIET):
        at = 0
        while at < len(row):
            run = 0
            while at + run < len(row) and row[at + run]:
                run += 1
            if run:
                strokes.append(f"M{at + QUIET} {down}h{run}v1h-{run}z")
            at += run or 1
    return Qr(len(matrix) + 2 * QUIET, "".join(strokes))
