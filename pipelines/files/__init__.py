"""Reading files that people name: images, cyclers' files, BPX documents; within budgets, regular files only."""
