// What the API answers, field by field as in its description (/openapi.json).

export interface TransferParty { number: string | null; user_email: string | null; user_name: string | null }
export interface IvrChoice { dtmf_key: string | null; text_key: string | null }

// The sound of a call as the archive has it.
export interface Recording {
  state: 'wanted' | 'kept' | 'denied' | 'gone' | 'failed';
  bytes: number | null;
  type: string | null;
  duration_seconds: number | null;
  digest: string | null;
  reason: string | null;
  next_try_at: string | null;
}

export interface Call {
  id: string;
  started_at: string | null;
  direction: string | null;
  result: string | null;
  from_number: string | null;
  from_name: string | null;
  to_number: string | null;
  to_name: string | null;
  original_to_number: string | null;
  original_to_name: string | null;
  duration_seconds: number | null;
  length: string | null;
  user_email: string | null;
  integration_id: string | null;
  tags: string[];
  summary: string | null;
  one_sentence_summary: string | null;
  recording_url: string | null;
  data_collected: Record<string, unknown>;
  ivr_result: IvrChoice[];
  transfer_from: TransferParty | null;
  transfer_to: TransferParty | null;
  transfer_original_call_id: string | null;
  transcript_entry_count: number;
  recording: Recording | null;
}

export interface TranscriptEntry {
  position: number;
  source: string | null;
  time: string | null;
  start_seconds: number | null;
  end_seconds: number | null;
  text: string;
}

export interface Message {
  id: string;
  sent_at: string | null;
  direction: string | null;
  type: string | null;
  content: string | null;
  from_number: string | null;
  from_name: string | null;
  to_number: string | null;
  to_name: string | null;
  user_email: string | null;
}

export interface ContactName { id: string; name: string | null; last_name: string | null; company: string | null }

export interface Contact extends ContactName {
  job_title: string | null;
  emails: string[];
  numbers: string[];
  properties: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

export interface ContactVersion { at: string; delivery: number; contact: Contact }

export interface PhoneNumber {
  number: string;
  kind: string;
  country: string | null;
  contacts: ContactName[];
  first_seen_at: string | null;
  last_seen_at: string | null;
  call_count: number;
  message_count: number;
}

export type TimelineItem =
  | { kind: 'call'; at: string; call: Call }
  | { kind: 'message'; at: string; message: Message };

export interface Match {
  field: string;
  position?: number | null;
  source?: string | null;
  start_seconds?: number | null;
  text: string;
  ranges: [number, number][];
}

export type Hit = { at: string | null; matches: Match[] } & (
  | { kind: 'call'; call: Call }
  | { kind: 'message'; message: Message }
  | { kind: 'contact'; contact: Contact });

// One row of /v1/stats: from and to of a bucket if counted by time; the key if counted by something else.
export interface StatsRow {
  from?: string | null;
  to?: string | null;
  key?: string | null;
  calls: number;
  messages: number;
  minutes: number;
}

export interface Stats { data: StatsRow[]; total: StatsRow; has_more: boolean }

export interface List<T> { data: T[]; page: { next_cursor: string | null; has_more: boolean } }

// A row of the ledger.
export interface Delivery { delivery: number; received_at: string; topic: string | null; outcome: string; reason: string | null }

// Of /v1/me: the last comparison with the vendor.
export interface Comparison {
  complete_until: string | null;
  only_by_backfill: number | null;
  error: string | null;
}
