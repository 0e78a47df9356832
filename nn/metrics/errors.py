"""What a metric warns of."""

__all__ = ["UndefinedMetricWarning"]


class UndefinedMetricWarning(UserWarning):
    """A metric has no value for these labels, or one that says nothing; the message names the class and the cure."""
