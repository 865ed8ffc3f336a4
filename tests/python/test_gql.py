"""The client gql as it is installed, over WebSocket and HTTP, against the built server."""
import asyncio
import unittest

from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from server import ServerTest

EVENTS = gql('subscription { taskEvents(after: "START", first: 1) { kind taskId } }')
CREATE = gql("mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id name } } }")


class GqlTest(ServerTest):
    def test_operations_over_a_websocket(self):
        self.start("serve")
        asyncio.run(self.session())

    async def session(self):
        transport = WebsocketsTransport(url=self.url.replace("http", "ws") + "/graphql")
        async with Client(transport=transport, fetch_schema_from_transport=True) as session:
            self.assertEqual(transport.subprotocol, "graphql-transport-ws")
            CREATE.variable_values = {"input": {"name": "by gql"}}
            task = (await session.execute(CREATE))["createTask"]["task"]
            self.assertEqual(task["name"], "by gql")
            events = [event["taskEvents"] async for event in session.subscribe(EVENTS)]
            self.assertEqual(events, [{"kind": "CREATED", "taskId": task["id"]}])


if __name__ == "__main__":
    unittest.main()
