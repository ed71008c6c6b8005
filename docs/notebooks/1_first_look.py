# %% [markdown]
# # First look
#
# Which porosity and which loading of an electrode give a battery cell the most energy per litre? This notebook runs a
# small campaign that asks so, looks at what it found, and shows what is stored about it.
#
# It needs Ragone and nothing else: `pip install` the repository, then open this file as a notebook (Jupyter with
# jupytext, VS Code), or run it as a script. Everything is written into the folder `work` beside it.

# %%
from pathlib import Path

from ragone import Lake, Study, plot, run_campaign, show

WORK = Path("work")
WORK.mkdir(exist_ok=True)

# %% [markdown]
# ## The question
#
# A study says what may vary, what is done with each design, and what is wanted. Quantities are texts with their unit.
# The volumes here are 16 voxels wide, which is too small for a paper and right for a first look: a design takes a
# second. Four designs cover the space evenly; two more are suggested by a Gaussian process that has seen the first.

# %%
study = Study.from_plain(
    {
        "name": "energy at 100 W",
        "seed": 7,
        "recipe": {"active_material_weight_fraction": 0.95},
        "space": {
            "recipe.porosity": {"low": "30 %", "high": "50 %"},
            "cell.mass_loading": {"low": "10 mg/cm^2", "high": "30 mg/cm^2"},
        },
        "steps": {"discharge": {"stage": "discharge_at_constant_power", "power": "100 W"}},
        "objectives": [{"kpi": "energy_density", "maximise": True, "from": "discharge"}],
        "budget": {"initial": 4, "total": 6, "batch": 2},
        "resolution": {"edge_voxels": 16, "voxel_size": "1.6 um", "volume_elements": 2},
        "storage": {"keep_voxels": True},
        "executor": {"kind": "serial"},
    }
)

# %% [markdown]
# ## The answer
#
# A *lake* is a folder that keeps every step. Run this cell twice: the second time nothing is computed, for all of it is
# in the lake. A value at the end of a cell shows itself; here it is the campaign, whose best design has a star.

# %%
lake = Lake.open(WORK / "lake", create=True)
result = run_campaign(lake, study)
result

# %%
evaluations = lake.evaluations()
plot.history(evaluations.filter(campaign=study.name))

# %% [markdown]
# An *evaluation* is a row with all that is known of a design: recipe, microstructure, cell and KPIs side by side. The ±
# is one standard uncertainty; most of it comes from how much two packings of one recipe differ.

# %%
columns = ["trial", "porosity", "mass_loading_kilogram_per_square_metre", "pore_tortuosity_factor", "energy_density"]
beside = ["pore_tortuosity_factor_standard_error", "energy_density_standard_uncertainty", "energy_density_unit"]
show(evaluations.filter(campaign=study.name).select(*columns, *beside).sort("energy_density", descending=True))

# %% [markdown]
# ## The number
#
# The best KPI is a record: a value with its unit and uncertainty, and how it was obtained.

# %%
best = result.best.kpis[0]
best

# %% [markdown]
# What was it made of? The tree leads from the KPI over discharge and cell to the microstructures and the recipe.
# What a decision only took into account, here the trials behind a suggestion, is counted.

# %%
lineage = lake.lineage(best.id)
lineage

# %% [markdown]
# Each of these ids leads to a record. A microstructure is drawn as a slice, phase by phase, and a discharge as a curve.

# %%
volume = next(name for name in lineage.ancestors if name.startswith("microstructure-"))
lake.get(volume)

# %%
curve = next(name for name in lineage.ancestors if name.startswith("discharge-"))
lake.get(curve)

# %% [markdown]
# That is all that is in the lake so far. The next notebook asks it questions.

# %%
lake.close()
lake
