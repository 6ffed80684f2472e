"""The Model Context Protocol over standard input and output. The only place that knows the SDK."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import jsonschema
import mcp_types as types
from django.db import close_old_connections
from django.utils.translation import gettext, override
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from zhike import __version__
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.api.problems import Broken
from zhike.interfaces.mcp.calls import Caller, Refused
from zhike.interfaces.mcp.changing import Desk
from zhike.interfaces.mcp.tools import BY_NAME, INSTRUCTIONS, TOOLS, Tool, Visit

log = logging.getLogger("zhike.mcp")


class Assistant:
    """One assistant at work for one token. Its calls run one after the other on one thread: the database needs that."""

    def __init__(self, token: str) -> None:
        self._visit = Visit(Caller(token), Desk())

    def greet(self) -> str:
        """Whose token it is; what is said from now on is in that person's language. Raises Refused."""
        return self._visit.caller.ask("GET", "/kinds").viewer.name

    def instructions(self) -> str:
        """How to work here."""
        with override(self._visit.caller.language):
            return str(INSTRUCTIONS)

    def tools(self) -> list[types.Tool]:
        """All tools in the language of the person. Their number does not depend on rights: each call asks for those."""
        with override(self._visit.caller.language):
            return [_told(tool) for tool in TOOLS]

    def called(self, name: str, given: Mapping[str, Any]) -> types.CallToolResult:
        """Run one tool; what is refused is an answer too, with a sentence that says what to do."""
        close_old_connections()
        try:
            with override(self._visit.caller.language):
                return self._run(name, given)
        finally:
            close_old_connections()

    def _run(self, name: str, given: Mapping[str, Any]) -> types.CallToolResult:
        tool = BY_NAME.get(name)
        if tool is None:
            return _refused({"code": "no_such_tool", "title": gettext("There is no such tool.")})
        wrong = next(iter(jsonschema.Draft202012Validator(_plain(tool.asks)).iter_errors(dict(given))), None)
        if wrong is not None:
            return _refused({"code": "invalid", "title": f"{wrong.json_path}: {wrong.message}"[:500]})
        try:
            return _said(tool.run(self._visit, **given))
        except Refused as refused:
            return _refused(refused.problem)
        except Refusal as refusal:
            return _refused(refusals.problem(refusal, instance=name))
        except Exception:
            log.exception("tool %s", name)
            return _refused(refusals.problem(Broken(), instance=name))


def _told(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        title=str(tool.title), read_only_hint=not tool.changes, destructive_hint=tool.changes,
        idempotent_hint=not tool.changes, open_world_hint=False,
    )  # fmt: skip
    return types.Tool(
        name=tool.name, title=str(tool.title), description=str(tool.words), input_schema=_plain(tool.asks),
        annotations=hints,
    )  # fmt: skip


def _plain(schema: Any) -> Any:
    """The schema with its words in the active language."""
    if isinstance(schema, Mapping):
        return {key: _plain(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_plain(value) for value in schema]
    return schema if isinstance(schema, bool | int | str) else str(schema)


def _said(data: dict[str, Any]) -> types.CallToolResult:
    text = json.dumps(data, ensure_ascii=False, default=str)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=json.loads(text)
    )


def _refused(problem: Mapping[str, Any]) -> types.CallToolResult:
    """The sentence, then each field with its problem; machines find the code beside."""
    fields = problem.get("fields", {})
    lines = [str(problem.get("title", "")), *(f"{key}: {words}" for key, words in fields.items())]
    kept = {key: problem[key] for key in ("code", "title", "fields", "data") if key in problem}
    return types.CallToolResult(
        content=[types.TextContent(type="text", text="\n".join(lines))], structured_content=kept, is_error=True
    )


def serve(assistant: Assistant, pool: ThreadPoolExecutor) -> None:
    """Serve until the other side closes standard input."""
    anyio.run(_serve, assistant, pool)


async def _serve(assistant: Assistant, pool: ThreadPoolExecutor) -> None:
    loop = asyncio.get_running_loop()

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=await loop.run_in_executor(pool, assistant.tools))

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await loop.run_in_executor(pool, partial(assistant.called, params.name, params.arguments or {}))

    server: Server[Any] = Server(
        "zhike", version=__version__, title="Zhike 知客", instructions=assistant.instructions(),
        on_list_tools=list_tools, on_call_tool=call_tool,
    )  # fmt: skip
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
