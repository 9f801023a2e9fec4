"""The HTTP API, contract section 3: surveys and ratings."""
