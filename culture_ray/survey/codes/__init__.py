"""Codes of languages (ISO 639) and countries (ISO 3166), found by other codes and by names."""
