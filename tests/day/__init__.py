"""One day of a hall: who is there, what breaks, and what is held against it at the end."""
