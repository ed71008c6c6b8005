"""`ragone share`: knowledge for other owners, and from them, without data."""
