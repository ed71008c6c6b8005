"""One invocation at a terminal: session, progress, and what is safe to print."""
