// Deliveries of an invented workshop, the same on every run but for the dates, which end now.

// A small generator of numbers (mulberry32): same seed, same archive.
export function random(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), of: (list) => list[Math.floor(next() * list.length)] };
}

export const kLine = '+14155550100';
const kUsers = ['lea@example.com', 'marcus@example.com'];

export const kPeople = [
  { name: 'Amelia', last_name: 'Hartley', number: '+14155550111', company: 'Hartley & Sons' },
  { name: 'Jonas', last_name: 'Brandt', number: '+4915123456701', company: null },
  { name: 'Chloé', last_name: 'Lefèvre', number: '+33612345601', company: 'Boulangerie Lefèvre' },
  { name: 'سارة', last_name: 'الخطيب', number: '+971501234501', company: 'مكتبة النور' },
  { name: 'Noa', last_name: 'Mizrahi', number: '+972501234501', company: null },
  { name: 'Deepak', last_name: 'Raman', number: '+14155550122', company: 'Bayside Dental' },
  { name: 'Ines', last_name: 'Carvalho', number: '+351912345601', company: 'Atelier Nove' },
  { name: 'Tom', last_name: 'Okafor', number: '+442071234501', company: 'Okafor Estates' },
];
const kStrangers = ['+14155550133', '+14155550144', '+33712345602', '+447911123402', '+12125550155', '36105'];

const kTopics = [
  ['The gutter over the porch leaks again after the storm', 'Roof repair', 'leaking gutter'],
  ['Asked for an appointment to look at two skylights', 'Skylights', 'two skylights'],
  ['Wants the invoice of March sent to the accountant', 'Invoice', 'invoice'],
  ['Confirmed Tuesday at nine for the inspection', 'Inspection', 'inspection'],
  ['Asked whether slate can be matched to the old roof', 'Slate', 'old slate'],
];
const kLines = [
  ['AGENT', 'Good morning, this is the receptionist of Hillside Roofing. How can I help?'],
  ['EXTERNAL', 'Hello, I am calling about the %.'],
  ['AGENT', 'Of course. May I ask for your address?'],
  ['EXTERNAL', 'It is the house on the corner, number twelve. You have been here before.'],
  ['USER', 'I will take over, thank you. Yes, I remember the house.'],
  ['EXTERNAL', 'It started on Friday night, and by the morning the bucket was full.'],
  ['USER', 'We can come on Tuesday at nine. Would that be fine?'],
  ['EXTERNAL', 'Tuesday is perfect. Do I need to be at home?'],
  ['USER', 'Only if you want to. I will send you a message before.'],
  ['EXTERNAL', 'Wonderful, thank you very much.'],
];
const kTexts = [
  ['INBOUND', 'Hi, is Tuesday at nine still good?'], ['OUTBOUND', 'Yes! We are two people and need about an hour.'],
  ['INBOUND', 'Great, the gate will be open. Please mind the dog.'], ['OUTBOUND', 'Thank you, see you then.'],
  ['OUTBOUND', 'Your invoice is on its way: 480 dollars, due in 30 days.'], ['INBOUND', 'Paid just now. Thanks for the good work!'],
  ['INBOUND', 'Could you send a photo of the slate?'], ['OUTBOUND', 'Here it is. The darker one matches better.'],
];
const kArabic = ['مرحبا، هل يمكنكم المجيء يوم الثلاثاء الساعة التاسعة؟', 'شكرا جزيلا، إلى اللقاء'];
const kHebrew = ['שלום, הגג שלנו דולף שוב, אפשר לבוא מחר?', 'תודה רבה, נתראה ביום שלישי'];

export const kPlanted = `<img src=x onerror="document.title='planted'"><script>document.title='planted'</script>` +
  `[click](javascript:document.title='planted') **bold**`;

const iso = (at) => new Date(at).toISOString();
const envelope = (topic, at, data) => ({ topic, version: '2.0', timestamp: iso(at), data });
const full_name = (person) => [person.name, person.last_name].filter(Boolean).join(' ');

export function call(id, at, { person = null, number, outbound = false, result = 'ANSWERED', seconds = 145, topic = kTopics[0],
  user = kUsers[0], tags = [], entries = kLines, ...more }) {
  const customer = person?.number ?? number;
  const name = person && full_name(person);
  const spoken = result === 'ANSWERED' || result.startsWith('TRANSFERRED');
  return envelope('call.completed', at + seconds * 1000, {
    id, start_date: iso(at), type: outbound ? 'OUTBOUND' : 'INBOUND', result,
    from_number: outbound ? kLine : customer, from_name: outbound ? 'Hillside Roofing' : name,
    to: outbound ? customer : kLine, to_name: outbound ? name : 'Hillside Roofing',
    length_in_minutes: seconds / 60, length: `${Math.floor(seconds / 60)}m${seconds % 60}s`, user_email: user,
    tags, tag: tags[0] ?? null,
    one_sentence_summary: spoken ? `${topic[0]}.` : null,
    summary: spoken ? `## ${topic[1]}\n\n${topic[0]}. The caller was **friendly** and in no hurry.\n\n- Come on Tuesday at nine\n- Send a message before\n- Bring the long ladder` : null,
    recording_url: seconds > 30 ? `https://recordings.example.com/${id}.wav` : null,
    transcriptions: spoken ? entries.map(([source, text], i) =>
      ({ source, time: iso(at + Math.floor((seconds * 1000 * i) / entries.length)), text: text.replace('%', topic[2]) })) : [],
    data_collected: spoken && !outbound ? { reason: topic[1], call_back_wanted: true, best_time: 'before noon' } : {},
    ivr_result: [], transfer_from: null, transfer_to: null, original_to_number: null, original_to_name: null, ...more,
  });
}

