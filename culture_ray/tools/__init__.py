"""Tools outside a sweep: compare, export, texts, populations, capability, import, label sheets."""
