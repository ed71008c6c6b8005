"""``python -m ragone.app``: the command line where its script is not on the path."""

import sys

from ragone.app.main import main

sys.exit(main())
