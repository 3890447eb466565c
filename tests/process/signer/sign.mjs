// Signs files as a sender of Standard Webhooks would, now. Writes one line of JSON with the headers for each.
// Usage: node sign.mjs SECRET FILE…
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const [secret, ...files] = process.argv.slice(2);
const webhook = new Webhook(secret);
files.forEach((file, i) => {
  const id = `msg_${i}`;
  const now = new Date();
  const signature = webhook.sign(id, now, readFileSync(file, "utf8"));
  const timestamp = String(Math.floor(now.getTime() / 1000));
  console.log(JSON.stringify({ "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }));
});
