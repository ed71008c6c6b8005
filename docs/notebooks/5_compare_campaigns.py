# %% [markdown]
# # Compare campaigns
#
# Is the electrode that is best at 100 W still the best at 300 W? A second campaign asks, and is set beside the first.
# The first one is that of the first notebook; if you have not run it, it is run here.

# %%
import polars as pl

from ragone import Lake, Study, plot, run_campaign, show

lake = Lake.open("work/lake", create=True)


def study(power: str) -> Study:
    """Return the study of the first notebook at another power."""
    return Study.from_plain(
        {
            "name": f"energy at {power}",
            "seed": 7,
            "recipe": {"active_material_weight_fraction": 0.95},
            "space": {
                "recipe.porosity": {"low": "30 %", "high": "50 %"},
                "cell.mass_loading": {"low": "10 mg/cm^2", "high": "30 mg/cm^2"},
            },
            "steps": {"discharge": {"stage": "discharge_at_constant_power", "power": power}},
            "objectives": [{"kpi": "energy_density", "maximise": True, "from": "discharge"}],
            "budget": {"initial": 4, "total": 6, "batch": 2},
            "resolution": {"edge_voxels": 16, "voxel_size": "1.6 um", "volume_elements": 2},
            "storage": {"keep_voxels": True},
            "executor": {"kind": "serial"},
        }
    )


# %% [markdown]
# The four designs that cover the space are the same in both, so that their packings and transport are in the lake
# already: only discharges are new.

# %%
results = [run_campaign(lake, study(power)) for power in ("100 W", "300 W")]
results[1]

# %% [markdown]
# ## Side by side
#
# `campaign_summary` has a row for each campaign, `best` its best design with everything that is known of it.

# %%
show(lake.sql("SELECT campaign, trials, feasible, failed, best_value, objective_unit FROM campaign_summary"))

# %%
show(
    lake.sql(
        "SELECT campaign, porosity, mass_loading_kilogram_per_square_metre, energy_density,"
        " energy_density_standard_uncertainty, energy_density_unit FROM best ORDER BY energy_density DESC"
    )
)

# %% [markdown]
# Both campaigns over their trials, and all designs over porosity. At 300 W the thick electrodes deliver little, and a
# thinner one wins.

# %%
campaigns = lake.evaluations().filter(pl.col("campaign").is_not_null())
plot.history(campaigns)

# %%
plot.scatter(campaigns, "porosity", "energy_density", colour="campaign")

# %% [markdown]
# ## Design by design
#
# The designs that both campaigns evaluated: how much energy does each lose when the power is tripled? The
# microstructure is the same, so that the difference is the cell's, not the packing's. The bars of the picture take
# both uncertainties for independent; these two come from the same packings, so that the true ones differ.

# %%
slow, fast = (
    campaigns.filter(campaign=f"energy at {power}").select(
        "recipe_id",
        "cell_design_id",
        "porosity",
        "mass_loading_kilogram_per_square_metre",
        "energy_density",
        "energy_density_standard_uncertainty",
        "energy_density_unit",
    )
    for power in ("100 W", "300 W")
)
both = slow.join(
    fast.select(
        "recipe_id",
        "cell_design_id",
        pl.col("energy_density").alias("energy_density_at_300_W"),
        pl.col("energy_density_standard_uncertainty").alias("energy_density_at_300_W_standard_uncertainty"),
        pl.col("energy_density_unit").alias("energy_density_at_300_W_unit"),
    ),
    on=["recipe_id", "cell_design_id"],
)
show(both)

# %%
panels = plot.residuals(
    both, "energy_density_at_300_W", "energy_density", ["porosity", "mass_loading_kilogram_per_square_metre"]
)
panels[0]
