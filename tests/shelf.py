"""The office's own pictures, as somebody puts them into its folder."""

from pathlib import Path

from PIL import Image

from tests.office import Office

RED, BLUE = (200, 30, 30), (30, 30, 200)


def shelf(office: Office) -> Path:
    """The folder that the office's screens show."""
    folder = office.data / "media" / office.reads.settings().office.slug
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def picture(office: Office, name: str, colour: tuple[int, int, int] = RED) -> Path:
    file = shelf(office) / name
    Image.new("RGB", (160, 90), colour).save(file)
    return file
