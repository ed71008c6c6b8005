# %% [markdown]
# # Query the history
#
# What has been tried, and what came out of it? A lake answers in polars and in SQL. This notebook reads the lake that
# the first one made.

# %%
import polars as pl

from ragone import Lake, plot, show

lake = Lake.open("work/lake")
lake

# %% [markdown]
# ## What can be asked
#
# Every kind of record is a table. A column that is a physical quantity ends in its unit; the description is that of the
# record's field.

# %%
tables = lake.contents()
{name: table.rows for name, table in tables.items() if table.rows}

# %%
tables["transports"]

# %% [markdown]
# ## One row for each design
#
# `evaluations` joins what belongs together: a row for each design with its recipe, microstructure, cell and KPIs. It is
# a lazy frame of polars, so that only what you ask for is read.

# %%
dense = (
    lake.evaluations()
    .filter(pl.col("porosity") < 0.42)
    .select("campaign", "trial", "porosity", "^energy_density.*$")
    .sort("energy_density", descending=True)
    .collect()
)
dense

# %% [markdown]
# That is how polars shows a frame. `show` knows more about the columns: units stand in the heads, uncertainties behind
# their values, and ids are short.

# %%
show(dense)

# %% [markdown]
# The same in SQL. Besides the tables there are the views `evaluations`, `campaign_summary` and `best`.

# %%
show(lake.sql("SELECT campaign, trials, feasible, failed, best_value, objective_unit FROM campaign_summary"))

# %% [markdown]
# ## Pictures
#
# Two columns, with error bars. A design without a value is never dropped in silence: it has a cross, and is counted.

# %%
plot.scatter(lake.evaluations(), "porosity", "energy_density", colour="mass_loading_kilogram_per_square_metre")

# %% [markdown]
# Two things to have more of: specific energy and mean voltage. The ringed designs are the front: no other design beats
# one of them in both.

# %%
plot.scatter(lake.evaluations(), "specific_energy", "mean_voltage", colour="porosity", front=("maximise", "maximise"))

# %% [markdown]
# Many columns at once: each line is a design. Which way do the yellow ones go?

# %%
plot.parallel(
    lake.evaluations(),
    ["porosity", "mass_loading_kilogram_per_square_metre", "pore_tortuosity_factor", "mean_voltage", "energy_density"],
)

# %% [markdown]
# ## A state to come back to
#
# A lake grows. A snapshot freezes what is in it under one id, and every question can be asked of it: name the snapshot
# with the model that you train.

# %%
snapshot = lake.snapshot("after the second notebook")
then = lake.evaluations(at=snapshot)
then.select(designs=pl.len(), best=pl.col("energy_density").max()).collect()

# %%
lake.get(snapshot)

# %% [markdown]
# Where does a word stand: in names, notes, sources, licences?

# %%
lake.find("second notebook")
