"""Spending control: rate limits, ledger, caps and prices; no Ray and no HTTP, clock passed in."""
