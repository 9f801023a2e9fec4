"""`khiu export`: the rows behind the figures, for internal audit (contract section 6)."""


class CannotExport(Exception):
    """The message is one line that says why."""
