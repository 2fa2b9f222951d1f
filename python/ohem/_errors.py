"""Exceptions that have attributes."""


class NanLossError(ValueError):
    """A loss is NaN.

    Attributes:
        index: the first RoI whose loss is NaN.
    """

    index: int

    def __init__(self, message: str, index: int = 0) -> None:
        super().__init__(message, index)
        self.index = index

    def __str__(self) -> str:
        return str(self.args[0])


NanLossError.__module__ = "ohem"
