"""The face of findings, measures and what became of them."""
