"""Formats of files with items: tables with separators, JSON, Parquet and workbooks to columns."""
