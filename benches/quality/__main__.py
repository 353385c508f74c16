"""`python -m benches.quality`."""

import sys

from benches.quality import main

sys.exit(main())
