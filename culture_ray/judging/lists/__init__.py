"""Opinion lists in any language, script and layout: what marks an item, and what surrounds it."""
