"""`python -m benches.chaos`."""

import argparse
import sys

from benches.chaos import bench
from rheostat._cli import _input

parser = argparse.ArgumentParser(
    prog="python -m benches.chaos", description=bench.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
_input.add_json(parser)
bench.arguments(parser)
sys.exit(bench.run(parser.parse_args()))
