# %% [markdown]
# # Reproduce, and disagree
#
# A number that nobody can compute again is a rumour. This notebook computes a stored one again, and then lets two
# people disagree about another: the lake keeps both results, and says what differs.

# %%
import sys
from pathlib import Path

from ragone import Lake, show
from ragone.schemas import compare

WORK = Path("work")
lake = Lake.open(WORK / "lake")

# %% [markdown]
# ## Computed again
#
# The best energy density of the lake. `reproduce` finds the run that made it, executes that stage again in a fresh
# process from the recorded inputs, and compares field by field. The verdict is a record of its own.

# %%
best = lake.sql("SELECT id FROM kpis WHERE name = 'energy_density' ORDER BY value DESC LIMIT 1")["id"].item()
lake.get(best)

# %%
verification = lake.reproduce(best)
verification

# %% [markdown]
# On this machine and with these libraries: bitwise equal. Elsewhere the last digits may differ, and the verdict says by
# how much, and whether that is within the tolerance of the field. `lake.reproduce(best, deep=True)` computes the whole
# chain again, down to the packing of the particles.
#
# Why was it computed when it was, and would it be computed again today?

# %%
lake.why(best)

# %% [markdown]
# ## Two opinions
#
# At which voltage does a discharge end? One person takes the last sample. Another fears noise and takes the mean of the
# last ten. Both call their KPI `final_voltage`. Each is a stage in a file of its own.

# %%
STAGE = '''
from ragone.pipelines.kpi.definition import Definition
from ragone.schemas import Curve, Kpi, kpi_stage

FINAL_VOLTAGE = Definition("final_voltage", "V", "voltage at the end of a curve")


@kpi_stage("kpi.final_voltage", gives={"final_voltage": "V"})
def final_voltage(curve: Curve) -> Kpi:
    """Voltage at which a curve ends."""
    value = float(curve.voltage_volt[-LAST:].mean())
    return FINAL_VOLTAGE.measured(value, uncertainty=None, count=LAST, method="mean of the last LAST samples")
'''
(WORK / "one.py").write_text(STAGE.replace("LAST", "1"), encoding="utf-8")
(WORK / "ten.py").write_text(STAGE.replace("LAST", "10"), encoding="utf-8")
sys.path.insert(0, str(WORK.resolve()))

import one
import ten

# %%
curve = lake.sql("SELECT id FROM discharges ORDER BY created LIMIT 1")["id"].item()
first = lake.run(one.final_voltage, curve=curve)
second = lake.run(ten.final_voltage, curve=curve)
second

# %% [markdown]
# Neither overwrites the other. Same name, same input, other code, so two results:

# %%
show(lake.sql("SELECT id, value, unit, sample_count, method FROM kpis WHERE name = 'final_voltage' ORDER BY value"))

# %% [markdown]
# Field by field, and judged by the tolerance that a re-run of a KPI must keep:

# %%
for deviation in compare(lake.get(first.id), lake.get(second.id)):
    print(deviation)

# %% [markdown]
# And why was the second computed at all? Because the code is another one: the lake names the modules.

# %%
lake.why(second.id)

# %% [markdown]
# ## A stranger's code
#
# `reproduce` executes what a lake names only if it lies in an installed package that you trust. These two files do not:
# a lake from somebody else can ask for nothing to be executed on your machine.

# %%
lake.reproduce(second.id)
