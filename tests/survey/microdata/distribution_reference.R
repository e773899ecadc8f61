# Shares, means and spreads of answers by R's survey package, printed for test_surveys_by_r.py.
# Arguments: the file, survey.lonely.psu, topics. Columns of the file: stratum, cluster, weight, pooled, country,
# spoken, group, world, and one per topic (NaN: no answer). Errors that R refuses to compute are NaN.
suppressMessages(library(survey))
divisions <- c("country", "spoken", "group", "world")
people <- read.csv(commandArgs(TRUE)[1], na.strings = "NaN", stringsAsFactors = FALSE,
                   colClasses = setNames(rep("character", 4), divisions))
single <- commandArgs(TRUE)[2]
number <- function(x) format(as.numeric(x), digits = 17)
mean_of <- function(formula, part) {
  options(survey.lonely.psu = "adjust")
  found <- svymean(formula, part)
  options(survey.lonely.psu = single)
  refused <- inherits(try(svymean(formula, part), silent = TRUE), "try-error")
  cat(number(found), if (refused) "NaN" else number(SE(svymean(formula, part))), "\n")
}
for (division in divisions) {
  people$w <- if (division %in% c("country", "group")) people$weight else people$pooled
  design <- svydesign(ids = ~cluster, strata = ~stratum, weights = ~w, data = people, nest = TRUE)
  for (topic in commandArgs(TRUE)[-(1:2)]) {
    for (label in sort(unique(people[[division]]))) {
      part <- subset(design, !is.na(people[[topic]]) & people[[division]] == label)
      cat(topic, division, label, "mean ")
      mean_of(as.formula(paste0("~", topic)), part)
      for (answer in sort(unique(people[[topic]]))) {
        cat(topic, division, label, answer, "")
        mean_of(as.formula(paste0("~I(as.numeric(", topic, " == ", answer, "))")), part)
      }
    }
  }
}
