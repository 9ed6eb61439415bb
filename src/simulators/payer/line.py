"""The payer's telephone line: TCP connections, frames, and the faults that strike them."""

import asyncio
from collections import deque
from datetime import UTC, datetime

from simulators.payer.desk import Answered, Desk
from simulators.payer.faults import Fault, Faults
from simulators.payer.wire import Framer, FrameTooLong, frame

LOG_LENGTH = 5000
READ_BYTES = 65536
BIN_BYTES = 6


class Line:
    """Listens, answers through the desk, and keeps a log of what really arrived."""

    def __init__(self, desk: Desk, faults: Faults, *, host: str, port: int) -> None:
        self.desk, self.faults = desk, faults
        self.host, self.port = host, port
        self.log: deque[dict[str, object]] = deque(maxlen=LOG_LENGTH)
        self.seen = 0
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    @property
    def is_up(self) -> bool:
        """Whether callers get through."""
        return self._server is not None

    async def up(self) -> None:
        """Listen; port 0 takes a free port and keeps it over later downs and ups."""
        if self._server is None:
            self._server = await asyncio.start_server(self._talk, self.host, self.port)
            self.port = int(self._server.sockets[0].getsockname()[1])

    async def down(self) -> None:
        """Refuse new callers and hang up on the present ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer, task in list(self._open.items()):
            writer.transport.abort()
            if task is not None:
                task.cancel()
        await asyncio.sleep(0)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            await self._answer_all(reader, writer)
        except (ConnectionError, FrameTooLong) as error:
            print(f"payer: connection ended: {error}", flush=True)
        except asyncio.CancelledError:
            return
        finally:
            self._open.pop(writer, None)
            writer.close()

    async def _answer_all(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        framer = Framer()
        while segment := await reader.read(READ_BYTES):
            for transmission in framer.feed(segment):
                answered, fault = self.take(transmission)
                if not await self._send(writer, answered.transmission, fault):
                    return

    def take(self, transmission: bytes) -> tuple[Answered, Fault | None]:
        """Decide one transmission, whichever link it came by, and write it down."""
        fault = self.faults.strike(transmission[:BIN_BYTES].decode("latin-1"))
        forced = fault.code if fault and fault.kind == "reject" else ""
        dialect = fault.dialect if fault else ""
        answered = self.desk.answer(transmission, forced=forced, dialect=dialect)
        self._write_down(transmission, answered, fault)
        return answered, fault

    async def _send(
        self, writer: asyncio.StreamWriter, transmission: str, fault: Fault | None
    ) -> bool:
        """Send as the fault says; False when the connection is to be closed."""
        answer = frame(transmission)
        kind = fault.kind if fault else ""
        if fault and kind in {"delay", "late"}:
            await asyncio.sleep(fault.seconds)
        if kind == "drop":
            return False
        if kind == "silent":
            return True
        if kind == "garbage":
            answer = frame(self.faults.garbage())
        if kind == "cut":
            answer = answer[: len(answer) // 2]
        writer.write(answer * 2 if kind == "twice" else answer)
        await writer.drain()
        return kind != "cut"

    def _write_down(self, raw: bytes, answered: Answered, fault: Fault | None) -> None:
        self.seen += 1
        request = answered.request
        entry: dict[str, object] = {
            "id": self.seen,
            "at": datetime.now(UTC).isoformat(),
            "raw": raw.decode("latin-1"),
            "request": request.as_json() if request else None,
            "problem": answered.problem,
            "statuses": answered.statuses,
            "rejects": answered.rejects,
            "answer": answered.transmission,
            "fault": fault.kind if fault else "",
        }
        self.log.append(entry)
        code = request.header["code"] if request else "??"
        codes = " ".join(code for claim in answered.rejects for code in claim)
        says = f"{code} {''.join(answered.statuses)} {codes}".rstrip()
        print(f"payer: {self.seen} {says}{f' ({fault.kind})' if fault else ''}", flush=True)
