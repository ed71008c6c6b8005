"""Completion of words in a shell: a script for each shell, and the words that only a lake knows."""
