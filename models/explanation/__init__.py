"""Why a design was suggested, what is believed of it, and what would change that."""

from ragone.models.explanation.explain import explain_design

__all__ = ["explain_design"]
