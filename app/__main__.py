"""``python -m app``: the command line where its script is not on the path.

Python has put the current folder first on the path; it may be the folder of a stranger's lake, so it is taken off
before anything is imported, unless Ragone itself lies there.
"""

import sys

if not sys.flags.safe_path and sys.path[0] != __file__.rpartition("/app/")[0]:
    del sys.path[0]

from app.main import main

sys.exit(main())
