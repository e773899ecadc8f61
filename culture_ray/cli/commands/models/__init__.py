"""Commands about models behind an API."""
