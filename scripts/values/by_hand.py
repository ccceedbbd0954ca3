"""Cases written by hand, for scripts/record-values."""


def cases():
    return []
