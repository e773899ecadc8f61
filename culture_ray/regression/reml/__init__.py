"""Restricted maximum likelihood (REML) with a known covariance of the sampling errors."""
