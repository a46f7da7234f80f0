"""`python -m tests.actions`: the table of actions, and why some of Piggy's operations are left alone."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.actions.reasons import REASONS
    from tests.actions.table import ROWS, address_of

    lines = [("Listed by", "Action", "Page", "Who", "Operation", "Test")]
    lines += [
        (row.listing, row.action, address_of(row.page), row.role, row.operation, f"tests/test_actions.py -k {row.id}")
        for row in sorted(ROWS, key=lambda row: (row.listing != "Composio", row.listing != "Metorial", row.action))
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(5)]
    for line in lines:
        print("  ".join([text.ljust(width) for text, width in zip(line, widths, strict=False)] + [line[5]]))
    print(f"\nLeft alone, and why ({len(REASONS)}):")
    for operation, reason in sorted(REASONS.items()):
        print(f"  {operation}: {reason}")


if __name__ == "__main__":
    main()
