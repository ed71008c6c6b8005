"""Studies that look for a design: the study, its campaign, and comparisons of designs."""
