pub(super) mod misspelled_chart;
