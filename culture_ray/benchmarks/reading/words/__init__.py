"""Words and letters of many languages with which answers are stated, denied and told apart."""
