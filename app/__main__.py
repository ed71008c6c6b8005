"""``python -m app``: the command line where its script is not on the path."""

import sys

from app.main import main

sys.exit(main())
