"""Which letters an office calls out: prefixes that the hall cannot mistake for each other."""

MISHEARD = frozenset("BDPTV")  # บี ดี พี ที วี sound alike
MISREAD = frozenset("IO")  # 1 and 0
ALIKE = (frozenset("MN"), frozenset("FS"), frozenset("CEG"))  # not two of these in one office


def trouble(prefix: str, others: set[str]) -> str | None:
    """The code of what is wrong with a new prefix beside those in use; None: nothing."""
    if set(prefix) & MISHEARD:
        return "prefix_misheard"
    if set(prefix) & MISREAD:
        return "prefix_misread"
    for other in sorted(others - {prefix}):
        if len(other) == len(prefix) and (pair := _alike(prefix, other)):
            return f"prefix_like_{''.join(sorted(pair)).lower()}"
    return None


def _alike(one: str, other: str) -> frozenset[str] | None:
    """The letters in which two prefixes of one length sound alike, if they do all along."""
    found: frozenset[str] | None = None
    for mine, theirs in zip(one, other, strict=True):
        pair = next((pair for pair in ALIKE if mine in pair and theirs in pair), None)
        if mine != theirs and pair is None:
            return None
        if mine != theirs:
            found = pair
    return found
