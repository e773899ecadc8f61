# Means and standard errors by R's survey package, printed for tests/survey/microdata/test_estimate.py.
suppressMessages(library(survey))
people <- read.csv(commandArgs(TRUE)[1], na.strings = "NaN", stringsAsFactors = FALSE)
design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = people)
people$world <- "world"
design$variables$world <- "world"
for (topic in grep("^stance_", names(people), value = TRUE)) {
  for (division in c("cntry_AN", "lnge_iso", "world", "group")) {
    for (label in sort(unique(people[[division]]))) {
      chosen <- !is.na(people[[topic]]) & people[[division]] == label
      found <- svymean(as.formula(paste0("~", topic)), subset(design, chosen))
      cat(sub("stance_", "", topic), division, label,
          format(as.numeric(found), digits = 17), format(as.numeric(SE(found)), digits = 17),
          sum(chosen), "\n")
    }
  }
}
