# Shares, means and spreads of answers by R's survey package, printed for test_surveys_by_r.py.
# Columns of the file: stratum, cluster, weight, pooled, country, spoken, world, and one per topic (NaN: no answer).
suppressMessages(library(survey))
people <- read.csv(commandArgs(TRUE)[1], na.strings = "NaN", stringsAsFactors = FALSE,
                   colClasses = c(country = "character", spoken = "character", world = "character"))
number <- function(x) format(as.numeric(x), digits = 17)
for (division in c("country", "spoken", "world")) {
  people$w <- if (division == "country") people$weight else people$pooled
  design <- svydesign(ids = ~cluster, strata = ~stratum, weights = ~w, data = people, nest = TRUE)
  for (topic in commandArgs(TRUE)[-1]) {
    for (label in sort(unique(people[[division]]))) {
      part <- subset(design, !is.na(people[[topic]]) & people[[division]] == label)
      mean <- svymean(as.formula(paste0("~", topic)), part)
      cat(topic, division, label, "mean", number(mean), number(SE(mean)), "\n")
      for (answer in sort(unique(people[[topic]]))) {
        shares <- svymean(as.formula(paste0("~I(as.numeric(", topic, " == ", answer, "))")), part)
        cat(topic, division, label, answer, number(shares), number(SE(shares)), "\n")
      }
    }
  }
}
