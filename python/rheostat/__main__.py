"""`python -m rheostat`."""

import sys

from rheostat._cli import main

if __name__ == "__main__":
    sys.exit(main())
