"""Reading curves, simulated or measured: their steps, half cycles, totals and transients. No KPI is defined here."""
