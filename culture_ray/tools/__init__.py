"""What works on finished runs, texts and tables outside a sweep."""
