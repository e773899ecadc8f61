"""Configuration: Hydra files and overrides, composed and validated into typed settings."""
