"""Data files of surveys: delimited text, SPSS, Stata, Parquet and Feather, packed or not."""
