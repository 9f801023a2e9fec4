"""The office's set-up: each change is one method, one transaction, one line in the audit."""

from server.office import Office
from server.pace import Paces


class Setup:
    """Bound to one office."""

    def __init__(self, office: Office, paces: Paces) -> None:
        self._office, self._paces = office, paces
