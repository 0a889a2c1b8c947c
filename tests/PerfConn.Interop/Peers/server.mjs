// Echo server on npm ws, a peer that nobody here wrote. Usage: node server.mjs PORT deflate|plain
// Paths: /echo; /fragments sends each message back in three frames; /ping pings and tells in text when the pong came back; /close closes with 4001;
// /cut drops the connection without a Close frame; /extensions tells what was negotiated.
import { WebSocketServer } from 'ws';

const [port, mode] = [Number(process.argv[2]), process.argv[3]];
const server = new WebSocketServer({
  host: '127.0.0.1',
  port,
  maxPayload: 32 * 1024 * 1024,
  perMessageDeflate: mode === 'deflate' ? { threshold: 0 } : false,
  handleProtocols: (offered) => (offered.has('v2.ticks') ? 'v2.ticks' : false),
});

server.on('connection', (socket, request) => {
  const path = new URL(request.url, 'ws://localhost').pathname;
  socket.on('error', () => {});
  socket.on('pong', (data) => socket.send(`pong ${data}`));
  socket.on('message', (data, isBinary) => {
    switch (path) {
      case '/fragments': {
        const third = Math.ceil(data.length / 3);
        socket.send(data.subarray(0, third), { binary: isBinary, fin: false });
        socket.send(data.subarray(third, 2 * third), { binary: isBinary, fin: false });
        socket.send(data.subarray(2 * third), { binary: isBinary, fin: true });
        break;
      }
      case '/ping':
        socket.ping(data);
        break;
      case '/close':
        socket.close(4001, 'as asked');
        break;
      case '/extensions':
        socket.send(`extensions ${socket.extensions}`);
        break;
      case '/cut':
        socket.terminate();
        break;
      default:
        socket.send(data, { binary: isBinary });
    }
  });
});
server.on('listening', () => console.log('ready'));
