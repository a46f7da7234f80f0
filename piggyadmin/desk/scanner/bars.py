"""A Code 128 barcode as the path of a drawing, so that it stands in the page under its strict policy."""

from functools import cache

from barcode.codex import Code128

QUIET = 10  # modules left white at each side: a scanner looks for them


@cache
def modules(text: str) -> str:
    """The bars of `text`, a "1" for every black module."""
    built: str = Code128(text).build()[0]
    return built


def width_of(text: str) -> int:
    """How many modules wide the drawing is, its white sides counted."""
    return len(modules(text)) + 2 * QUIET


def path_of(text: str) -> str:
    """The `d` of one SVG path, one unit high: a stroke for each run of black modules."""
    strokes, at = [], QUIET
    for run in modules(text).replace("10", "1 0").replace("01", "0 1").split():
        if run[0] == "1":
            strokes.append(f"M{at} 0h{len(run)}v1h-{len(run)}z")
        at += len(run)
    return "".join(strokes)
