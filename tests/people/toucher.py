"""Somebody at a device or a desk whose browser shows no picture: pages, cookies, forms."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

FIELD = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


class Toucher:
    """`cookies` go with every request, as what pages set does."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._port, self.cookies = port, dict(cookies or {})
        self._line: http.client.HTTPConnection | None = None

    def looks(self, path: str) -> str:
        """The page."""
        status, text, _ = self._ask("GET", path)
        assert status == 200, f"{path}: {status} {text[:300]}"
        return text

    def enters(self, path: str) -> None:
        """Follows a link that signs in."""
        assert self._ask("GET", path)[0] == 303

    def sends(self, path: str, page: str, **fields: str) -> str:
        """The form of `page`, with these fields; where it leads."""
        sealed = {**dict(FIELD.findall(page)), **fields}
        status, text, goal = self._ask("POST", path, urlencode(sealed))
        assert status == 303, f"{path}: {status} {text[:300]}"
        return goal

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self._port}{path}"
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._line.close()
            self._line = None
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer.status, text, answer.headers.get("Location", "")
