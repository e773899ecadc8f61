"""Rate limits, the money ledger and prices: pure, clock passed in; no Ray and no HTTP."""
