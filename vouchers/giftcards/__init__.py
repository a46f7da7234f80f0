"""Gift cards: find one by its code, its balance and history, make one, top up, pay, take back and correct."""
