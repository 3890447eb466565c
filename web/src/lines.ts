// The archive's own lines: the numbers that calls and messages came in on and went out from. The archive has no list of
// them; the newest items show them by their direction.
import { get, path } from './api.js';
import { number_key, own_party, type Party } from './party.js';
import type { Call, List, Message } from './records.js';

const kLooked = '200';  // items of each kind that are looked at

let asked: Promise<Map<string, Party>> | null = null;

async function find(): Promise<Map<string, Party>> {
  const lists = await Promise.all(['calls', 'messages'].map((list) =>
    get<List<Call | Message>>(path([list], { limit: kLooked }))));
  const uses = new Map<string, { party: Party; times: number }>();
  for (const item of lists.flatMap(({ data }) => data)) {
    const party = own_party(item);
    if (!item.direction || !party.number) continue;
    const key = number_key(party.number);
    const known = uses.get(key);
    uses.set(key, { party: { number: party.number, name: known?.party.name ?? party.name }, times: (known?.times ?? 0) + 1 });
  }
  const most_used = [...uses].sort(([, a], [, b]) => b.times - a.times);
  return new Map(most_used.map(([key, { party }]) => [key, party]));
}

// By the key of the number, the most used first.
export function own_lines(): Promise<Map<string, Party>> {
  asked ??= find().catch((error) => { asked = null; throw error; });
  return asked;
}
