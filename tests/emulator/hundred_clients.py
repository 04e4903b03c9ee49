"""A program for `test_concurrency.py`: one thread a client, all begin together.

Each asks for a token, pages through all mailboxes, renames its own one and reads it back.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 30


class OneClient:
    """A client with a connection of its own."""

    def __init__(self, plan, number):
        self.plan, self.number = plan, number
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = plan["ca"]

    def work(self, together):
        """Return what it met."""
        with self.session:
            together.wait(SECONDS)
            self._sign_in()
            rows = self._all_mailboxes()
            own = rows[self.number]["Guid"]
            self._invoke("Set-Mailbox", {"Identity": own, "DisplayName": f"Client {self.number}"})
            again = self._invoke("Get-Mailbox", {"Identity": own})["value"]
        return {
            "guids": [row["Guid"] for row in rows],
            "changed": own,
            "read": again[0]["DisplayName"],
        }

    def _sign_in(self):
        form = {
            "client_id": self.plan["client"],
            "scope": self.plan["scope"],
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.plan["assertions"][self.number],
        }
        url = f"{self.plan['url']}/{self.plan['tenant']}/oauth2/v2.0/token"
        answer = self.session.post(url, data=form, timeout=SECONDS)
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _all_mailboxes(self):
        document = self._invoke("Get-Mailbox", {"ResultSize": "Unlimited"})
        rows = document["value"]
        while link := document.get("@odata.nextLink"):
            document = self._invoke("Get-Mailbox", {"ResultSize": "Unlimited"}, url=link)
            rows += document["value"]
        return rows

    def _invoke(self, cmdlet, parameters, url=None):
        # By the domain: what is addressed by a GUID can be read but not changed.
        below = f"adminapi/beta/{self.plan['organization']}/InvokeCommand"
        address = url or f"{self.plan['url']}/{below}"
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        headers = {
            "X-CmdletName": cmdlet,
            "Prefer": f"odata.maxpagesize={self.plan['page']}",
        }
        answer = self.session.post(address, json=body, headers=headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()


def main():
    """Run the plan on stdin; print what each client met."""
    plan = json.load(sys.stdin)
    count = len(plan["assertions"])
    together = threading.Barrier(count)
    clients = [OneClient(plan, number) for number in range(count)]
    with ThreadPoolExecutor(count) as pool:
        met = [pool.submit(client.work, together) for client in clients]
        json.dump([each.result() for each in met], sys.stdout)


if __name__ == "__main__":
    main()
