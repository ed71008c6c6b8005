"""Which inputs does a response depend on, over the whole of a space?"""

from ragone.models.sensitivity.sobol_indices import SobolIndices, sobol_indices

__all__ = ["SobolIndices", "sobol_indices"]
