"""Reports as files: one figures object becomes PDF, DOCX, XLSX and JSON (contract section 6)."""


class CannotReport(Exception):
    """The message is one line that says why."""
