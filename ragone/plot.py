"""Pictures of evaluations for scripts and notebooks: each function draws into axes of matplotlib and returns them.

from ragone import Lake, plot

with Lake.open("demo/lake") as lake:
    plot.scatter(lake.evaluations(), "porosity", "energy_density")
"""

from ragone.app.pictures.evaluations import history, parallel, residuals, scatter

__all__ = ["history", "parallel", "residuals", "scatter"]
