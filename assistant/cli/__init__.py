"""The command `assistant`. The terminal app is imported only when it is started."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with an exit code of `assistant.cli.exits`."""
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending already; more ctrl-c would only make noise
        code = 130
    except BrokenPipeError:
        # Whoever reads has enough (`| head`). Nothing may be flushed into the pipe when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    if arguments is None:
        _end(code)
    sys.exit(code)


def _end(code: int) -> None:
    """End the process without taking the knowledge apart piece by piece, which would make a short answer a tenth longer.

    What Python does at an end that could be missed is done: the functions that asked to be called, and the streams. Return
    where a thread still works, which is to be waited for.
    """
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        return
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    import click

    from assistant.cli import diagnostics
    from assistant.cli.exits import Exit
    from assistant.cli.root import root

    if "_ASSISTANT_COMPLETE" in os.environ:
        root.main(arguments, prog_name="assistant")  # a shell asks how to complete a command line
    try:
        with root.make_context("assistant", arguments) as context:
            root.invoke(context)
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.exceptions.NoArgsIsHelpError as problem:
        diagnostics.note(problem.format_message())
        return Exit.USAGE
    except click.UsageError as problem:
        if problem.ctx is not None:
            diagnostics.note(problem.ctx.get_usage())
        diagnostics.error(problem.format_message())
        return Exit.USAGE
    except click.ClickException as problem:
        diagnostics.error(problem.format_message())
        return problem.exit_code
    except click.Abort:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        diagnostics.error(f"{problem.strerror or problem}{where}")
        return Exit.REFUSED
    return Exit.DONE
