"""Conversations that are kept: the SQLite store, transcripts, decision records, replay.

sessions = Sessions.open(Advisor.load)
session = sessions.new()
turn = session.say("churn prediction on 80k rows")   # in the database before it returns
print(sessions.export(session.id, "markdown"))
"""
