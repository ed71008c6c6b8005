"""Brings measured time series in as measurements, and gives curves the form of the Battery Data Format."""

from ragone.pipelines.files.cyclers.battery_data import battery_data_table
from ragone.pipelines.files.cyclers.reading import read_measurement
from ragone.pipelines.files.cyclers.units import parse_units

__all__ = ["battery_data_table", "parse_units", "read_measurement"]
