"""``python -m piggyadmin.sandbox``"""

import argparse

from piggyadmin.sandbox.server import add_arguments, run_from_args

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="piggyadmin sandbox", description="A stand-in for Piggy's HTTP API.")
    add_arguments(parser)
    run_from_args(parser.parse_args())
