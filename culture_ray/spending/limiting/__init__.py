"""Parts of the rate limiter that adapt to the provider: its headers, refusals and usage."""
