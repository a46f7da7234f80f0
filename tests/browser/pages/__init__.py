"""Every page in every state that people meet, and how to get there: one line each.

All that the look promises (`look.py`) is checked on each of them, and `pictures.py` takes their pictures. A new page,
or a new face of an old one, is a new line in the list of its part of the house.
"""

from tests.browser.pages.desk import DESK
from tests.browser.pages.office import OFFICE
from tests.browser.pages.vouchers import VOUCHERS

PAGES = [*DESK, *VOUCHERS, *OFFICE]
