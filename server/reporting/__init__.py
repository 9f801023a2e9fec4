"""Reports as files: one figures object becomes PDF, DOCX, XLSX and JSON (contract section 6)."""
