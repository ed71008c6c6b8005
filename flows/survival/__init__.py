"""Lives of cells in a lake: what is concluded from them, and which are worth more cycles."""
