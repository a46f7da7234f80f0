"""Everything that staff can do at Piggy, each thing on its page, by its person: one row an action.

`tests/test_actions.py` does each of them through its page on the stand-in; `python -m tests.actions` prints the table.
"""
