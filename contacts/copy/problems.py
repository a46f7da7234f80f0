"""What hinders the reading of all contacts, in words for whoever looks after the dashboard."""

IGNORED = "Piggy does not list by date, so its list is read by page numbers, until nothing new comes."
LEFT_OUT = "Piggy counts more contacts than it lists by date, so its list is read by page numbers as well."
UNREAD = "Some contacts that were not in Piggy’s list could not be read one by one either."
UNREADABLE = "Some contacts of Piggy’s list could not be read. The others were."
NOT_RECENT = "Piggy does not list by date: the newest contacts alone cannot be asked for."
LASTING = {IGNORED, LEFT_OUT, UNREAD, UNREADABLE}  # what is still true once a page was read
