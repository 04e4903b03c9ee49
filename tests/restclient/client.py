"""Cmdlets and resources of Exchange Online's admin API, as a program without PowerShell asks."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal
from urllib.parse import quote, urlencode

from tests.restclient.answers import Answer, Row, answer_of
from tests.restclient.connection import MODULE_VERSION, Connection
from tests.restclient.parameters import envelope

PAGE = 1000
Following = Literal["POST", "GET"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What can be asked through one connection."""

    connection: Connection

    def module_file(self) -> dict[str, object]:
        """Return what the module downloads when it connects."""
        headers = {
            "CommandName": "*",
            "ps-version": "7.4.6",
            "exomodule-version": MODULE_VERSION,
            "is-cloud-shell-environment": "False",
            "X-InitializeConnectionContextObjectIdDynamic": "true",
        }
        connection = self.connection
        url = f"{connection.origin}/AdminApi/v1.0/{connection.tenant}/EXOModuleFile"
        answer = connection.send("GET", f"{url}?Version={MODULE_VERSION}", headers)
        return dict(answer.json()["value"][0])

    def cmdlets(self) -> list[str]:
        """Return the names of the cmdlets that this connection may run."""
        return str(self.module_file()["exportedCmdlets"]).split(",")

    def invoke(
        self, cmdlet: str, parameters: Mapping[str, object] | None = None, **options: object
    ) -> list[Row]:
        """Return all rows of *cmdlet*; *options* are those of `answers`."""
        found = self.answers(cmdlet, parameters, **options)  # type: ignore[arg-type]
        return [row for answer in found for row in answer.rows]

    def answers(
        self,
        cmdlet: str,
        parameters: Mapping[str, object] | None = None,
        *,
        page: int = PAGE,
        select: Sequence[str] = (),
        form: str = "json",
        following: Following = "POST",
        anchor: str = "",
        level: str = "Partial",
        warning_action: str = "",
    ) -> Iterator[Answer]:
        """Yield the pages of *cmdlet*, at most ResultSize rows in all; a page's worth without one.

        *following* is how the next page is asked for: the same body again, or a GET.
        """
        given = dict(parameters or {})
        left = _wanted(given.get("ResultSize"), page)
        url = f"{self.connection.api}/InvokeCommand" + _query({"$select": ",".join(select)})
        body: object = envelope(cmdlet, given)
        method: Following = "POST"
        headers = _headers(cmdlet, form, level, anchor) | {
            "WarningAction": warning_action,
            "client-request-id": self.connection.new_id(),
        }
        while True:
            size = page if left is None else min(left, page)
            headers["Prefer"] = f"odata.maxpagesize={size}"
            sent = self.connection.send(method, url, headers, body)
            answer = answer_of(sent.json() if sent.content else None)
            yield answer
            left = None if left is None else left - len(answer.rows)
            is_short = left is not None and (left <= 0 or len(answer.rows) < size)
            if is_short or not answer.next_link:
                return
            self.connection.trusted(answer.next_link)
            url, method = answer.next_link, following
            body = None if following == "GET" else body

    def confirmed(self, cmdlet: str, parameters: Mapping[str, object]) -> tuple[str, list[Row]]:
        """Ask whether *cmdlet* wants to be confirmed, confirm it, return its question and rows."""
        first = next(self.answers(cmdlet, {**parameters, "Confirm": True}))
        if not first.question:
            return "", list(first.rows)
        return first.question, self.invoke(cmdlet, {**parameters, "Confirm": False})

    def resource(
        self, path: str, options: Mapping[str, str] | None = None, *, page: int | None = None
    ) -> Iterator[Answer]:
        """Yield the pages of a Get-EXO* resource, such as `Mailbox`; 100 rows each by default."""
        headers = {} if page is None else {"Prefer": f"odata.maxpagesize={page}"}
        url = f"{self.connection.api}/{path}" + _query(options or {})
        for body in self.connection.pages("GET", url, headers):
            yield answer_of(body)

    def batch(self, calls: Sequence[tuple[str, Mapping[str, object]]]) -> list[dict[str, object]]:
        """Return the answer to each of at most ten cmdlets, in their order."""
        ids = [str(number) for number, _ in zip(count(1), calls, strict=False)]
        asked = [
            {
                "id": name,
                "method": "POST",
                "url": "/InvokeCommand",
                "headers": {"Content-Type": "application/json", "X-CmdletName": cmdlet},
                "body": envelope(cmdlet, parameters),
            }
            for name, (cmdlet, parameters) in zip(ids, calls, strict=True)
        ]
        sent = self.connection.send(
            "POST", f"{self.connection.api}/$batch", {}, {"requests": asked}
        )
        found = {each["id"]: each for each in sent.json()["responses"]}
        return [found[name] for name in ids]


def key_of(identity: str) -> str:
    """Return *identity* as the key of a resource that is asked with `isEncoded=true`."""
    return quote(base64.b64encode(identity.encode()).decode(), safe="")


def _headers(cmdlet: str, form: str, level: str, anchor: str) -> dict[str, str]:
    by_parameter = {"X-AnchorMailbox": anchor, "parameter-based-routing": "True"} if anchor else {}
    return {
        "X-CmdletName": cmdlet,
        "X-ResponseFormat": form,
        "X-SerializationLevel": level,
        **by_parameter,
    }


def _wanted(result_size: object, page: int) -> int | None:
    """Return the most rows to read, `None` for all."""
    match result_size:
        case None:
            return page
        case int():
            return result_size
        case _:
            return None if str(result_size).lower() == "unlimited" else int(str(result_size))


def _query(options: Mapping[str, str]) -> str:
    kept = {name: value for name, value in options.items() if value}
    return f"?{urlencode(kept, safe='$', quote_via=quote)}" if kept else ""
