"""Compiles every message catalogue (.po) beside itself, as the program reads them (.mo)."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOMS = ("server", "kiosk", "display")


def compile_words(root: Path) -> int:
    """Writes a .mo beside each .po below the rooms; returns how many."""
    done = 0
    for room in ROOMS:
        for source in sorted((root / room).rglob("*.po")):
            whole = source.with_suffix(".mo.new")
            with source.open("rb") as words, whole.open("wb") as compiled:
                write_mo(compiled, read_po(words))
            whole.replace(source.with_suffix(".mo"))  # a server that starts now reads all or none
            done += 1
    return done


if __name__ == "__main__":
    print(f"{compile_words(Path(__file__).parent.parent)} catalogues compiled")
