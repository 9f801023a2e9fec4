"""`khiu` on another day: `python -m tests.another_day SHIFT_MS COMMAND …`.

What a hall does within its hours can so be tested at any hour; the clock runs as fast as ever.
"""

import sys

from server import cli, serving


def main() -> None:
    shift, today = int(sys.argv[1]), serving.unix_ms
    serving.unix_ms = lambda: today() + shift
    sys.exit(cli.run(sys.argv[2:]))


if __name__ == "__main__":
    main()
