"""An existing or planned run: opening it, its progress, the inputs that it reads."""
