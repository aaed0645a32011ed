"""The verbs of chat: keep what comes in, say, deliver, mind the quota."""
