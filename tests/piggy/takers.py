"""A process that takes from a call budget, for the tests that run several: `python takers.py URL ACCOUNT RATE SECONDS`.

Prints the times (seconds since the epoch) at which it might have called.
"""

import sys
import time

from piggyadmin.piggy.budget import Budget
from piggyadmin.piggy.deadline import Deadline
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.stores import store_for


def main(url: str, account: str, rate: str, seconds: str) -> None:
    budget = Budget(store_for(url), account=account, rates={"people": float(rate)})
    deadline = Deadline(float(seconds))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        while not deadline.passed:
            budget.take("people", 1, deadline)
            sys.stdout.write(f"{time.time()}\n")
    except PiggyError:
        return  # the deadline


if __name__ == "__main__":
    main(*sys.argv[1:])
