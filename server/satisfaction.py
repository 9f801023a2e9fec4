"""What residents say of their visit: one answer a ticket, every press kept."""

from server.office import Office


class Satisfaction:
    """Bound to one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
