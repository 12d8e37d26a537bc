"""The one exception, with the code that the specification gives to a failed check."""


class ProtocolError(Exception):
    """`code` is the specification's, `detail` says what was seen, never a secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class InboxGone(Exception):
    """The inbox is closed, or its address has begun another life: no failed check, but the end of a conversation."""


def require(condition: bool, code: str, detail: str = "") -> None:
    """Raises the code unless the condition holds."""
    if not condition:
        raise ProtocolError(code, detail)
