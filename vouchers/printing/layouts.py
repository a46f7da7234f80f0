"""How vouchers lie on paper: two sheets of A4 labels and the 80 mm receipt. Their millimetres stand in print.css."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """`size` is the labels a sheet, and the layout's name in a run. `longest` is the longest code that it can carry.

    A longer code makes a QR of more and smaller modules, and more text than the label has room for.
    """

    size: int
    name: str
    words: str
    sheet: str  # what one of them is called
    longest: int


LAYOUTS = {
    layout.size: layout
    for layout in (
        Layout(24, "24", "A4, 24 labels of 63.5 by 33.9 mm", "sheet", longest=64),
        Layout(65, "65", "A4, 65 labels of 38.1 by 21.2 mm", "sheet", longest=32),
        Layout(1, "receipt", "Receipts of 80 mm, one voucher each", "receipt", longest=255),
    )
}
RECEIPT = LAYOUTS[1]
