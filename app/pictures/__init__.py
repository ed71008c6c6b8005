"""Pictures of what is recorded, one module for each kind."""
