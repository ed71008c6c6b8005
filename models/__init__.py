"""What is learned from the history of a lake, or concluded from it. Imports `schemas` alone."""
