// A contestant of the lab on npm ws. Usage: node client.mjs count|latency|send|echo URL WARMUP SECONDS. Ends with one line of JSON.
import { createRequire } from 'node:module';
import WebSocket from 'ws';

const points = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];
const stampBase = 4_000_000_000_000_000;
const [job, url] = process.argv.slice(2, 4);
const [warmUp, seconds] = process.argv.slice(4, 6).map(Number);
const socket = new WebSocket(url, { perMessageDeflate: false, rejectUnauthorized: false });
const payload = 'x'.repeat(100);
const now = () => Number(process.hrtime.bigint());
let messages = 0;
let isOn = false;
let sentAt = 0;
const latencies = [];

function record(nanoseconds) {
  messages++;
  if (isOn) latencies.push(nanoseconds);
}

function sendNext() {
  // Many at once, as its users do; the callback of the last one starts the next lot.
  for (let i = 0; i < 63; i++) socket.send(payload);
  socket.send(payload, () => { messages += 64; setImmediate(sendNext); });
}

function echoNext() {
  sentAt = now();
  socket.send(payload);
}

socket.on('message', {
  count: () => { messages++; },
  latency: (data) => record(now() - (Number(data.toString('latin1', 5, 21)) - stampBase)),
  send: () => {},
  echo: () => { record(now() - sentAt); echoNext(); },
}[job]);
socket.on('error', (error) => { console.error(error.message); process.exit(1); });
socket.on('open', () => {
  if (job === 'send') sendNext();
  if (job === 'echo') echoNext();
  setTimeout(() => {
    isOn = true;
    const before = { messages, time: now(), cpu: process.cpuUsage() };
    setTimeout(() => {
      const elapsed = (now() - before.time) / 1e9;
      const cpu = process.cpuUsage(before.cpu);
      latencies.sort((a, b) => a - b);
      console.log(JSON.stringify({
        messages: messages - before.messages,
        seconds: elapsed,
        cpuSeconds: (cpu.user + cpu.system) / 1e6,
        percentiles: latencies.length > 0 ? points.map((p) => latencies[Math.min(latencies.length - 1, Math.ceil(latencies.length * p / 100) - 1)]) : null,
        version: `npm ws ${createRequire(import.meta.url)('ws/package.json').version}, Node.js ${process.version.slice(1)}`,
      }));
      process.exit(0);
    }, seconds * 1000);
  }, warmUp * 1000);
});
