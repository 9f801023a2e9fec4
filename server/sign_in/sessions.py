"""The cookie of a sign-in."""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but `Secure` wherever the caller came by https: an office's LAN has none."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 # Flask calls it so
        return request.is_secure
