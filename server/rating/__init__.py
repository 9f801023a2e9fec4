"""Rating tablets: at a counter, by the exit, at a mobile service point."""
