"""The command line `ragone`, and the pictures it draws."""
