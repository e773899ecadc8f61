"""Restricted maximum likelihood with a known covariance of the sampling errors."""