export function message(id, at, { person, number, outbound, text, type = 'SMS' }) {
  const customer = person?.number ?? number;
  const name = person ? full_name(person) : null;
  return envelope(outbound ? 'sms.sent' : 'sms.received', at, {
    id, direction: outbound ? 'OUTBOUND' : 'INBOUND', type, content: text, sent_at: iso(at), user_email: kUsers[0],
    from_number: outbound ? kLine : customer, from_name: outbound ? 'Hillside Roofing' : name,
    to_number: outbound ? customer : kLine, to_name: outbound ? name : 'Hillside Roofing',
  });
}

const contact = (topic, at, id, person, more = {}) => envelope(topic, at, {
  id, name: person.name, last_name: person.last_name, company: person.company && { id: `cmp_${id}`, name: person.company },
  emails: [`${id}@example.com`], numbers: [person.number], job_title: null, ...more,
});

// Some hundred items of everyday life over `days` days.
export function workshop({ days = 120, now = Date.now() } = {}) {
  const dice = random(7);
  const events = [];
  kPeople.forEach((person, i) => {
    const begin = now - days * 86_400_000 + i * 3_600_000;
    events.push(contact('contact.created', begin, `per_${i}`, { ...person, company: null }, { lead_source: 'website' }));
    events.push(contact('contact.updated', begin + 40 * 86_400_000, `per_${i}`, person, { job_title: 'Owner', lead_source: 'website' }));
  });
  for (let day = days; day >= 0; day--) {
    const midnight = new Date(now - day * 86_400_000).setHours(0, 0, 0, 0);
    if (new Date(midnight).getDay() % 6 === 0 && dice.next() < 0.8) continue;
    for (let n = 2 + dice.below(7); n > 0; n--) {
      const at = midnight + (8 + Math.floor(5 * (dice.next() + dice.next()))) * 3_600_000 + dice.below(3_600_000);
      if (at > now - 8 * 3_600_000) continue;  // older than what the tests look for
      const person = dice.next() < 0.8 ? kPeople[Math.floor(dice.next() ** 1.6 * kPeople.length)] : null;
      const who = { person, number: dice.of(kStrangers) };
      const id = `${day}_${n}`;
      if (dice.next() < 0.55) {
        const result = dice.of(['ANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED', 'VOICEMAIL', 'TRANSFERRED_AI', 'FAILED']);
        events.push(call(`cll_${id}`, at, {
          ...who, result, outbound: dice.next() < 0.4, topic: dice.of(kTopics), user: dice.of(kUsers),
          seconds: result === 'FAILED' ? 0 : 20 + dice.below(600), tags: dice.next() < 0.4 ? [dice.of(['interested', 'to_call_back', 'meeting_booked'])] : [],
        }));
      } else {
        const local = person?.name === 'سارة' ? kArabic : person?.name === 'Noa' ? kHebrew : null;
        const [direction, text] = local ? ['INBOUND', dice.of(local)] : dice.of(kTexts);
        events.push(message(`msg_${id}`, at, { ...who, outbound: direction === 'OUTBOUND', text }));
      }
    }
  }
  // What the tests look for.
  const [amelia, , , , , deepak] = kPeople;
  const hour = 3_600_000;
  events.push(
    call('cll_first', now - 7 * hour, { person: deepak, result: 'TRANSFERRED_EXTERNAL', seconds: 40, transfer_to: { number: '+14155550166', user_email: kUsers[1], user_name: 'Marcus' } }),
    call('cll_second', now - 7 * hour + 45_000, { person: deepak, seconds: 300, transfer_original_call_id: 'cll_first', transfer_from: { number: kLine, user_email: kUsers[0], user_name: 'Léa' } }),
    message('msg_planted', now - 5 * hour, { number: '+14155550199', outbound: false, text: kPlanted }),
    call('cll_planted', now - 5.2 * hour, { number: '+14155550199', topic: [kPlanted, kPlanted, kPlanted], tags: ['<b>tag</b>'], summary: kPlanted, from_name: '<i>Mallory</i>', data_collected: { '<u>key</u>': kPlanted }, recording_url: 'javascript:alert(1)' }),
    call('cll_anonymous', now - 4 * hour, { number: 'anonymous', seconds: 62 }),
    message('msg_a', now - 2.5 * hour, { person: amelia, outbound: false, text: 'The marmalade roof tiles have arrived' }),
    message('msg_b', now - 2.4 * hour, { person: amelia, outbound: true, text: 'Perfect, we start on Tuesday.' }),
    call('cll_amelia', now - 2 * hour, { person: amelia, seconds: 200, tags: ['meeting_booked', 'interested'], topic: kTopics[1], entries: [...kLines, ['EXTERNAL', 'One more thing: could you look at the weathervane?'], ['USER', 'The weathervane, certainly.']] }),
    message('msg_c', now - 1 * hour, { person: kPeople[2], outbound: false, text: 'Bonjour, les ardoises sont arrivées. À mardi !' }),
  );
  return events;
}

// `count` messages with one number, one a minute back from now; number n says "item n".
export function* long_timeline(number, count, now = Date.now()) {
  for (let n = 0; n < count; n++) {
    yield message(`msg_long_${n}`, now - (count - n) * 60_000, { number, outbound: n % 3 === 0, text: `item ${n}` });
  }
}
