"""From a decision to a settled end: previews, the journal, sending once, looking."""
