// What scripts/hostile does to a running program besides large bodies, while it sends webhooks and measures how they
// are answered.
// Usage: node attack.mjs queries|clients URL SECONDS       Exits with 1 if a webhook was refused, or late.
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const [, , kind, url, seconds_text] = process.argv;
const { hostname, port } = new URL(url);
const seconds = Number(seconds_text);

// On a connection of its own: one that is kept may be closed just when it is used again. The status of the answer, 0 for
// none; `taken` in milliseconds, to the last byte.
function ask(method, path, body = '') {
  const begin = performance.now();
  return new Promise((resolve) => {
    const done = (status) => resolve({ status, taken: performance.now() - begin });
    const asked = request(url + path, { method, agent: false, headers: { 'Content-Length': Buffer.byteLength(body), 'Content-Type': 'application/json' } },
      (answer) => answer.on('end', () => done(answer.statusCode)).on('error', () => done(0)).resume());
    asked.on('error', () => done(0));
    asked.end(body);
  });
}

// Sends a webhook every `gap` milliseconds, each on a connection of its own, while `attack` goes on.
async function among(attack, gap) {
  const webhooks = [];
  let ends = false;
  const sending = (async () => {
    for (let n = 0; !ends; ++n) {
      webhooks.push(ask('POST', '/webhooks/allo', JSON.stringify({ topic: 'PING', data: { at: Date.now(), n } })));
      await pause(gap);
    }
  })();
  const told = await attack();
  ends = true;
  await sending;
  const answers = await Promise.all(webhooks);
  const refused = answers.filter(({ status }) => status !== 200).length;
  const slowest = Math.max(...answers.map(({ taken }) => taken));
  return { told, sent: answers.length, refused, slowest };
}

const words = (n, make) => Array.from({ length: n }, (_, i) => make(i)).join(' ');
const letter = (i) => String.fromCharCode(97 + i % 26);
const q = (text, more = '') => `/v1/search?q=${encodeURIComponent(text)}&limit=500${more}`;

// The most that a query may have of everything: 64 words, 100 values of a parameter, 500 rows.
const kQueries = [
  q(words(64, (i) => `${letter(i)}${letter(i / 26 | 0)}*`)),
  q(words(64, (i) => `${letter(i)}*`), '&sort=relevance'),
  q(`e* ${words(63, (i) => `-${letter(i)}${letter(i * 7)}*`)}`, '&sort=relevance&count=exact'),
  q(`"${words(64, () => 'the')}"`, '&sort=relevance'),
  q(`"${words(64, (i) => ['the', 'to', 'a', 'and'][i % 4])}"`),
  q(words(32, (i) => `"${letter(i)} ${letter(i + 1)}"`)),
  q(words(64, (i) => `${i % 10}${i % 7}*`), '&count=exact'),
  q(words(64, (i) => String(100 + i)), '&sort=relevance'),
  q('the', '&sort=relevance&count=exact'),
  `/v1/calls?limit=500&include=transcript&count=exact`,
  `/v1/calls?limit=500&q=${encodeURIComponent(words(64, (i) => `${letter(i)}*`))}`,
  `/v1/calls?limit=500&${Array.from({ length: 100 }, (_, i) => `number=%2B1415555${1000 + i}`).join('&')}`,
  `/v1/messages?limit=500&q=${encodeURIComponent(words(64, (i) => `${letter(i)}*`))}&count=exact`,
  `/v1/contacts?limit=500&q=${encodeURIComponent(words(64, (i) => letter(i)))}&count=exact`,
  `/v1/numbers?limit=500&count=exact`,
  `/v1/stats?by=hour,number`,
  `/v1/stats?by=day,user`,
  `/v1/export/transcripts?format=csv`,
];

async function ask_the_worst() {
  const end = Date.now() + seconds * 1000;
  const statuses = {};
  await Promise.all(Array.from({ length: 16 }, async (_, client) => {
    for (let n = client; Date.now() < end; ++n) {
      const { status } = await ask('GET', kQueries[n % kQueries.length]);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }));
  return Object.entries(statuses).map(([status, times]) => `${times} × ${status}`).join(', ');
}

const kPost = 'POST /webhooks/allo HTTP/1.1\r\nHost: localhost\r\n';
const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const kClients = {
  silent: { opening: '' },
  'half a head': { opening: 'GET /livez HTTP/1.1\r\nHo' },
  'dripping head': { opening: 'GET /livez HTTP/1.1\r\nX: ', drip: 'x' },
  'no body': { opening: `${kPost}Content-Length: 100000\r\n\r\n` },
  'dripping body': { opening: `${kPost}Content-Length: 9999\r\n\r\n`, drip: 'x' },
  'no chunk': { opening: `${kPost}Transfer-Encoding: chunked\r\n\r\n` },
  'never reads': { opening: get('/openapi.json').repeat(4) },
  'never reads, and half-closes': { opening: get('/openapi.json').repeat(4), half_closes: true },
  'stays after a refusal': { opening: 'nonsense\r\n\r\n', drip: 'x', reads: true },
};

// 400 new connections a second of one kind, each of which stays as long as it may.
function take_places({ opening, drip, half_closes, reads }) {
  return async () => {
    const open = new Set();
    let made = 0;
    const begin = performance.now();
    const dripping = setInterval(() => { for (const socket of open) socket.write(drip ?? ''); }, 1000);
    while (performance.now() - begin < seconds * 1000) {
      for (; made < (performance.now() - begin) * 0.4; ++made) {
        const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () => {
          socket.write(opening);
          if (half_closes) socket.end();
        });
        if (reads) socket.resume(); else socket.pause();
        socket.on('error', () => {}).on('close', () => open.delete(socket));
        open.add(socket);
      }
      await pause(5);
    }
    clearInterval(dripping);
    for (const socket of open) socket.destroy();
    return `${made} connections`;
  };
}

function tell(name, { told, sent, refused, slowest }, limit) {
  console.log(`${name}: ${told}; ${sent - refused} of ${sent} webhooks answered, the slowest after ${Math.round(slowest)} ms`);
  if (refused > 0 || slowest > limit) process.exitCode = 1;
}

if (kind === 'queries') {
  tell(`16 of the worst queries at once for ${seconds} s`, await among(ask_the_worst, 250), 30_000);
} else {
  for (const [name, client] of Object.entries(kClients)) tell(name, await among(take_places(client), 50), 2_000);
}
