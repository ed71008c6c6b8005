# %% [markdown]
# # Bring your own image and cycler file
#
# Measured data enter a lake in the same way as simulated ones, and run through the same stages. Having neither a
# tomograph nor a cycler at hand, this notebook makes both files itself; put the names of yours in their places.

# %%
from pathlib import Path

import numpy as np
import polars as pl
import tifffile

from ragone import Lake, show
from ragone.flows import evaluate_microstructure
from ragone.flows.cell.building import plan_cell
from ragone.flows.cell.kpis import extract
from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.files.images import import_volume

WORK = Path("work")
lake = Lake.open(WORK / "lake", create=True)

# %% [markdown]
# ## An image
#
# A segmented volume: a label in each voxel. These are spheres of active material in a coat of carbon-binder.

# %%
random = np.random.default_rng(1)
voxels = np.indices((32, 32, 32)).reshape(3, -1).T
labels = np.zeros((32, 32, 32), np.uint8)
for centre in random.uniform(0, 32, (24, 3)):
    distance = np.linalg.norm(voxels - centre, axis=1).reshape(labels.shape)
    labels[(distance < 8) & (labels == 0)] = 2
    labels[distance < 7] = 1
tifffile.imwrite(WORK / "image.tif", labels)

# %% [markdown]
# Reading it asks for what no file says by itself: the size of a voxel, and which label is which phase. What cannot be
# known is never guessed; what was assumed is said.

# %%
volume = import_volume(
    WORK / "image.tif",
    voxel_size_metre=0.5e-6,
    phases={"pore": 0, "active_material": 1, "carbon_binder": 2},
    source="spheres of a notebook",
    licence="CC0-1.0",
)
volume.assumed

# %%
microstructure = lake.get(lake.put(volume.microstructure, note="made by a notebook"))
microstructure

# %% [markdown]
# Into a cell with it: its transport is measured, a cell is built around it with the loading that you name, and the cell
# is discharged at 100 W.

# %%
found = evaluate_microstructure(
    lake, microstructure, plan_cell({"mass_loading": "15 mg/cm^2"}, of_electrode=True), power_watt=100.0
)
found.transport

# %%
found.kpis["energy_density"]

# %% [markdown]
# It has no ±. Of one image nobody knows how much the next one would differ, and an uncertainty that is not known is not
# written as zero.
#
# ## A file of a cycler
#
# A minute of rest, an hour at 2.5 A, and an hour of rest, as CSV in the columns of the Battery Data Format. Here the
# truth is known, 2.5 A.h across 30 mohm, so that you may judge the uncertainties by it.

# %%
time = np.arange(0.0, 7300.0, 1.0)
current = np.where((time >= 60) & (time < 3660), -2.5, 0.0)
charge = np.concatenate([[0.0], np.cumsum(-current[:-1] * np.diff(time))]) / 3600
voltage = 4.1 - 0.25 * charge + 0.03 * current
columns = {"test_time_second": time, "voltage_volt": voltage, "current_ampere": current}
pl.DataFrame(columns).write_csv(WORK / "curve.csv")

# %%
measurement = read_measurement(
    WORK / "curve.csv",
    cell_name="cell of a notebook",
    source="made by a notebook",
    licence="CC0-1.0",
    nominal_capacity_ampere_hour=5.0,
)
measured = lake.get(lake.put(measurement))
measured

# %% [markdown]
# KPIs are read off measured and simulated curves by the same stages. Each is a record that names its method and the
# part of the curve that it was read off.

# %%
found = extract(lake, [measured.id], ["delivered", "ohmic_resistance"])
ids = tuple(kpi for stage in found for kpi in stage.kpis.values())
show(lake.sql(f'SELECT name, value, standard_uncertainty, unit, "window" FROM kpis WHERE id IN {ids} ORDER BY name'))

# %% [markdown]
# Both are now evaluations beside the simulated designs, without a campaign.

# %%
own = lake.evaluations().filter(pl.col("campaign").is_null())
show(own.select("outcome", "^energy.*$", "^capacity.*$", "source", "licence"))
