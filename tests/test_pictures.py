import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.picturing import FOLDER, NAMES, take


def test_every_picture_of_readme_can_be_taken_again(browser: Browser, tmp_path: Path) -> None:
    take(browser, tmp_path)
    for name in NAMES:
        with Image.open(tmp_path / f"{name}.png") as picture:
            shades = picture.convert("L").getextrema()
            assert shades[0] != shades[1], f"{name} shows nothing"


def test_readme_shows_pictures_that_are_there() -> None:
    shown = re.findall(r"\((tests/pictures/\w+\.png)\)", Path("README.md").read_text("utf-8"))
    assert shown
    assert all(Path(file).exists() for file in shown)
    assert {Path(file).stem for file in shown} <= set(NAMES)
    assert FOLDER.name == "pictures"
