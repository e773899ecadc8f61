"""Tables of the page, by the section that shows them."""
