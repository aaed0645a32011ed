"""The timetable, and who hears which event."""

from plusone.base import events

events.listen({})
