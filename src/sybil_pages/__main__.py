"""`python -m sybil_pages` is the command line."""

from .cli import main

raise SystemExit(main())
