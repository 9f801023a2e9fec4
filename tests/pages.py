"""Opens a page the way every test does: whatever it tests, the page must also be sound."""

from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient


def look(client: FlaskClient, url: str) -> Element:
    """The page at `url`, after the checks that hold for all our pages."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text[:300]}"
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page: Element = parser.parse(answer.text)
    assert page.get("lang"), f"{url} does not say its language"
    assert len(page.findall(".//h1")) == 1, f"{url} has not exactly one h1"
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), f"{url} repeats an id"
    assert all(form.get("action") for form in page.iter("form")), f"{url}: a form without action"
    assert not any(element.get("style") for element in page.iter()), f"{url} has an inline style"
    return page


def text_of(page: Element) -> str:
    """The words on the page, without its scripts."""
    return " ".join("".join(page.find("body").itertext()).split())  # type: ignore[union-attr]
