"""Survey microdata: respondents, their weights and answers, reduced to ground truth."""
