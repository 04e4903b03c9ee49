"""One child and its descendants: started, heard, stopped."""
