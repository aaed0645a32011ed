"""The page in a browser on which one plays the people who write to an official account."""
