"""A conversation that is kept: every turn is in the database before its reply is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.knowledge.model import Knowledge
from assistant.sessions.basis import Basis, basis_of
from assistant.sessions.model import Clock, Gone, Overtaken, SessionInfo, StoredTurn, StoreError, clean, stamp, title_of
from assistant.sessions.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.advisor import Advisor
    from assistant.dialogue.blocks import Block, SoFar
    from assistant.dialogue.conversation import Conversation, Turn
    from assistant.dialogue.wording import Wording
    from assistant.reasoning.model import Conclusion
    from assistant.sessions.export import Reached
    from assistant.sessions.starter import Project

_TRIES = 5


class Session:
    """`warning` is None while all is well; else it says why turns are not saved, or what happened to the session.

    `notice` says what happened to the engine during the last turn, which was answered all the same; before the first
    turn it says what newer knowledge makes of the advice that was given.
    """

    def __init__(
        self,
        store: Store,
        info: SessionInfo,
        advisor: Advisor,
        conversation: Conversation,
        *,
        clock: Clock,
        debug: bool = False,
        warning: str | None = None,
        notice: str | None = None,
    ) -> None:
        self.id = info.id
        self.title = info.title
        self.conversation = conversation
        self.warning = warning
        self.notice = notice
        self._store = store
        self._advisor = advisor
        self._debug = debug
        self._clock = clock
        self._created = info.created
        self._first = conversation.turns  # how many turns were there before this process
        self._said: list[StoredTurn] = []
        self._basis: Basis = {}  # what was stored last, by this process
        self._saved = 0  # how many of `_said` are in the database
        self._detached = False  # the session has been deleted elsewhere: never write it again

    def say(self, text: str, so_far: SoFar | None = None) -> Turn:
        """One turn. Never raises: when it cannot be saved, `warning` says so and the conversation goes on.
        `so_far` is told the beginning of an answer that takes longer; only the whole is saved.

        If another process has gone on with this session, its turns are read in first and the message is understood
        after them; the turn that comes back has the number under which it is stored.
        """
        before = self._advisor.notice
        turn = self._take(clean(text), so_far)
        now = self._advisor.notice
        self.notice = now if now != before else None
        self.warning = None
        return self._save() or turn

    def details(self, turn: Turn) -> tuple[str, ...]:
        """For developers: the engine, what the message was taken for, and the rules that fired."""
        acts = [f"{act.act} ({act.confidence:g}: “{act.because}”)" for act in turn.utterance.acts]
        firings = self.conversation.conclusion().firings if self.conversation.state.facts else ()
        rules = dict.fromkeys(firing.rule for firing in firings)
        return (
            f"engine: {self._advisor.reasoner.engine_name}",
            f"acts: {', '.join(acts) or 'none'}",
            f"rules: {', '.join(rules) or 'none'}",
        )

    def adopt(self, advisor: Advisor) -> None:
        """Go on under another advisor, such as one over edited knowledge."""
        self._advisor = advisor
        self.conversation = self.conversation.under(advisor)

    def history(self) -> list[StoredTurn]:
        """All turns in order: those from the database and those said here, saved or not."""
        earlier: list[StoredTurn] = []
        if self._first:
            try:
                earlier = self._store.turns(self.id, before=self._first)
            except StoreError as problem:
                self.warning = str(problem)
        return [*earlier, *self._said]

    def info(self) -> SessionInfo:
        """The session as a list shows it."""
        last = self._said[-1] if self._said else None
        choices = last.choices if last else first_choices(self._advisor.knowledge, self.conversation)
        return SessionInfo(
            id=self.id,
            title=self.title,
            created=self._created,
            updated=last.created if last else self._created,
            turns=self._first + len(self._said),
            first_choice=next(iter(choices.values()), ""),
            question=last.question if last else open_question(self._advisor.knowledge, self.conversation),
        )

    def export(self, format: str, content: str = "all") -> str:
        """The session as text; see `assistant.sessions.export.render`. Also works for turns that could not be saved."""
        from assistant.sessions.export import Document, needs_conclusion, render

        reached = self._reached() if needs_conclusion(format, content) else None
        return render(Document.of(self.info(), self.history()), format, content, reached)

    def starter(self) -> Project:
        """The project that begins with the recommended stack; `starter.write` puts it into a folder.

        Raises SessionError while there is no recommendation.
        """
        from assistant.sessions.export import Document
        from assistant.sessions.starter import plan

        return plan(Document.of(self.info(), self.history()), self._reached())

    def _reached(self) -> Reached:
        from assistant.dialogue.foreseeing import Foresight
        from assistant.dialogue.wording import Wording
        from assistant.sessions.export import Reached

        knowledge, conclusion = self._advisor.knowledge, self.conversation.conclusion()
        if not conclusion.stack:
            return Reached(knowledge, conclusion)
        foresight = Foresight(self._advisor.reasoner, Wording(knowledge), self.conversation.state, conclusion)
        lines = [line for block in foresight.changes_of_mind(pairs=False) for line in block.outline()]
        turning = tuple(line.text for line in lines if line.kind != "heading")
        return Reached(knowledge, conclusion, turning, tuple(self._advice(conclusion, Wording(knowledge))))

    def _advice(self, conclusion: Conclusion, wording: Wording) -> Iterator[Block]:
        """Facts, stack, decision matrices, caveats and plan, as the conversation stands now."""
        from assistant.dialogue import advising
        from assistant.dialogue.clashing import Clashes
        from assistant.dialogue.foreseeing import Foresight

        state = self.conversation.state
        foresight = Foresight(self._advisor.reasoner, wording, state, conclusion)
        yield self.conversation.facts(conclusion)
        matrices = [advising.matrix(conclusion, choice.role, wording) for choice in conclusion.stack]
        for block in (
            advising.recommendation(conclusion, wording),
            *matrices,
            Clashes(self._advisor.reasoner, wording, conclusion, state.facts, foresight).block(most=None),
            advising.caveats(conclusion.caveats, wording, most=None),
            advising.plan(conclusion, wording),
        ):
            if block is not None:
                yield block

    def _take(self, text: str, so_far: SoFar | None = None) -> Turn:
        turn = self.conversation.say(text, so_far)
        basis = basis_of(self.conversation.conclusion()) if self.conversation.state.facts else {}
        self._said.append(
            StoredTurn(
                number=turn.number,
                text=turn.text,
                reply=turn.reply,
                created=stamp(self._clock),
                utterance=turn.utterance,
                events=turn.events,
                knowledge=self._advisor.knowledge.version,
                choices=first_choices(self._advisor.knowledge, self.conversation),
                answer=turn.reply.plain(),
                question=open_question(self._advisor.knowledge, self.conversation),
                basis=basis if basis != self._basis else {},
            )
        )
        self._basis = basis
        if not self.title:
            self.title = title_of(text)
        return turn

    def _save(self) -> Turn | None:
        """Save what is not saved yet. Returns the last turn anew when it had to be said again after another's."""
        again: Turn | None = None
        if self._detached:
            self.warning = _DETACHED
            return None
        try:
            for _ in range(_TRIES):
                try:
                    self._store.append(self.id, self.title, self._said[self._saved :])
                    self._saved = len(self._said)
                    break
                except Overtaken:
                    again = self._catch_up()
            else:
                self.warning = "Another process keeps writing to this session; this turn is not saved yet."
        except Gone:
            self._detached = True
            self.warning = _DETACHED
        except StoreError as problem:
            self.warning = str(problem)
            if problem.damaged and not self._first:
                self._save_afresh()
        return again

    def _save_afresh(self) -> None:
        """A damaged database was set aside: put all that was said here into the new one."""
        self._saved = 0
        try:
            self._store.append(self.id, self.title, self._said)
        except StoreError as problem:
            self.warning = str(problem)
        else:
            self._saved = len(self._said)
            self.warning = self._store.notice

    def _catch_up(self) -> Turn:
        """Read in what others have said, and say again what was not saved, after it."""
        events = self._store.events(self.id)
        waiting = self._said[self._saved :]
        theirs = len(events) - waiting[0].number
        self.conversation = type(self.conversation).resume(self._advisor, events, debug=self._debug)
        self._first, self._said, self._saved = len(events), [], 0
        turn = [self._take(one.text) for one in waiting][-1]
        self.warning = (
            f"This session also goes on in another window: {theirs} turn{'s' if theirs != 1 else ''} from there "
            "came first and count."
        )
        return turn


_DETACHED = "This session was deleted or replaced in the meantime, so what is said here is not saved."


def first_choices(knowledge: Knowledge, conversation: Conversation) -> dict[str, str]:
    """The first choice of each role, leading roles first; none while nothing is known about the project."""
    if not conversation.state.facts:
        return {}  # a greeting need not wake the engine
    filled = [choice for choice in conversation.conclusion().stack if choice.ranking]
    leads = {role.id for role in knowledge.roles.values() if role.leads}
    ordered = sorted(filled, key=lambda choice: choice.role not in leads)
    return {choice.role: choice.ranking[0].tool for choice in ordered}


def open_question(knowledge: Knowledge, conversation: Conversation) -> str:
    """The question that is open, '' if none is."""
    return next((one.text for one in knowledge.questions if one.slot == conversation.state.question), "")
