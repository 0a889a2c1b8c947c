"""Echo server on Python's websockets, a peer that nobody here wrote. Usage: server.py PORT deflate|plain. Paths as in server.mjs."""
import asyncio
import sys

import websockets


async def serve(socket, path=None):
    path = path or socket.path
    try:
        async for message in socket:
            if path == "/fragments":
                third = (len(message) + 2) // 3
                await socket.send([message[:third], message[third:2 * third], message[2 * third:]])
            elif path == "/ping":
                pong = await socket.ping(message)
                await pong
                await socket.send(f"pong {message}")
            elif path == "/close":
                await socket.close(4001, "as asked")
            elif path == "/extensions":
                await socket.send("extensions " + ",".join(extension.name for extension in socket.extensions))
            elif path == "/cut":
                socket.transport.abort()
            else:
                await socket.send(message)
    except websockets.ConnectionClosed:
        pass


async def main():
    compression = "deflate" if sys.argv[2] == "deflate" else None
    async with websockets.serve(
        serve, "127.0.0.1", int(sys.argv[1]), compression=compression, max_size=32 * 1024 * 1024, subprotocols=["v2.ticks"], ping_interval=None
    ):
        print("ready", flush=True)
        await asyncio.Future()


asyncio.run(main())
