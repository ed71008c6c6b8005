"""What a KPI would be at points not tried, and how sure that is. One file per method, behind a Protocol."""

from ragone.models.surrogate.gaussian_process import GaussianProcess, fit_gaussian_process
from ragone.models.surrogate.repeatable import repeatable
from ragone.models.surrogate.scale import Scale

__all__ = ["GaussianProcess", "Scale", "fit_gaussian_process", "repeatable"]
