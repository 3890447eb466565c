// A WAVE file of so many seconds of silence (8000 bytes a second).
export function silence(seconds) {
  const size = seconds * 8000;
  const file = Buffer.alloc(44 + size, 128);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + size, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);  // length of the format
  file.writeUInt16LE(1, 20);   // PCM
  file.writeUInt16LE(1, 22);   // mono
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(8000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);   // bits
  file.write('data', 36);
  file.writeUInt32LE(size, 40);
  return file;
}

// The same with a tone in it.
export function tone(seconds) {
  const file = silence(seconds);
  for (let i = 44; i < file.length; i++) file[i] = 128 + Math.round(100 * Math.sin(i / 3));
  return file;
}

// Answers as a file server does, which a player needs for seeking: the whole, or the range that was asked for.
export function serve(route, file) {
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(route.request().headers().range ?? '') ?? [];
  if (from === undefined) return route.fulfill({ contentType: 'audio/wav', headers: { 'Accept-Ranges': 'bytes' }, body: file });
  const end = to ? Number(to) + 1 : file.length;
  return route.fulfill({
    status: 206, contentType: 'audio/wav',
    headers: { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes ${from}-${end - 1}/${file.length}` },
    body: file.subarray(Number(from), end),
  });
}
