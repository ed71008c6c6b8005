"""Stages as they were before a recipe, its materials and the cell's design were records: only old lakes call them."""
