"""One repository a file; they read and write inside a unit of work and never commit."""
