"""Everything the embedded faces are made with: portraits, generator, change vectors, face choice, hair net."""
