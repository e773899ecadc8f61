"""Tables of what a reviewer asks: other assumptions, parts left out, odd wordings."""
