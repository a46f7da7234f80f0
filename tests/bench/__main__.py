"""`python -m tests.bench NAME [options]`: run one benchmark; exit status 1 when it falls short of its bar."""

import argparse
import sys

from tests.bench import batch, contact_page, duplicates, export, search, sync

BENCHMARKS = {
    "batch": batch,
    "contact_page": contact_page,
    "duplicates": duplicates,
    "export": export,
    "search": search,
    "sync": sync,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = parser.add_subparsers(required=True, metavar="NAME")
    for name, module in BENCHMARKS.items():
        command = names.add_parser(name, help=(module.__doc__ or "").splitlines()[0])
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
