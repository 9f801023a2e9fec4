"""`python -m server` is `khiu`."""

from server.cli import main

main()
