"""The command line `ragone`, the pictures it draws, and how values show themselves in a notebook."""
