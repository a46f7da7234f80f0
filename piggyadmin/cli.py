"""The `piggyadmin` command.

This file is kept to what any Python 3 can read, so that one too old gets a sentence and not a syntax error.
"""

import sys

OLDEST = (3, 11)


def main(argv=None):  # type: ignore[no-untyped-def]
    """Run the command line; returns the exit status. Anything a person can mend is one sentence on stderr."""
    if sys.version_info < OLDEST:
        sys.stderr.write(
            "piggyadmin needs Python 3.11 or newer; this is Python %d.%d. Make the .venv with a newer one.\n"
            % sys.version_info[:2]
        )
        return 2
    from piggyadmin import commands

    return commands.run(sys.argv[1:] if argv is None else argv)
